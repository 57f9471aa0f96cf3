// What a table of functions must have, by kind: what a host checks before it copies one.
#ifndef COFFER_PLUGINS_CONFORMANCE_TABLES_H_
#define COFFER_PLUGINS_CONFORMANCE_TABLES_H_

#include <cstring>
#include <string>

#include "plugins/conformance/plugin_file.h"

namespace coffer::conformance {

// What is wrong with the table, or "".
std::string table_problem(int32_t kind, const void* table);

// The capabilities that a store's, serializer's or codec's table states; 0 for strategies.
uint64_t table_caps(int32_t kind, const void* table);

// Copies the part of a table that the plugin states to have; the rest is zero (P10).
template <typename Table>
Table copy_table(const void* table) {
  Table copy = {};
  const uint32_t stated = *static_cast<const uint32_t*>(table);
  std::memcpy(&copy, table, stated < sizeof(copy) ? stated : sizeof(copy));
  return copy;
}

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_TABLES_H_
