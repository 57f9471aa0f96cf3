#include "plugins/conformance/value_model.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace coffer::conformance {
namespace {

template <typename T>
std::string little_endian(T value) {
  std::string out;
  for (size_t i = 0; i < sizeof(T); ++i)
    out += static_cast<char>(static_cast<uint64_t>(value) >> (8 * i));
  return out;
}

std::string framed(char tag, const std::string& bytes) {
  return tag + std::to_string(bytes.size()) + ":" + bytes;
}

std::string joined(std::vector<std::string> parts, bool ordered) {
  if (!ordered) std::sort(parts.begin(), parts.end());
  std::string out;
  for (const std::string& part : parts) out += framed('.', part);
  return out;
}

}  // namespace

Value Value::boolean(bool value) {
  Value v;
  v.kind = Kind::kBool;
  v.i64 = value ? 1 : 0;
  return v;
}

Value Value::integer(int64_t value) {
  Value v;
  v.kind = Kind::kI64;
  v.i64 = value;
  return v;
}

Value Value::large(uint64_t value) {
  Value v;
  v.kind = Kind::kU64;
  v.u64 = value;
  return v;
}

Value Value::real(double value) {
  Value v;
  v.kind = Kind::kF64;
  v.f64 = value;
  return v;
}

Value Value::bigint(std::string digits) {
  Value v;
  v.kind = Kind::kBigint;
  v.bytes = std::move(digits);
  return v;
}

Value Value::text(std::string utf8) {
  Value v;
  v.kind = Kind::kText;
  v.bytes = std::move(utf8);
  return v;
}

Value Value::blob(std::string bytes) {
  Value v;
  v.kind = Kind::kBlob;
  v.bytes = std::move(bytes);
  return v;
}

Value Value::ext(uint32_t type, std::string bytes) {
  Value v;
  v.kind = Kind::kExt;
  v.type = type;
  v.bytes = std::move(bytes);
  return v;
}

Value Value::list(std::vector<Value> items, uint32_t type) {
  Value v;
  v.kind = Kind::kList;
  v.type = type;
  v.items = std::move(items);
  return v;
}

Value Value::map(std::vector<Value> items) {
  Value v;
  v.kind = Kind::kMap;
  v.items = std::move(items);
  return v;
}

std::string canonical(const Value& value) {
  std::vector<std::string> parts;
  switch (value.kind) {
    case Kind::kNull: return "n";
    case Kind::kBool: return value.i64 != 0 ? "t" : "f";
    case Kind::kI64: return "i" + std::to_string(value.i64);
    case Kind::kU64: return "u" + std::to_string(value.u64);
    case Kind::kF64: {
      if (std::isnan(value.f64)) return "dNaN";
      char bits[sizeof(double)];
      std::memcpy(bits, &value.f64, sizeof(bits));
      return framed('d', std::string(bits, sizeof(bits)));
    }
    case Kind::kBigint: return framed('I', value.bytes);
    case Kind::kText: return framed('s', value.bytes);
    case Kind::kBlob: return framed('b', value.bytes);
    case Kind::kExt: return framed('x', std::to_string(value.type) + "," + value.bytes);
    case Kind::kList:
      for (const Value& item : value.items) parts.push_back(canonical(item));
      return framed('l', std::to_string(value.type) + joined(parts, value.type < COFFER_SET));
    case Kind::kMap:
      for (size_t i = 0; i + 1 < value.items.size(); i += 2) {
        parts.push_back(joined({canonical(value.items[i]), canonical(value.items[i + 1])}, true));
      }
      return framed('m', joined(parts, false));
  }
  return "";
}

