#include "plugins/serializers/testing/value.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace coffer::serializers {
namespace {

using Kind = Value::Kind;

Value make(Kind kind, uint32_t type = 0, uint64_t bits = 0, std::string bytes = "") {
  Value value;
  value.kind = kind;
  value.type = type;
  value.bits = bits;
  value.bytes = std::move(bytes);
  return value;
}

coffer_status play_integer(const std::string& digits, const coffer_visitor& v) {
  errno = 0;
  const long long small = std::strtoll(digits.c_str(), nullptr, 10);
  if (errno == 0) return v.i64(v.self, small);
  errno = 0;
  const unsigned long long large = std::strtoull(digits.c_str(), nullptr, 10);
  if (errno == 0 && digits[0] != '-') return v.u64(v.self, large);
  return v.bigint(v.self, digits.data(), digits.size());
}

double as_double(uint64_t bits) {
  double value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

}  // namespace

Value null() { return make(Kind::kNull); }
Value boolean(bool value) { return make(Kind::kBoolean, 0, value ? 1 : 0); }
Value integer(int64_t value) { return integer(std::to_string(value)); }
Value integer(std::string digits) { return make(Kind::kInteger, 0, 0, std::move(digits)); }
Value text(std::string_view utf8) { return make(Kind::kText, 0, 0, std::string(utf8)); }
Value blob(std::string_view bytes) { return make(Kind::kBlob, 0, 0, std::string(bytes)); }
Value ext(uint32_t type, std::string_view bytes) {
  return make(Kind::kExt, type, 0, std::string(bytes));
}

Value real(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return make(Kind::kFloat, 0, bits);
}

Value list(std::vector<Value> items, uint32_t kind) {
  Value value = make(Kind::kList, kind);
  value.items = std::move(items);
  return value;
}

Value map(std::vector<std::pair<Value, Value>> pairs) {
  Value value = make(Kind::kMap);
  for (auto& [key, item] : pairs) {
    value.items.push_back(std::move(key));
    value.items.push_back(std::move(item));
  }
  return value;
}

coffer_status play(const Value& value, const coffer_visitor& v, bool counts) {
  const std::string& bytes = value.bytes;
  const bool is_map = value.kind == Kind::kMap;
  const uint64_t count = counts ? value.items.size() / (is_map ? 2 : 1) : COFFER_COUNT_UNKNOWN;
  switch (value.kind) {
    case Kind::kNull: return v.null(v.self);
    case Kind::kBoolean: return v.boolean(v.self, static_cast<uint8_t>(value.bits));
    case Kind::kInteger: return play_integer(bytes, v);
    case Kind::kFloat: return v.f64(v.self, as_double(value.bits));
    case Kind::kText: return v.text(v.self, bytes.data(), bytes.size());
    case Kind::kBlob: return v.blob(v.self, bytes.data(), bytes.size());
    case Kind::kExt: return v.ext(v.self, value.type, bytes.data(), bytes.size());
    default: break;
  }
  coffer_status status =
      is_map ? v.map_begin(v.self, count) : v.list_begin(v.self, count, value.type);
  for (const Value& item : value.items) {
    if (status == COFFER_OK) status = play(item, v, counts);
  }
  if (status != COFFER_OK) return status;
  return is_map ? v.map_end(v.self) : v.list_end(v.self);
}

coffer_value as_c(const Value& value) {
  return {const_cast<Value*>(&value), [](void* self, const coffer_visitor* into, coffer_sink*) {
            return play(*static_cast<const Value*>(self), *into);
          }};
}

// ---- Builder ----------------------------------------------------------------------------------

struct BuilderEvents {
  static Builder& of(void* self) { return *static_cast<Builder*>(self); }
  static coffer_status null(void* self) { return of(self).add(serializers::null()); }
  static coffer_status boolean(void* self, uint8_t value) {
    if (value > 1) return of(self).break_rule("a boolean is 0 or 1");
    return of(self).add(serializers::boolean(value != 0));
  }
  static coffer_status i64(void* self, int64_t value) { return of(self).add(integer(value)); }
  static coffer_status u64(void* self, uint64_t value) {
    if (value <= INT64_MAX) return of(self).break_rule("u64 is for values over INT64_MAX");
    return of(self).add(integer(std::to_string(value)));
  }
  static coffer_status bigint(void* self, const char* digits, size_t n) {
    const std::string_view text(digits, n);
    const size_t sign = text.starts_with('-') ? 1 : 0;
    if (n < sign + 19 || text.find_first_not_of("0123456789", sign) != text.npos) {
      return of(self).break_rule("a bigint has digits for more than 64 bits");
    }
    return of(self).add(integer(std::string(text)));
  }
  static coffer_status f64(void* self, double value) { return of(self).add(real(value)); }
  static coffer_status text(void* self, const char* utf8, size_t n) {
    return of(self).add(serializers::text({utf8, n}));
  }
  static coffer_status blob(void* self, const void* data, size_t n) {
    return of(self).add(serializers::blob({static_cast<const char*>(data), n}));
  }
  static coffer_status list_begin(void* self, uint64_t, uint32_t kind) {
    return of(self).begin(list({}, kind));
  }
  static coffer_status list_end(void* self) { return of(self).end(Kind::kList); }
  static coffer_status map_begin(void* self, uint64_t) { return of(self).begin(map({})); }
  static coffer_status map_end(void* self) { return of(self).end(Kind::kMap); }
  static coffer_status ext(void* self, uint32_t type, const void* data, size_t n) {
    return of(self).add(serializers::ext(type, {static_cast<const char*>(data), n}));
  }
};

Builder::Builder() {
  using E = BuilderEvents;
  visitor_ = {sizeof(visitor_), 0,      this,    E::null, E::boolean,    E::i64,      E::u64,
              E::bigint,        E::f64, E::text, E::blob, E::list_begin, E::list_end, E::map_begin,
              E::map_end,       E::ext};
}

std::optional<Value> Builder::value() const {
  if (!problem_.empty() || !open_.empty() || done_.size() != 1) return std::nullopt;
  return done_[0];
}

coffer_status Builder::break_rule(const char* rule) {
  problem_ = rule;
  return COFFER_INTERNAL;
}

coffer_status Builder::add(Value value) {
  if (fails()) return fail_with_;
  if (open_.empty() && !done_.empty()) return break_rule("one value is played");
  (open_.empty() ? done_ : open_.back().items).push_back(std::move(value));
  return COFFER_OK;
}

coffer_status Builder::begin(Value value) {
  if (fails()) return fail_with_;
  if (open_.empty() && !done_.empty()) return break_rule("one value is played");
  open_.push_back(std::move(value));
  return COFFER_OK;
}

coffer_status Builder::end(Kind kind) {
  if (fails()) return fail_with_;
  if (open_.empty() || open_.back().kind != kind) return break_rule("ends match beginnings");
  Value value = std::move(open_.back());
  open_.pop_back();
  if (kind == Kind::kMap && value.items.size() % 2 != 0) return break_rule("keys have values");
  --events_;  // add() counts it once more
  return add(std::move(value));
}

// ---- Text -------------------------------------------------------------------------------------

namespace {

std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : bytes) {
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

std::string unhex(std::string_view digits) {
  std::string out;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    out.push_back(static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16)));
  }
  return out;
}

