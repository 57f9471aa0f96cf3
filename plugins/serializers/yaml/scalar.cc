#include "plugins/serializers/yaml/scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <system_error>

#include "plugins/serializers/common/base64.h"
#include "plugins/serializers/common/double_text.h"
#include "plugins/serializers/yaml/big_decimal.h"
#include "plugins/serializers/yaml/timestamp.h"

namespace coffer::yaml {
namespace {

using Kind = Scalar::Kind;

Scalar make(Kind kind, std::string_view bytes = {}) {
  Scalar out;
  out.kind = kind;
  out.u64 = 0;
  out.bytes = bytes;
  return out;
}

Scalar invalid(const char* problem) {
  Scalar out = make(Kind::kInvalid);
  out.problem = problem;
  return out;
}

// Keeps the text without its underscores in `room`.
std::string_view without_underscores(std::string_view text, std::string& room) {
  if (text.find('_') == text.npos) return text;
  room.clear();
  std::copy_if(text.begin(), text.end(), std::back_inserter(room), [](char c) { return c != '_'; });
  return room;
}

bool take_sign(std::string_view& text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  return negative;
}

// ---- Integers

// `digits` are of base ten, without zeros in front, and lie in the input or in `room`.
Scalar decimal(bool negative, std::string_view digits, std::string& room) {
  uint64_t size = 0;
  const auto error = std::from_chars(digits.data(), digits.data() + digits.size(), size).ec;
  constexpr uint64_t kLeast = uint64_t{1} << 63;
  if (error == std::errc() && (negative ? size <= kLeast : size < kLeast)) {
    Scalar out = make(Kind::kI64);
    out.i64 = static_cast<int64_t>(negative ? 0 - size : size);
    return out;
  }
  if (error == std::errc() && !negative) {
    Scalar out = make(Kind::kU64);
    out.u64 = size;
    return out;
  }
  if (!negative) return make(Kind::kBigint, digits);
  std::string signed_digits = "-";
  signed_digits.append(digits);
  room = std::move(signed_digits);
  return make(Kind::kBigint, room);
}

Scalar big(bool negative, const BigDecimal& value, std::string& room) {
  room = value.text();
  return decimal(negative, room, room);
}

// `digits` may lie in `room`.
Scalar other_base(bool negative, std::string_view digits, unsigned base, std::string& room) {
  if (digits.empty()) return invalid("an integer without digits");
  BigDecimal value;
  for (const char c : digits) {
    const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    value.multiply_add(base, static_cast<uint64_t>(digit));
  }
  return big(negative, value, room);
}

// "190:20:30" is 190 * 3600 + 20 * 60 + 30. It may lie in `room`.
Scalar sixtieths(bool negative, std::string_view text, std::string& room) {
  BigDecimal value;
  size_t colon = std::min(text.find(':'), text.size());
  for (const char c : text.substr(0, colon)) {
    value.multiply_add(10, static_cast<uint64_t>(c - '0'));
  }
  while (colon < text.size()) {
    uint64_t part = 0;
    for (++colon; colon < text.size() && text[colon] != ':'; ++colon) {
      part = part * 10 + static_cast<uint64_t>(text[colon] - '0');
    }
    value.multiply_add(60, part);
  }
  return big(negative, value, room);
}

Scalar read_int(std::string_view text, std::string& room) {
  if (!is_int(text)) return invalid("not an integer as YAML 1.1 writes them");
  text = without_underscores(text, room);
  const bool negative = take_sign(text);
  const bool is_decimal = text.find(':') == text.npos && (text[0] != '0' || text.size() == 1);
  if (is_decimal) return decimal(negative, text, room);
  if (text.size() > kMostOtherDigits) {
    return invalid("an integer of more than 8192 digits in another base than ten");
  }
  if (text.starts_with("0b")) return other_base(negative, text.substr(2), 2, room);
  if (text.starts_with("0x")) return other_base(negative, text.substr(2), 16, room);
  if (text[0] == '0') return other_base(negative, text, 8, room);
  return sixtieths(negative, text, room);
}

// ---- Floats

// Digits with a point, an exponent or both, and nothing else.
bool read_double(std::string_view text, double& out) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !(is_digit(text[0]) || (text[0] == '.' && text.size() > 1))) return false;
  const char* const end = text.data() + text.size();
  if (std::from_chars(text.data(), end, out).ptr != end) return false;
  out = serial::nearest_double(text.data(), end);
  return true;
}

// 60 to this power, rounded once.
double power_of_60(int exponent) {
  unsigned __int128 odd = 1;  // 60 = 15 * 4
  for (int i = 0; i < exponent; ++i) odd *= 15;
  return std::ldexp(static_cast<double>(odd), 2 * exponent);
}

bool read_sixtieths(std::string_view text, double& out) {
  constexpr int kMostParts = 32;  // powers of 15 in 128 bits
  out = 0;
  for (int place = 0;; ++place) {
    const size_t colon = text.rfind(':');
    double part = 0;
    if (place == kMostParts ||
        !read_double(text.substr(colon == text.npos ? 0 : colon + 1), part)) {
      return false;
    }
    out += part * power_of_60(place);
    if (colon == text.npos) return true;
    text = text.substr(0, colon);
  }
}

Scalar read_float(std::string_view text, std::string& room) {
  text = without_underscores(text, room);
  const bool signed_text = text.starts_with('-') || text.starts_with('+');
  const bool negative = take_sign(text);
  Scalar out = make(Kind::kF64);
  if (text == ".inf" || text == ".Inf" || text == ".INF") {
    out.f64 = std::numeric_limits<double>::infinity();
  } else if (!signed_text && (text == ".nan" || text == ".NaN" || text == ".NAN")) {
    out.f64 = std::numeric_limits<double>::quiet_NaN();
  } else if (!(text.find(':') == text.npos ? read_double(text, out.f64)
                                           : read_sixtieths(text, out.f64))) {
    return invalid("not a float as YAML 1.1 writes them");
  }
  if (negative) out.f64 = -out.f64;
  return out;
}

// ---- The rest

Scalar read_bool(std::string_view text) {
  std::string lower(text.substr(0, 6));
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  Scalar out = make(Kind::kBool);
  out.boolean = lower == "true" || lower == "yes" || lower == "on";
  if (out.boolean || lower == "false" || lower == "no" || lower == "off") return out;
  return invalid("not a boolean as YAML 1.1 writes them");
}

Scalar read_time(std::string_view text, std::string& room) {
  const Timestamp time = read_timestamp(text);
  if (time.type == 0) return invalid("no such date or time");
  room.assign(reinterpret_cast<const char*>(time.bytes), time.size);
  Scalar out = make(Kind::kExt, room);
  out.type = time.type;
  return out;
}

}  // namespace

Scalar read_scalar(Tag tag, std::string_view text, std::string& room) {
  switch (tag) {
    case Tag::kNull: return make(Kind::kNull);
    case Tag::kBool: return read_bool(text);
    case Tag::kInt: return read_int(text, room);
    case Tag::kFloat: return read_float(text, room);
    case Tag::kTimestamp: return read_time(text, room);
    case Tag::kBinary:
      if (!serial::read_base64(text, room)) return invalid("not base64");
      return make(Kind::kBlob, room);
    default: return make(Kind::kText, text);
  }
}

}  // namespace coffer::yaml
