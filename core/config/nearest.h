// "Did you mean …?": the name that a mistyped one was most likely meant to be.
#ifndef COFFER_CORE_CONFIG_NEAREST_H_
#define COFFER_CORE_CONFIG_NEAREST_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace coffer::core {

// Insertions, deletions, substitutions and swaps of neighbours that make `b` of `a`; letter case
// does not count.
size_t edit_distance(std::string_view a, std::string_view b);

// The name nearest to `wanted`, the first of equals, or "" if none is near enough to be what was
// meant.
std::string_view nearest(std::string_view wanted, std::span<const std::string_view> names);

// "; did you mean 'capacity'?" or "".
std::string did_you_mean(std::string_view wanted, std::span<const std::string_view> names);

}  // namespace coffer::core

#endif  // COFFER_CORE_CONFIG_NEAREST_H_