void print_to(const Value& value, std::string& out) {
  switch (value.kind) {
    case Kind::kNull: out += "n "; return;
    case Kind::kBoolean: out += value.bits != 0 ? "t " : "f "; return;
    case Kind::kInteger: out += "i" + value.bytes + " "; return;
    case Kind::kFloat: {
      char text[20];
      std::snprintf(text, sizeof(text), "d%016llx ", static_cast<unsigned long long>(value.bits));
      out += text;
      return;
    }
    case Kind::kText: out += "s" + hex(value.bytes) + " "; return;
    case Kind::kBlob: out += "b" + hex(value.bytes) + " "; return;
    case Kind::kExt: out += "x" + std::to_string(value.type) + ":" + hex(value.bytes) + " "; return;
    case Kind::kList:
    case Kind::kMap: break;
  }
  const bool is_list = value.kind == Kind::kList;
  out += is_list ? "[" + std::to_string(value.type) + " " : "{ ";
  for (const Value& item : value.items) print_to(item, out);
  out += is_list ? "] " : "} ";
}

std::optional<Value> parse_from(std::string_view& line) {
  const size_t end = line.find(' ');
  if (end == line.npos || end == 0) return std::nullopt;
  const std::string word(line.substr(0, end));
  line.remove_prefix(end + 1);
  const std::string rest = word.substr(1);
  switch (word[0]) {
    case 'n': return null();
    case 't':
    case 'f': return boolean(word[0] == 't');
    case 'i': return integer(rest);
    case 'd': return real(as_double(std::stoull(rest, nullptr, 16)));
    case 's': return text(unhex(rest));
    case 'b': return blob(unhex(rest));
    case 'x':
      return ext(static_cast<uint32_t>(std::stoul(rest)), unhex(rest.substr(rest.find(':') + 1)));
    case '[':
    case '{': break;
    default: return std::nullopt;
  }
  Value value = word[0] == '[' ? list({}, static_cast<uint32_t>(std::stoul(rest))) : map({});
  while (!line.starts_with(word[0] == '[' ? "] " : "} ")) {
    auto item = parse_from(line);
    if (!item) return std::nullopt;
    value.items.push_back(*std::move(item));
  }
  line.remove_prefix(2);
  return value;
}

}  // namespace

std::string print(const Value& value) {
  std::string out;
  print_to(value, out);
  return out;
}

std::optional<Value> parse(std::string_view line) {
  auto value = parse_from(line);
  return line.empty() ? value : std::nullopt;
}

std::ostream& operator<<(std::ostream& out, const Value& value) { return out << print(value); }

}  // namespace coffer::serializers
