/* coffer/plugin/plugin.h: what every plugin exports, and all headers an author needs.
 *
 * A plugin is a shared object libcoffer_<id>.so with exactly two exported functions. It links
 * nothing of coffer: all it needs from the host comes as a table of functions. One file may hold
 * several plugins (index 0, 1, ...).
 *
 * Duties of a plugin, quoted by number in the conformance kit:
 *  P1  coffer_plugin_info_v1 returns static constant data, at once, without threads, files,
 *      environment or allocation.
 *  P2  coffer_plugin_create_v1 may be called many times and from any thread; instances share
 *      nothing visible.
 *  P3  Every function of the table is set unless its comment says "may be NULL"; capabilities match
 *      the functions.
 *  P4  A call that returns a failure (16 and up) has called host->fail once, with the same status,
 *      before it returns.
 *  P5  Inputs are borrowed for the call. Outputs are filled completely on success, and left alone
 *      on failure.
 *  P6  Memory that crosses is freed by whoever allocated it.
 *  P7  No exception, panic or longjmp leaves a plugin function (coffer/plugin/guard.hpp does this
 *      for C++).
 *  P8  Batches answer each item; items on the same key act in order.
 *  P9  The plugin survives fork: no thread it needs is assumed to exist in the child.
 *  P10 Reserved members are zero. Members beyond the struct_size that the other side states do
 *      not exist. */
#ifndef COFFER_PLUGIN_PLUGIN_H_
#define COFFER_PLUGIN_PLUGIN_H_

#include "coffer/plugin/codec.h"
#include "coffer/plugin/host.h"
#include "coffer/plugin/serializer.h"
#include "coffer/plugin/store.h"
#include "coffer/plugin/strategy.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  COFFER_KIND_STORE = 1,
  COFFER_KIND_STRATEGY = 2,
  COFFER_KIND_SERIALIZER = 3,
  COFFER_KIND_CODEC = 4
};

/* One option a plugin takes. Static. Append only by a new info function: frozen. */
enum { COFFER_OPTION_REQUIRED = 1u, COFFER_OPTION_SECRET = 2u, COFFER_OPTION_DEPRECATED = 4u };
typedef struct coffer_option_spec {
  const char* key;           /* "[a-z][a-z0-9_]*" */
  const char* default_value; /* as text, in the form of its type; NULL: none */
  const char* help;          /* one line */
  int32_t type;              /* COFFER_TYPE_* */
  uint32_t flags;            /* COFFER_OPTION_* */
} coffer_option_spec;

/* Who a plugin is. Static. Append only. */
typedef struct coffer_plugin_info {
  uint32_t struct_size;
  uint32_t abi_version; /* COFFER_ABI_VERSION as compiled */
  int32_t kind;         /* COFFER_KIND_* */
  uint32_t reserved;
  const char* id;      /* "[a-z][a-z0-9_]*", what URLs and options name */
  const char* version; /* of the plugin, free form */
  const char* summary; /* one line: what it is for */
  const char* license; /* SPDX id */
  uint64_t
      caps; /* capabilities of its kind, COFFER_STORE_*, COFFER_SERIALIZER_* or COFFER_CODEC_* */
  const coffer_option_spec* options;
  size_t option_count;
} coffer_plugin_info;

/* A created plugin: `self` goes as first argument to the functions of `table`, which is a
 * coffer_store, coffer_strategy, coffer_serializer or coffer_codec by kind, static, and copied by
 * the host. */
typedef struct coffer_instance {
  void* self;
  const void* table;
} coffer_instance;

/* Describes plugin number `index`; NULL past the end. [any-thread no-block no-alloc] */
typedef const coffer_plugin_info* (*coffer_plugin_info_fn)(size_t index);

/* Makes an instance of plugin `id`. The host has checked the options against the schema: every key
 * is known, of the declared type, at most once, and options with a default are always present, in
 * schema order. An id that the file does not have is COFFER_NOT_FOUND. `host` stays valid until the
 * instance's `destroy` returns, or longer by host->retain. [any-thread] */
typedef coffer_status (*coffer_plugin_create_fn)(const coffer_host* host, const char* id,
                                                 const coffer_option* options, size_t count,
                                                 coffer_instance* out, coffer_sink* sink);

/* The two exported functions. In a static build (COFFER_PLUGIN_STATIC defined as the plugin's id)
 * their names end in the id, and the program passes them to coffer_plugin_register. */
#if defined(COFFER_PLUGIN_STATIC)
#define COFFER_PLUGIN_JOIN_(name, id) name##_##id
#define COFFER_PLUGIN_NAME_(name, id) COFFER_PLUGIN_JOIN_(name, id)
#define coffer_plugin_info_v1 COFFER_PLUGIN_NAME_(coffer_plugin_info_v1, COFFER_PLUGIN_STATIC)
#define coffer_plugin_create_v1 COFFER_PLUGIN_NAME_(coffer_plugin_create_v1, COFFER_PLUGIN_STATIC)
#endif
#define COFFER_PLUGIN_EXPORT __attribute__((visibility("default")))
COFFER_PLUGIN_EXPORT const coffer_plugin_info* coffer_plugin_info_v1(size_t index);
COFFER_PLUGIN_EXPORT coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                                           const coffer_option* options,
                                                           size_t count, coffer_instance* out,
                                                           coffer_sink* sink);

#ifdef __cplusplus
}
#endif
#endif /* COFFER_PLUGIN_PLUGIN_H_ */
