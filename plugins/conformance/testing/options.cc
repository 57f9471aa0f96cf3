#include "plugins/conformance/testing/options.h"

#include <charconv>
#include <cmath>
#include <optional>

namespace coffer::conformance {
namespace {

struct Unit {
  std::string_view name;
  int64_t factor;
};

constexpr Unit kCounts[] = {{"", 1}, {"k", 1000}, {"M", 1000000}, {"G", 1000000000}};
constexpr Unit kSizes[] = {{"", 1},
                           {"B", 1},
                           {"kB", 1000},
                           {"MB", 1000000},
                           {"GB", 1000000000},
                           {"KiB", 1 << 10},
                           {"MiB", 1 << 20},
                           {"GiB", 1 << 30},
                           {"TiB", int64_t{1} << 40},
                           {"TB", 1000000000000}};
constexpr Unit kDurations[] = {
    {"ns", 1},          {"us", 1000},         {"ms", 1000000},       {"s", 1000000000},
    {"m", 60000000000}, {"h", 3600000000000}, {"d", 86400000000000}, {"", 1000000000}};

template <size_t N>
std::optional<int64_t> factor_of(const Unit (&units)[N], std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return unit.factor;
  }
  return std::nullopt;
}

// Takes one number and the letters behind it off the front of `text`.
template <size_t N>
std::optional<int64_t> take_scaled(const Unit (&units)[N], std::string_view* text) {
  int64_t number = 0;
  auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (problem != std::errc()) return std::nullopt;
  text->remove_prefix(end - text->data());
  size_t letters = 0;
  while (letters < text->size() && ((*text)[letters] < '0' || (*text)[letters] > '9')) ++letters;
  std::optional<int64_t> factor = factor_of(units, text->substr(0, letters));
  text->remove_prefix(letters);
  int64_t product = 0;
  if (!factor || __builtin_mul_overflow(number, *factor, &product)) return std::nullopt;
  return product;
}

template <size_t N>
bool parse_scaled(const Unit (&units)[N], std::string_view text, int64_t* out) {
  std::optional<int64_t> value = take_scaled(units, &text);
  if (!value || !text.empty()) return false;
  *out = *value;
  return true;
}

bool parse_duration(std::string_view text, int64_t* out) {
  if (text == "forever") {
    *out = COFFER_TTL_FOREVER;
    return true;
  }
  int64_t sum = 0;
  do {
    std::optional<int64_t> part = take_scaled(kDurations, &text);
    if (!part || __builtin_add_overflow(sum, *part, &sum)) return false;
  } while (!text.empty());
  *out = sum;
  return sum >= 0;
}

bool parse_bool(std::string_view text, int64_t* out) {
  for (std::string_view yes : {"true", "yes", "on", "1"}) {
    if (text == yes) return *out = 1, true;
  }
  for (std::string_view no : {"false", "no", "off", "0"}) {
    if (text == no) return *out = 0, true;
  }
  return false;
}

}  // namespace

bool parse_option(int32_t type, std::string_view text, coffer_option* out) {
  out->type = type;
  switch (type) {
    case COFFER_TYPE_TEXT: out->text = {text.data(), text.size()}; return true;
    case COFFER_TYPE_INT: return parse_scaled(kCounts, text, &out->i64);
    case COFFER_TYPE_FLOAT: {
      auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out->f64);
      return problem == std::errc() && end == text.data() + text.size();
    }
    case COFFER_TYPE_BOOL: return parse_bool(text, &out->i64);
    case COFFER_TYPE_SIZE: return parse_scaled(kSizes, text, &out->i64) && out->i64 >= 0;
    case COFFER_TYPE_DURATION: return parse_duration(text, &out->i64);
    default: return false;
  }
}

OptionList::OptionList(const coffer_plugin_info& info, const OptionValues& values) {
  size_t used = 0;
  for (size_t i = 0; i < info.option_count; ++i) {
    const coffer_option_spec& spec = info.options[i];
    auto given = values.find(spec.key);
    const bool is_given = given != values.end();
    used += is_given;
    if (!is_given && spec.default_value == nullptr) {
      if (spec.flags & COFFER_OPTION_REQUIRED) {
        error_ = std::string("option \"") + spec.key + "\" is required and has no value";
      }
      continue;
    }
    coffer_option option = {};
    const std::string& text = texts_.emplace_back(is_given ? given->second : spec.default_value);
    option.key = spec.key;
    if (!parse_option(spec.type, text, &option)) {
      error_ = std::string("option \"") + spec.key + "\": \"" + text + "\" is not of its type";
    }
    options_.push_back(option);
  }
  if (used != values.size()) error_ = "a value is given for an option that the schema lacks";
}

void OptionList::add(std::string_view key, int32_t type, int64_t i64, double f64,
                     std::string_view text) {
  coffer_option option = {};
  option.key = texts_.emplace_back(key).c_str();
  option.type = type;
  option.i64 = i64;
  option.f64 = f64;
  const std::string& copy = texts_.emplace_back(text);
  option.text = {copy.data(), copy.size()};
  options_.push_back(option);
}

}  // namespace coffer::conformance
