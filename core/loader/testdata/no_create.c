/* Exports one of the two functions only. */
#include "coffer/plugin/plugin.h"

const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  (void)index;
  return NULL;
}
