// Glob patterns over bytes, as coffer/scan.h documents them.
#ifndef COFFER_CORE_CACHE_GLOB_H_
#define COFFER_CORE_CACHE_GLOB_H_

#include <string>
#include <string_view>

#include "core/error/error.h"

namespace coffer::core {

// COFFER_INVALID_ARGUMENT naming the position if a set is not closed or a '\' quotes nothing.
coffer_status check_glob(std::string_view pattern, coffer_sink& sink);

// What every match starts with: the pattern up to its first wildcard, unquoted.
std::string glob_prefix(std::string_view pattern);

// Whether the whole of `text` matches. Takes at most pattern size times text size steps, whatever
// the pattern.
bool glob_matches(std::string_view pattern, std::string_view text);

}  // namespace coffer::core

#endif  // COFFER_CORE_CACHE_GLOB_H_
