// Copies a plugin's table of functions into one of this host's size, and checks that it holds what
// the plugin claims.
#ifndef COFFER_CORE_LOADER_TABLE_H_
#define COFFER_CORE_LOADER_TABLE_H_

#include <cstdint>
#include <string>

#include "coffer/plugin/plugin.h"

namespace coffer::core {

// Each returns "" and a table in which no function is NULL, or what is wrong with `table`:
// "required function 'get' is NULL". `caps` are those of the plugin's info. Nothing of the plugin
// is called.
std::string copy_table(const coffer_store* table, uint64_t caps, coffer_store& out);
std::string copy_table(const coffer_strategy* table, uint64_t caps, coffer_strategy& out);
std::string copy_table(const coffer_serializer* table, uint64_t caps, coffer_serializer& out);
std::string copy_table(const coffer_codec* table, uint64_t caps, coffer_codec& out);

}  // namespace coffer::core

#endif  // COFFER_CORE_LOADER_TABLE_H_
