// Doors of coffer/plugins.h.
#include "coffer/plugins.h"

#include "capi/door.h"
#include "core/loader/catalogue.h"
#include "core/loader/static_plugins.h"
#include "core/runtime/runtime.h"
#include "core/value/describe.h"

using coffer::capi::door;
using coffer::core::check_visitor;
using coffer::core::failed;

coffer_status coffer_plugin_register(coffer_plugin_info_fn info, coffer_plugin_create_fn create,
                                     coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_plugin_register", info);
    COFFER_REQUIRE(sink, "coffer_plugin_register", create);
    return coffer::core::register_static(info, create, sink);
  });
}

coffer_status coffer_plugins_list(coffer_runtime* runtime, const coffer_visitor* into,
                                  coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_plugins_list", runtime);
    const coffer_status status = check_visitor(into, sink);
    return failed(status) ? status : coffer::core::list_plugins(runtime->plugins(), into);
  });
}

coffer_status coffer_plugins_explain(coffer_runtime* runtime, const char* name,
                                     const coffer_visitor* into, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_plugins_explain", runtime);
    COFFER_REQUIRE(sink, "coffer_plugins_explain", name);
    const coffer_status status = check_visitor(into, sink);
    return failed(status) ? status : coffer::core::explain_plugin(runtime->plugins(), name, into);
  });
}
