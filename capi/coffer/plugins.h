/* coffer/plugins.h: which plugins there are, how a name is found, and plugins linked into the program.
 *
 * Plugins are trusted code: loading one runs it with the rights of the process. They are looked up by name in this list
 * only, never by the system's linker, and stay loaded until the process ends:
 *   1. plugins registered statically          2. folders of the runtime option `plugin_path`
 *   3. folders of COFFER_PLUGIN_PATH          4. "coffer/" beside libcoffer, then libcoffer's own folder
 * The file of plugin "lru" is libcoffer_lru.so. COFFER_PLUGIN_PATH is ignored in setuid programs. */
#ifndef COFFER_PLUGINS_H_
#define COFFER_PLUGINS_H_

#include "coffer/plugin/plugin.h"
#include "coffer/runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Registers a plugin that is linked into the program; it is found before any file. For all runtimes of the process;
 * a second one of the same id is COFFER_INVALID_STATE. [any-thread] */
COFFER_API coffer_status coffer_plugin_register(coffer_plugin_info_fn info, coffer_plugin_create_fn create,
                                                coffer_error** error);

/* Plays a list with one map for each plugin found: id, kind, version, path or "static", abi, capabilities, options
 * (key, type, default, help, flags), or "error" for a file that is no usable plugin. Reads every file in the search
 * list and calls coffer_plugin_info_v1 of each, nothing else. [any-thread] */
COFFER_API coffer_status coffer_plugins_list(coffer_runtime* runtime, const coffer_visitor* into,
                                             coffer_error** error);

/* Plays a map that tells how `name` (or a path) is resolved: every place looked at in order with what was found there,
 * and the plugin chosen or why none was. A name that is not found is not a failure of this call. [any-thread] */
COFFER_API coffer_status coffer_plugins_explain(coffer_runtime* runtime, const char* name, const coffer_visitor* into,
                                                coffer_error** error);

#ifdef __cplusplus
}
#endif
#endif /* COFFER_PLUGINS_H_ */
