#include "bindings/cli/format.h"

#include <charconv>
#include <cmath>
#include <cstdarg>
#include <cstdio>

#include "bindings/cli/tree.h"

namespace coffer::cli {
namespace {

template <class T>
std::optional<T> parse_number(std::string_view text) {
  T value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace

std::string format(const char* pattern, ...) {
  va_list arguments;
  va_start(arguments, pattern);
  char* text = nullptr;
  const int size = vasprintf(&text, pattern, arguments);
  va_end(arguments);
  if (size < 0) return {};
  std::string out(text, static_cast<size_t>(size));
  free(text);
  return out;
}

std::string grouped(uint64_t number) {
  std::string out = std::to_string(number);
  for (size_t i = out.size(); i > 3;) out.insert(i -= 3, 1, ',');
  return out;
}

std::string percent(double part, double of) {
  return of == 0 ? "-" : format("%.2f %%", 100 * part / of);
}

std::string byte_size(uint64_t bytes) {
  if (bytes < 1024) return format("%u B", static_cast<unsigned>(bytes));
  double amount = static_cast<double>(bytes);
  const char* unit = "";
  for (const char* next : {"KiB", "MiB", "GiB", "TiB"}) {
    if (amount < 1024) break;
    amount /= 1024;
    unit = next;
  }
  return format("%.1f %s", amount, unit);
}

std::string duration(double nanoseconds) {
  if (nanoseconds < 1e3) return format("%.0f ns", nanoseconds);
  if (nanoseconds < 1e6) return format("%.1f µs", nanoseconds / 1e3);
  if (nanoseconds < 1e9) return format("%.1f ms", nanoseconds / 1e6);
  return format("%.1f s", nanoseconds / 1e9);
}

std::string time_left(int64_t nanoseconds) {
  if (nanoseconds < 0 && nanoseconds > INT64_MIN) return '-' + time_left(-nanoseconds);
  const int64_t milliseconds = nanoseconds / 1'000'000;
  if (milliseconds < 10'000) return format("%lldms", static_cast<long long>(milliseconds));
  std::string out;
  int64_t rest = milliseconds / 1000;
  for (const auto& [unit, seconds] :
       {std::pair{'d', 86400}, std::pair{'h', 3600}, std::pair{'m', 60}, std::pair{'s', 1}}) {
    if (rest >= seconds) out += format("%lld%c", static_cast<long long>(rest / seconds), unit);
    rest %= seconds;
  }
  return out;
}

std::string printable(std::string_view bytes, Lines lines) {
  std::string out;
  const bool utf8 = is_utf8(bytes);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const bool kept = lines == Lines::kKeep && (c == '\n' || c == '\t');
    const bool control = (byte < 0x20 && !kept) || byte == 0x7F;
    if (control || (byte >= 0x80 && !utf8)) {
      out += format("\\x%02x", byte);
    } else {
      out += c;
    }
  }
  return out;
}

std::optional<uint64_t> parse_unsigned(std::string_view text) {
  return parse_number<uint64_t>(text);
}

std::optional<int64_t> parse_integer(std::string_view text) { return parse_number<int64_t>(text); }

std::optional<uint64_t> parse_count(std::string_view text) {
  uint64_t scale = 1;
  if (!text.empty()) {
    const char unit = text.back();
    if (unit == 'k') scale = 1'000;
    if (unit == 'M') scale = 1'000'000;
    if (unit == 'G') scale = 1'000'000'000;
    if (scale > 1) text.remove_suffix(1);
  }
  const auto number = parse_unsigned(text);
  if (!number || *number > UINT64_MAX / scale) return std::nullopt;
  return *number * scale;
}

std::optional<int64_t> parse_duration(std::string_view text) {
  constexpr int64_t kMost = INT64_MAX;
  int64_t sum = 0;
  do {
    size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
    const auto number = parse_integer(text.substr(0, digits));
    if (!number) return std::nullopt;
    text.remove_prefix(digits);
    int64_t unit = sum == 0 && text.empty() ? 1'000'000'000 : 0;
    for (const auto& [name, nanoseconds] : {std::pair<std::string_view, int64_t>{"ns", 1},
                                            {"us", 1'000},
                                            {"ms", 1'000'000},
                                            {"s", 1'000'000'000},
                                            {"m", 60'000'000'000},
                                            {"h", 3'600'000'000'000},
                                            {"d", 86'400'000'000'000}}) {
      if (unit != 0 || !text.starts_with(name)) continue;
      text.remove_prefix(name.size());
      unit = nanoseconds;
    }
    if (unit == 0 || *number > (kMost - sum) / unit) return std::nullopt;
    sum += *number * unit;
  } while (!text.empty());
  return sum;
}

}  // namespace coffer::cli
