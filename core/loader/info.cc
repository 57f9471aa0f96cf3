// Checks everything a plugin says of itself, so that nobody behind has to doubt it.
#include <algorithm>
#include <cstring>
#include <string>

#include "core/config/text.h"
#include "core/loader/guard.h"
#include "core/loader/plugin.h"
#include "core/value/utf8.h"

namespace coffer::core {
namespace {

// Size of coffer_plugin_info in the first release. Frozen: sizeof grows with later members, and a
// plugin of the first release must still load then.
constexpr uint32_t kMinInfoSize = 72;
constexpr uint32_t kMaxStructSize = 4096;
static_assert(offsetof(coffer_plugin_info, option_count) + sizeof(size_t) == kMinInfoSize);

constexpr size_t kMaxPlugins = 256;
constexpr size_t kMaxOptions = 256;
constexpr uint32_t kOptionFlags =
    COFFER_OPTION_REQUIRED | COFFER_OPTION_SECRET | COFFER_OPTION_DEPRECATED;

uint64_t known_caps(int32_t kind) {
  switch (kind) {
    case COFFER_KIND_STORE:
      return COFFER_STORE_COPY | COFFER_STORE_SCAN | COFFER_STORE_OBJECTS | COFFER_STORE_BOUNDED |
             COFFER_STORE_SHARED | COFFER_STORE_PERSISTENT | COFFER_STORE_ASYNC;
    case COFFER_KIND_SERIALIZER: return COFFER_SERIALIZER_DETERMINISTIC | COFFER_SERIALIZER_TEXT;
    case COFFER_KIND_CODEC: return COFFER_CODEC_COMPRESSES | COFFER_CODEC_ENCRYPTS;
    default: return 0;
  }
}

std::string version_text(uint32_t abi) {
  return std::to_string(abi >> 16) + "." + std::to_string(abi & 0xFFFF);
}

bool is_text(const char* text) { return text != nullptr && is_utf8(text); }

// What is wrong with the header of an info, which every version has in the same place.
coffer_status check_version(const coffer_plugin_info& info, std::string& why) {
  if (info.abi_version >> 16 != COFFER_ABI_VERSION >> 16 || info.abi_version > COFFER_ABI_VERSION) {
    why = "it was built for ABI " + version_text(info.abi_version) + ", but this libcoffer has " +
          version_text(COFFER_ABI_VERSION) + "; " +
          (info.abi_version > COFFER_ABI_VERSION ? "update libcoffer or take an older plugin"
                                                 : "rebuild the plugin");
    return COFFER_ABI_MISMATCH;
  }
  if (info.struct_size < kMinInfoSize || info.struct_size > kMaxStructSize) {
    why = "struct_size of its info is " + std::to_string(info.struct_size) +
          ", not sizeof(coffer_plugin_info)";
    return COFFER_PLUGIN_FAULT;
  }
  return COFFER_OK;
}

// What is wrong with an option of the schema, or "".
std::string fault_of_option(const coffer_option_spec& spec) {
  if (type_name(spec.type).empty()) return "its type is none of COFFER_TYPE_*";
  if ((spec.flags & ~kOptionFlags) != 0) return "it has unknown flags";
  if (!is_text(spec.help)) return "its help is not UTF-8 text";
  if (spec.default_value == nullptr) return "";
  if ((spec.flags & COFFER_OPTION_REQUIRED) != 0) return "it is required and has a default";
  if (!is_utf8(spec.default_value)) return "its default is not UTF-8 text";
  // The default alone as a schema: is it what its type wants?
  Options none;
  Options checked;
  coffer_sink sink;
  const coffer_option_spec shown = {spec.key, spec.default_value, "", spec.type, 0};
  if (failed(check_options("default", {&shown, 1}, none, checked, sink))) {
    return sink.error != nullptr ? sink.error->message : "its default cannot be read";
  }
  return "";
}

std::string fault_of_schema(const coffer_plugin_info& info) {
  if (info.option_count > kMaxOptions) return "it has more than 256 options";
  if (info.option_count != 0 && info.options == nullptr) return "its options are NULL";
  const std::span schema(info.options, info.option_count);
  for (const coffer_option_spec& spec : schema) {
    const size_t index = &spec - schema.data();
    if (spec.key == nullptr || !is_plugin_name(spec.key)) {
      return "the key of option number " + std::to_string(index) + " is not [a-z][a-z0-9_]*";
    }
    const std::string name = std::string("option '") + spec.key + "': ";
    if (const std::string why = fault_of_option(spec); !why.empty()) return name + why;
    const auto earlier = schema.first(index);
    if (std::any_of(earlier.begin(), earlier.end(),
                    [&](const auto& other) { return std::strcmp(other.key, spec.key) == 0; })) {
      return name + "it is declared twice";
    }
  }
  return "";
}

// What is wrong with an info of the right version, or "".
std::string fault_of(const coffer_plugin_info& info) {
  if (info.id == nullptr || !is_plugin_name(info.id)) return "its id is not [a-z][a-z0-9_]*";
  if (info.reserved != 0) return "its reserved word is not zero";
  if (info.kind < COFFER_KIND_STORE || info.kind > COFFER_KIND_CODEC) {
    return "its kind is " + std::to_string(info.kind) + ", which is none of COFFER_KIND_*";
  }
  if (!is_text(info.version) || !is_text(info.summary) || !is_text(info.license)) {
    return "version, summary or license is not UTF-8 text";
  }
  if ((info.caps & ~known_caps(info.kind)) != 0) {
    return "it claims capabilities that a " + std::string(kind_name(info.kind)) + " does not have";
  }
  return fault_of_schema(info);
}

class Inspector {
 public:
  Inspector(std::string_view path, coffer_sink& sink) : path_(path), sink_(sink) {}

