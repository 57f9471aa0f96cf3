/* A plugin that is right in all but one thing, in a few lines: pick a good plugin from good/ and
 * say what is edited.
 *
 *   static coffer_status get(...) { ... }
 *   COFFER_TEST_PLUGIN(store, "name_of_the_file", , table.get = get)
 *
 * The last two arguments are statements on `info` and `table`, run before the host sees them. Files
 * whose fault is in one of the two exported functions take the other parts below and write that
 * function themselves. */
#ifndef COFFER_TESTS_BROKEN_PLUGIN_H_
#define COFFER_TESTS_BROKEN_PLUGIN_H_

#include <string.h>

#include "tests/broken/good/codec.h"
#include "tests/broken/good/serializer.h"
#include "tests/broken/good/store.h"
#include "tests/broken/good/strategy.h"

#define COFFER_TEST_PLUGIN(kind, id, edit_info, edit_table) \
  COFFER_TEST_TABLES(kind, id, edit_info, edit_table)       \
  COFFER_TEST_INFO                                          \
  COFFER_TEST_CREATE(id, good_##kind##_create)

/* The static data. */
#define COFFER_TEST_TABLES(kind, id, edit_info, edit_table) \
  static coffer_plugin_info info;                           \
  static coffer_##kind table;                               \
  __attribute__((constructor)) static void set_up(void) {   \
    good_##kind##_fill(id, &info, &table);                  \
    edit_info;                                              \
    edit_table;                                             \
  }

/* The exported functions. `create` is one like good_store_create. */
#define COFFER_TEST_INFO \
  const coffer_plugin_info* coffer_plugin_info_v1(size_t index) { return index == 0 ? &info : 0; }

#define COFFER_TEST_CREATE(its_id, create)                                          \
  coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,    \
                                        const coffer_option* options, size_t count, \
                                        coffer_instance* out, coffer_sink* sink) {  \
    (void)options;                                                                  \
    (void)count;                                                                    \
    if (strcmp(id, its_id) != 0) {                                                  \
      return coffer_plugin_fail(host, sink, COFFER_NOT_FOUND,                       \
                                "this file has no plugin of that id");              \
    }                                                                               \
    return create(host, &table, out, sink);                                         \
  }

#endif /* COFFER_TESTS_BROKEN_PLUGIN_H_ */
