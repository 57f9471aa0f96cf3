// Lets exceptions escape: from create, or by what it is called from destroy. WHERE_INFO makes the
// file throw already when it is asked what it is.
#include <stdexcept>
#include <string_view>

#include "coffer/plugin/plugin.h"

namespace {

coffer_plugin_info info_of(const char* id) {
  coffer_plugin_info info = {};
  info.struct_size = sizeof(info);
  info.abi_version = COFFER_ABI_VERSION;
  info.kind = COFFER_KIND_SERIALIZER;
  info.id = id;
  info.version = "1";
  info.summary = "throws";
  info.license = "Apache-2.0";
  return info;
}

const coffer_plugin_info kInfos[] = {info_of("throws"), info_of("throws_int"),
                                     info_of("throws_late")};

coffer_serializer make_table() {
  coffer_serializer table = {};
  table.struct_size = sizeof(table);
  table.format = 2001;
  table.media_type = "application/x-nothing";
  table.destroy = [](void*) { throw std::runtime_error("never mind"); };
  table.encode = [](void*, const coffer_value*, const coffer_writer*, coffer_sink*) {
    return static_cast<coffer_status>(COFFER_OK);
  };
  table.decode = [](void*, coffer_bytes, const coffer_visitor*, const coffer_limits*,
                    coffer_sink*) { return static_cast<coffer_status>(COFFER_OK); };
  return table;
}

const coffer_serializer kTable = make_table();

}  // namespace

const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
#ifdef WHERE_INFO
  throw std::runtime_error("who am I");
#endif
  return index < std::size(kInfos) ? &kInfos[index] : nullptr;
}

coffer_status coffer_plugin_create_v1(const coffer_host*, const char* id, const coffer_option*,
                                      size_t, coffer_instance* out, coffer_sink*) {
  if (std::string_view(id) == "throws") throw std::runtime_error("no can do");
  if (std::string_view(id) == "throws_int") throw 42;
  out->table = &kTable;
  return COFFER_OK;
}
