// Numbers and bytes as a person reads and writes them.
#ifndef BINDINGS_CLI_FORMAT_H_
#define BINDINGS_CLI_FORMAT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coffer::cli {

__attribute__((format(printf, 1, 2))) std::string format(const char* pattern, ...);

std::string grouped(uint64_t number);         // 1,234,567
std::string percent(double part, double of);  // "60.00 %", "-" of nothing
std::string byte_size(uint64_t bytes);        // "512 B", "1.5 KiB", "64.0 MiB"
std::string duration(double nanoseconds);     // "85 ns", "1.2 µs", "38.2 ms", "4.1 s"
std::string time_left(int64_t nanoseconds);   // "1h30m", "59s", "-250ms": as a ttl is written

// The text with what would disturb a terminal (control bytes, broken UTF-8) as \xNN.
enum class Lines { kEscape, kKeep };  // what happens to line ends and tabs
std::string printable(std::string_view bytes, Lines lines = Lines::kEscape);

// A whole number of 64 bits in decimal digits, nothing else around them.
std::optional<uint64_t> parse_unsigned(std::string_view text);
std::optional<int64_t> parse_integer(std::string_view text);

// A count as cache URLs take it: digits, then k, M or G for powers of 1000.
std::optional<uint64_t> parse_count(std::string_view text);

// A duration as time_left writes it, in nanoseconds; digits alone are seconds.
std::optional<int64_t> parse_duration(std::string_view text);

}  // namespace coffer::cli

#endif  // BINDINGS_CLI_FORMAT_H_