std::vector<Value> scalar_samples() {
  std::vector<Value> all = {Value::null(), Value::boolean(true), Value::boolean(false)};
  for (int64_t i : {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{127}, int64_t{-128},
                    int64_t{65536}, int64_t{1} << 31, -(int64_t{1} << 31) - 1, int64_t{1} << 53,
                    (int64_t{1} << 53) + 1, INT64_MAX, INT64_MIN}) {
    all.push_back(Value::integer(i));
  }
  all.push_back(Value::large(uint64_t{1} << 63));
  all.push_back(Value::large(UINT64_MAX));
  for (const char* digits : {"18446744073709551616", "-9223372036854775809",
                             "123456789012345678901234567890123456789012345678901234567890"}) {
    all.push_back(Value::bigint(digits));
  }
  using limits = std::numeric_limits<double>;
  for (double d : {0.0, -0.0, 1.0, -1.5, 0.1, 1e21, 1e-7, 123456789012345680.0, limits::max(),
                   limits::min(), limits::denorm_min(), limits::lowest(), limits::infinity(),
                   -limits::infinity(), limits::quiet_NaN()}) {
    all.push_back(Value::real(d));
  }
  for (const char* s : {"", "a", "\"\\/\b\f\n\r\t", "\x01\x1f\x7f", "é", "\u2028", "😀", "null",
                        "1.5", "true", " leading", "- a: b", "<b>&amp;"}) {
    all.push_back(Value::text(s));
  }
  all.push_back(Value::text(std::string("a\0b", 3)));
  all.push_back(Value::text(std::string(70000, 'x')));
  for (const char* s : {"", "bytes", "\xff\xfe\x80"}) all.push_back(Value::blob(s));
  all.push_back(Value::blob(std::string("\0\0", 2)));
  for (const char* s : {"-12.50", "1E+3", "NaN"}) all.push_back(Value::ext(COFFER_EXT_DECIMAL, s));
  all.push_back(Value::ext(COFFER_EXT_UUID, "0123456789abcdef"));
  all.push_back(Value::ext(COFFER_EXT_DATE, little_endian<int32_t>(19000)));
  all.push_back(Value::ext(COFFER_EXT_TIME, little_endian<int64_t>(3600000000001)));
  all.push_back(
      Value::ext(COFFER_EXT_TIME, little_endian<int64_t>(1) + little_endian<int32_t>(-3600)));
  all.push_back(Value::ext(COFFER_EXT_DATETIME,
                           little_endian<int64_t>(1700000000) + little_endian<int32_t>(5000)));
  all.push_back(Value::ext(COFFER_EXT_DATETIME_TZ, little_endian<int64_t>(1700000000) +
                                                       little_endian<int32_t>(5000) +
                                                       little_endian<int32_t>(7200)));
  all.push_back(Value::ext(COFFER_EXT_DURATION,
                           little_endian<int64_t>(-5) + little_endian<int32_t>(999999999)));
  all.push_back(Value::ext(COFFER_EXT_APPLICATION + 5, "anything"));
  return all;
}

Value random_tree(Random& random, const Palette& palette, int depth) {
  const bool lists = !palette.lists.empty(), maps = !palette.keys.empty();
  if (depth > 0 && (lists || maps) && !random.one_in(4)) {
    const size_t n = random.below(6);
    std::vector<Value> items;
    if (lists && (!maps || random.one_in(2))) {
      const uint32_t type = palette.lists[random.below(palette.lists.size())];
      // Members of sets are scalars, each once, as in every language.
      if (type >= COFFER_SET) {
        for (size_t i = 0; i < n; ++i) items.push_back(Value::text("member" + std::to_string(i)));
      } else {
        for (size_t i = 0; i < n; ++i) items.push_back(random_tree(random, palette, depth - 1));
      }
      return Value::list(std::move(items), type);
    }
    std::vector<std::string> seen;
    for (size_t i = 0; i < n; ++i) {
      const Value& key = palette.keys[random.below(palette.keys.size())];
      if (std::find(seen.begin(), seen.end(), canonical(key)) != seen.end()) continue;
      seen.push_back(canonical(key));
      items.push_back(key);
      items.push_back(random_tree(random, palette, depth - 1));
    }
    return Value::map(std::move(items));
  }
  if (palette.scalars.empty()) return Value::null();
  return palette.scalars[random.below(palette.scalars.size())];
}

coffer_status play(const Value& value, const coffer_visitor& into) {
  void* self = into.self;
  const std::string& bytes = value.bytes;
  coffer_status status = COFFER_OK;
  switch (value.kind) {
    case Kind::kNull: return into.null(self);
    case Kind::kBool: return into.boolean(self, static_cast<uint8_t>(value.i64));
    case Kind::kI64: return into.i64(self, value.i64);
    case Kind::kU64: return into.u64(self, value.u64);
    case Kind::kF64: return into.f64(self, value.f64);
    case Kind::kBigint: return into.bigint(self, bytes.data(), bytes.size());
    case Kind::kText: return into.text(self, bytes.data(), bytes.size());
    case Kind::kBlob: return into.blob(self, bytes.data(), bytes.size());
    case Kind::kExt: return into.ext(self, value.type, bytes.data(), bytes.size());
    case Kind::kList: status = into.list_begin(self, value.items.size(), value.type); break;
    case Kind::kMap: status = into.map_begin(self, value.items.size() / 2); break;
  }
  for (size_t i = 0; status == COFFER_OK && i < value.items.size(); ++i) {
    status = play(value.items[i], into);
  }
  if (status != COFFER_OK) return status;
  return value.kind == Kind::kList ? into.list_end(self) : into.map_end(self);
}

coffer_value playable(const Value& value) {
  return {const_cast<Value*>(&value), [](void* self, const coffer_visitor* into, coffer_sink*) {
            return play(*static_cast<const Value*>(self), *into);
          }};
}

}  // namespace coffer::conformance
