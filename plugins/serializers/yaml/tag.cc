#include "plugins/serializers/yaml/tag.h"

#include <algorithm>
#include <array>

#include "plugins/serializers/yaml/timestamp.h"

namespace coffer::yaml {
namespace {

constexpr std::array<std::string_view, 18> kBools = {
    "yes", "Yes", "YES", "no",    "No",    "NO",    "true", "True", "TRUE",
    "on",  "On",  "ON",  "false", "False", "FALSE", "off",  "Off",  "OFF"};

constexpr std::array<std::string_view, 5> kNulls = {"", "~", "null", "Null", "NULL"};

template <typename Words>
bool among(const Words& words, std::string_view text) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// What is left of a text while its form is read.
class Form {
 public:
  explicit Form(std::string_view text) : left_(text) {}

  bool done() const { return left_.empty(); }
  // Takes one of these characters, or any number of them; says whether there was one.
  bool one(std::string_view of) {
    if (left_.empty() || of.find(left_[0]) == of.npos) return false;
    left_.remove_prefix(1);
    return true;
  }
  bool many(std::string_view of) {
    const size_t n = std::min(left_.find_first_not_of(of), left_.size());
    left_.remove_prefix(n);
    return n > 0;
  }
  bool word(std::string_view word) {
    if (!left_.starts_with(word)) return false;
    left_.remove_prefix(word.size());
    return true;
  }
  // ":59" or ":5", once or more.
  bool sixtieths() {
    size_t count = 0;
    for (; left_.size() > 1 && left_[0] == ':' && is_digit(left_[1]); ++count) {
      const bool two = left_.size() > 2 && left_[1] < '6' && is_digit(left_[2]);
      left_.remove_prefix(two ? 3 : 2);
    }
    return count > 0;
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  std::string_view left_;
};

constexpr std::string_view kDigits = "0123456789", kDigitsOr_ = "0123456789_";

// "e+12": the sign must be there.
bool exponent(Form& form) { return form.one("eE") && form.one("+-") && form.many(kDigits); }

bool is_special(Form form, bool sign) {
  if (!form.one(".")) return false;
  if (form.word("inf") || form.word("Inf") || form.word("INF")) return form.done();
  return !sign && (form.word("nan") || form.word("NaN") || form.word("NAN")) && form.done();
}

}  // namespace

bool is_int(std::string_view text) {
  Form form(text);
  form.one("+-");
  if (form.word("0b")) return form.many("01_") && form.done();
  if (form.word("0x")) return form.many("0123456789abcdefABCDEF_") && form.done();
  if (form.one("0")) return form.done() || (form.many("01234567_") && form.done());
  if (!form.one(kDigits)) return false;
  form.many(kDigitsOr_);
  return form.done() || (form.sixtieths() && form.done());
}

bool is_float(std::string_view text) {
  Form form(text);
  const bool sign = form.one("+-");
  if (is_special(form, sign)) return true;
  if (form.one(kDigits)) {
    form.many(kDigitsOr_);
    if (form.sixtieths()) {
      if (!form.one(".")) return false;
      form.many(kDigitsOr_);
      return form.done();
    }
    if (!form.one(".")) return false;
    form.many(kDigitsOr_);
  } else {
    if (sign || !form.one(".") || !form.one(kDigits)) return false;
    form.many(kDigitsOr_);
  }
  return form.done() || (exponent(form) && form.done());
}

Tag resolve(std::string_view plain) {
  if (plain.empty()) return Tag::kNull;
  switch (plain[0]) {
    case '~':
    case 'n':
    case 'N':
    case 'y':
    case 'Y':
    case 't':
    case 'T':
    case 'f':
    case 'F':
    case 'o':
    case 'O':
      return among(kNulls, plain) ? Tag::kNull : among(kBools, plain) ? Tag::kBool : Tag::kStr;
    case '<': return plain == "<<" ? Tag::kMerge : Tag::kStr;
    case '+':
    case '-':
    case '.': return is_float(plain) ? Tag::kFloat : is_int(plain) ? Tag::kInt : Tag::kStr;
    default:
      if (plain[0] < '0' || plain[0] > '9') return Tag::kStr;
      return is_float(plain)       ? Tag::kFloat
             : is_int(plain)       ? Tag::kInt
             : is_timestamp(plain) ? Tag::kTimestamp
                                   : Tag::kStr;
  }
}

Tag tag_of(std::string_view uri) {
  constexpr std::string_view kPrefix = "tag:yaml.org,2002:";
  constexpr struct {
    std::string_view name;
    Tag tag;
  } kTags[] = {{"null", Tag::kNull},   {"bool", Tag::kBool},           {"int", Tag::kInt},
               {"float", Tag::kFloat}, {"timestamp", Tag::kTimestamp}, {"binary", Tag::kBinary},
               {"str", Tag::kStr},     {"merge", Tag::kMerge},         {"seq", Tag::kSeq},
               {"omap", Tag::kOmap},   {"pairs", Tag::kPairs},         {"map", Tag::kMap},
               {"set", Tag::kSet}};
  if (!uri.starts_with(kPrefix)) return Tag::kUnknown;
  uri.remove_prefix(kPrefix.size());
  for (const auto& known : kTags) {
    if (known.name == uri) return known.tag;
  }
  return Tag::kUnknown;
}

}  // namespace coffer::yaml
