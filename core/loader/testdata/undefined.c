/* Calls a function that nobody has. */
#include "coffer/plugin/plugin.h"

void coffer_test_nobody_has_this(void);

const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  (void)index;
  coffer_test_nobody_has_this();
  return NULL;
}
