/* coffer/plugins.h: which plugins there are, how a name is found, and plugins linked into the
 * program.
 *
 * Plugins are trusted code: loading one runs it with the rights of the process. They are looked up
 * by name in this list only, never by the system's linker, and stay loaded until the process ends:
 *   1. plugins registered statically
 *   2. folders of the runtime option `plugin_path`
 *   3. folders of COFFER_PLUGIN_PATH
 *   4. "coffer/" beside libcoffer, then libcoffer's own folder
 * The file of plugin "lru" is libcoffer_lru.so; a file with several plugins is found by a link for
 * each. The first file of that name counts: a broken one is an error and is not passed over.
 * COFFER_PLUGIN_PATH is ignored in setuid programs. With the runtime option `plugin_files` a name
 * with a '/' is the path of a file instead, and "PATH#ID" one plugin of several in it; without it
 * such a name is COFFER_DENIED. A plugin that others than its owner may replace (it or its folder
 * is world-writable) is used, and a warning is logged. */
#ifndef COFFER_PLUGINS_H_
#define COFFER_PLUGINS_H_

#include "coffer/plugin/plugin.h"
#include "coffer/runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Registers a plugin that is linked into the program; it is found before any file. For all runtimes
 * of the process; a second one of the same id is COFFER_INVALID_STATE. A plugin built with
 * COFFER_PLUGIN_STATIC=lru has its functions under the names coffer_plugin_info_v1_lru and
 * coffer_plugin_create_v1_lru, which the program declares. [any-thread] */
COFFER_API coffer_status coffer_plugin_register(coffer_plugin_info_fn info,
                                                coffer_plugin_create_fn create,
                                                coffer_error** error);

/* Plays a list with one map for each plugin found: id, kind, version, summary, license, path or
 * "static", abi, capabilities, options (key, type, default, help, flags), and a "note" if its name
 * does not find it (another hides it, or its file has another name); or path, error and phase for a
 * file that is no usable plugin. Loads every file in the search list and calls
 * coffer_plugin_info_v1 of each, nothing else. [any-thread] */
COFFER_API coffer_status coffer_plugins_list(coffer_runtime* runtime, const coffer_visitor* into,
                                             coffer_error** error);

/* Plays a map that tells how `name` (or a path) is resolved: name, found, places (source, path,
 * result: every place looked at, in order, also those switched off), and the plugin chosen as in
 * the list, or error and phase. A name that is not found is not a failure of this call.
 * [any-thread] */
COFFER_API coffer_status coffer_plugins_explain(coffer_runtime* runtime, const char* name,
                                                const coffer_visitor* into, coffer_error** error);

#ifdef __cplusplus
}
#endif
#endif /* COFFER_PLUGINS_H_ */
