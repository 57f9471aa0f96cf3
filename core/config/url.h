// The URL of a cache: STORE://NAME?OPTION=VALUE&OPTION=VALUE.
//
// NAME and VALUE may hold any character but NUL as %XX; '+' stands for itself. NAME ends at '?'. A
// URL has at most 64 KiB and 256 options. Messages name the position (from 1) and never repeat the
// URL, which may hold secrets.
#ifndef COFFER_CORE_CONFIG_URL_H_
#define COFFER_CORE_CONFIG_URL_H_

#include <string>
#include <string_view>

#include "core/config/options.h"
#include "core/error/error.h"

namespace coffer::core {

struct Url {
  std::string store;  // "[a-z][a-z0-9_]*"
  std::string name;   // may be empty
  Options options;    // all text
};

inline constexpr size_t kMaxUrl = 64 << 10;

coffer_status parse_url(std::string_view text, Url& out, coffer_sink& sink);

// The URL that opens the same again, with secrets as "***" and without options that are defaults.
std::string to_url(std::string_view store, std::string_view name, const Options& options);

}  // namespace coffer::core

#endif  // COFFER_CORE_CONFIG_URL_H_
