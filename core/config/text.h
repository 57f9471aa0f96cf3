// The text forms of option values: parsed from URLs and files, printed for people.
//
// A parser takes the whole text or nothing. On failure it returns false and `why` says what is
// wrong, without repeating the text, which may be a secret.
#ifndef COFFER_CORE_CONFIG_TEXT_H_
#define COFFER_CORE_CONFIG_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace coffer::core {

// -12, 100k, 1.5M, 1G, 2T (powers of 1000).
bool parse_int(std::string_view text, int64_t& value, std::string& why);

// 512, 64KiB, 1.5GiB (powers of 1024), 10kB, 1MB (powers of 1000); letter case does not count. A
// fraction of a byte is dropped.
bool parse_size(std::string_view text, int64_t& bytes, std::string& why);

// 90 (seconds), 250ms, 1.5s, 5m, 1h30m, 2d, 1w, or forever (-1). Units: ns us ms s m h d w.
bool parse_duration(std::string_view text, int64_t& nanoseconds, std::string& why);

// true/false, yes/no, on/off, 1/0; letter case does not count.
bool parse_bool(std::string_view text, int64_t& value, std::string& why);

// A finite decimal number: 0.5, -1, 1e-3.
bool parse_float(std::string_view text, double& value, std::string& why);

// A text that the parser above reads back as the same value.
std::string format_int(int64_t value);
std::string format_size(int64_t bytes);
std::string format_duration(int64_t nanoseconds);
std::string format_bool(int64_t value);
std::string format_float(double value);

// 'text' as messages show it: at most 100 bytes, without bytes that are not UTF-8. What is longer
// is cut and says how long it was.
std::string quoted(std::string_view text);

// What a COFFER_TYPE_* looks like: "a duration, for example 250ms, 5m, 1h30m or forever".
std::string_view type_form(int32_t type);

// "text", "int", "float", "bool", "size", "duration", or "" for what is no COFFER_TYPE_*.
std::string_view type_name(int32_t type);

}  // namespace coffer::core

#endif  // COFFER_CORE_CONFIG_TEXT_H_
