#include "plain/forms.h"

#include <cstring>

#include "coffer/value.h"

namespace plain {
namespace {

template <typename T>
T load(std::string_view bytes, size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(value));
  return value;
}

bool is_offset(int32_t seconds) { return seconds > -86'400 && seconds < 86'400; }

bool is_time(std::string_view bytes) {
  if (bytes.size() != 8 && bytes.size() != 12) return false;
  const auto nanoseconds = load<int64_t>(bytes, 0);
  return nanoseconds >= 0 && nanoseconds < int64_t{86'400} * 1'000'000'000 &&
         (bytes.size() == 8 || is_offset(load<int32_t>(bytes, 8)));
}

bool is_moment(std::string_view bytes) {
  const auto nanoseconds = load<int32_t>(bytes, 8);
  return nanoseconds >= 0 && nanoseconds < 1'000'000'000;
}

size_t skip_digits(std::string_view text, size_t from) {
  while (from < text.size() && text[from] >= '0' && text[from] <= '9') ++from;
  return from;
}

// "-12.50", "1E+3", "NaN", "-Infinity": the words are of any case, and a NaN may carry digits.
bool is_decimal(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  char lower[9] = {};
  for (size_t i = 0; i < text.size() && i < 8; ++i) lower[i] = static_cast<char>(text[i] | 0x20);
  const std::string_view word(lower);
  if (word.starts_with("inf")) {
    return text.size() == 3 || (text.size() == 8 && word == "infinity");
  }
  const size_t nan = word.starts_with("nan") ? 3 : word.starts_with("snan") ? 4 : 0;
  if (nan > 0) return skip_digits(text, nan) == text.size();

  size_t at = skip_digits(text, 0);
  size_t digits = at;
  if (at < text.size() && text[at] == '.') {
    const size_t end = skip_digits(text, at + 1);
    digits += end - at - 1;
    at = end;
  }
  if (digits == 0) return false;
  if (at == text.size()) return true;
  if (text[at] != 'e' && text[at] != 'E') return false;
  ++at;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  return at < text.size() && skip_digits(text, at) == text.size();
}

}  // namespace

bool is_bigint(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text[0] == '0' || skip_digits(text, 0) != text.size()) return false;
  const std::string_view most = negative ? "9223372036854775808" : "18446744073709551615";
  return text.size() > most.size() || (text.size() == most.size() && text > most);
}

bool is_ext(uint32_t type, std::string_view bytes) {
  switch (type) {
    case 0: return false;
    case COFFER_EXT_DECIMAL: return is_decimal(bytes);
    case COFFER_EXT_UUID: return bytes.size() == 16;
    case COFFER_EXT_DATE: return bytes.size() == 4;
    case COFFER_EXT_TIME: return is_time(bytes);
    case COFFER_EXT_DATETIME:
    case COFFER_EXT_DURATION: return bytes.size() == 12 && is_moment(bytes);
    case COFFER_EXT_DATETIME_TZ:
      return bytes.size() == 16 && is_moment(bytes) && is_offset(load<int32_t>(bytes, 12));
    default: return true;
  }
}

}  // namespace plain