  coffer_status fail(coffer_status status, std::string_view which, std::string_view why) {
    std::string message = std::string(path_) + ": " + std::string(which) + ": " + std::string(why);
    sink_.fail(status, std::move(message));
    return located(status);
  }

  coffer_status located(coffer_status status) {
    sink_.detail("path", path_).detail("phase", "info");
    return status;
  }

  coffer_status add(size_t index, const coffer_plugin_info* info, coffer_plugin_create_fn create,
                    std::vector<Plugin>& plugins) {
    std::string why;
    const std::string number = "plugin number " + std::to_string(index);
    if (auto status = check_version(*info, why); failed(status)) return fail(status, number, why);
    Plugin plugin = {};
    std::memcpy(&plugin.info, info, std::min<size_t>(info->struct_size, sizeof(plugin.info)));
    if (why = fault_of(plugin.info); !why.empty()) {
      const bool named = plugin.info.id != nullptr && is_plugin_name(plugin.info.id);
      return fail(COFFER_PLUGIN_FAULT,
                  named ? "plugin '" + std::string(plugin.info.id) + "'" : number, why);
    }
    for (const Plugin& other : plugins) {
      if (other.id() == plugin.id()) {
        return fail(COFFER_PLUGIN_FAULT, number, "its id is that of another plugin in the file");
      }
    }
    plugin.create = create;
    plugin.path = path_;
    plugin.title = std::string(kind_name(plugin.info.kind)) + " " + plugin.info.id;
    plugins.push_back(std::move(plugin));
    return COFFER_OK;
  }

 private:
  std::string_view path_;
  coffer_sink& sink_;
};

}  // namespace

coffer_status inspect(std::string_view path, coffer_plugin_info_fn info,
                      coffer_plugin_create_fn create, PluginFile& out, coffer_sink& sink) {
  Inspector inspector(path, sink);
  PluginFile file{std::string(path), {}};
  for (size_t index = 0;; ++index) {
    const coffer_plugin_info* one = nullptr;
    const coffer_status called =
        guard_call(path, sink, [&]() -> coffer_status { return one = info(index), COFFER_OK; });
    if (failed(called)) return inspector.located(called);
    if (one == nullptr) break;
    if (index == kMaxPlugins) {
      return inspector.fail(COFFER_PLUGIN_FAULT, "coffer_plugin_info_v1",
                            "it describes more than 256 plugins; NULL must end them");
    }
    const coffer_status status = inspector.add(index, one, create, file.plugins);
    if (failed(status)) return status;
  }
  if (file.plugins.empty()) {
    return inspector.fail(COFFER_PLUGIN_FAULT, "coffer_plugin_info_v1", "it describes no plugin");
  }
  out = std::move(file);
  return COFFER_OK;
}

}  // namespace coffer::core
