#include "plugins/serializers/msgpack/decoder.h"

#include <bit>
#include <string>

#include "plugins/serializers/common/bytes.h"
#include "plugins/serializers/common/ext_form.h"
#include "plugins/serializers/common/limits.h"
#include "plugins/serializers/common/report.h"
#include "plugins/serializers/common/stack.h"
#include "plugins/serializers/common/utf8.h"
#include "plugins/serializers/msgpack/ext.h"
#include "plugins/serializers/msgpack/format.h"

namespace coffer::msgpack {
namespace {

class Decoder {
 public:
  Decoder(const coffer_host* host, const Options& options, coffer_bytes bytes,
          const coffer_visitor& into, const coffer_limits& limits, coffer_sink* sink)
      : host_(host),
        options_(options),
        into_(into),
        sink_(sink),
        limits_(limits),
        begin_(static_cast<const unsigned char*>(bytes.data)),
        p_(begin_),
        end_(begin_ + bytes.size) {}

  coffer_status run() {
    do {
      coffer_status status = value();
      while (status == COFFER_OK && !open_.empty() && open_.top().left == 0) status = close();
      if (status != COFFER_OK) [[unlikely]]
        return status;
    } while (!open_.empty());
    return p_ == end_ ? COFFER_OK : corrupt(p_, "there is more after the value");
  }

 private:
  struct Open {
    uint64_t left;             // values to come; of a map two for each pair
    const unsigned char* end;  // where a tuple or set has to end; NULL for others
    bool map;
  };

  size_t left() const { return static_cast<size_t>(end_ - p_); }

  // One scalar, or the beginning of a list or map.
  coffer_status value() {
    if (!open_.empty()) --open_.top().left;
    start_ = p_;
    if (p_ == end_) [[unlikely]]
      return corrupt(p_, begin_ == end_ ? "there is no value" : "a value is missing at the end");
    if (!limits_.item()) [[unlikely]]
      return limits_.report(host_, sink_);
    const unsigned first = *p_++;
    if (first < kFixMap) return into_.i64(into_.self, static_cast<int64_t>(first));
    if (first >= kFixNegative) return into_.i64(into_.self, static_cast<int8_t>(first));
    if (first >= kFixStr && first < kNil) return str(first & 0x1F);
    if (first < kFixArray) return map(first & 0x0F);
    if (first < kFixStr) return list(first & 0x0F, COFFER_LIST, nullptr);
    return sized(static_cast<First>(first));
  }

  coffer_status sized(First first) {
    switch (first) {
      case kNil: return into_.null(into_.self);
      case kFalse: return into_.boolean(into_.self, 0);
      case kTrue: return into_.boolean(into_.self, 1);
      case kFloat32:
        return number<uint32_t>([this](uint32_t bits) {
          return into_.f64(into_.self, static_cast<double>(std::bit_cast<float>(bits)));
        });
      case kFloat64:
        return number<uint64_t>(
            [this](uint64_t bits) { return into_.f64(into_.self, std::bit_cast<double>(bits)); });
      case kUint8: return integer<uint8_t>();
      case kUint16: return integer<uint16_t>();
      case kUint32: return integer<uint32_t>();
      case kUint64:
        return number<uint64_t>([this](uint64_t value) {
          return value <= INT64_MAX ? into_.i64(into_.self, static_cast<int64_t>(value))
                                    : into_.u64(into_.self, value);
        });
      case kInt8: return integer<int8_t>();
      case kInt16: return integer<int16_t>();
      case kInt32: return integer<int32_t>();
      case kInt64: return integer<int64_t>();
      default: return counted(first);
    }
  }

  // What has a count of bytes, items or pairs behind its first byte.
  coffer_status counted(unsigned first) {
    if (first >= kFixExt1 && first <= kFixExt16) return ext(size_t{1} << (first - kFixExt1));
    if (first == kNever) return corrupt(start_, "0xc1 begins no value");
    uint64_t size;
    if (first >= kArray16) {
      const bool is_map = first >= kMap16;
      if (!count((first - (is_map ? kMap16 : kArray16)) + 1, size)) return cut();
      return is_map ? map(size) : list(size, COFFER_LIST, nullptr);
    }
    const unsigned base = first >= kStr8 ? kStr8 : first >= kExt8 ? kExt8 : kBin8;
    if (!count(first - base, size)) return cut();
    if (base == kStr8) return str(size);
    return base == kExt8 ? ext(size) : bin(size);
  }

  // A number of 1, 2 or 4 bytes: `width` is 0, 1, 2.
  bool count(unsigned width, uint64_t& out) {
    const size_t bytes = size_t{1} << width;
    if (left() < bytes) return false;
    out = width == 0   ? *p_
          : width == 1 ? serial::load_big<uint16_t>(p_)
                       : uint64_t{serial::load_big<uint32_t>(p_)};
    p_ += bytes;
    return true;
  }

  template <typename T, typename Play>
  coffer_status number(Play&& play) {
    if (left() < sizeof(T)) [[unlikely]]
      return cut();
    const T value = serial::load_big<T>(p_);
    p_ += sizeof(T);
    return play(value);
  }
  template <typename T>
  coffer_status integer() {
    return number<T>(
        [this](T value) { return into_.i64(into_.self, static_cast<int64_t>(value)); });
  }

  // Whether `size` bytes of text and the like are there and allowed; `status` says why not.
  bool take(uint64_t size, uint64_t neutral_size, coffer_status& status) {
    if (size > left()) [[unlikely]] {
      status = claims(size, "bytes");
      return false;
    }
    if (!limits_.bytes(neutral_size)) [[unlikely]] {
      status = limits_.report(host_, sink_);
      return false;
    }
    return true;
  }

  coffer_status str(uint64_t size) {
    coffer_status status;
    if (!take(size, size, status)) [[unlikely]]
      return status;
    const char* const text = reinterpret_cast<const char*>(p_);
    const size_t valid = serial::utf8_prefix(text, size);
    if (valid != size) [[unlikely]] {
      if (options_.text_or_blob) return bin_event(size);
      return corrupt(p_ + valid,
                     "str that is not UTF-8; the option \"invalid_text\" can make it "
                     "bytes");
    }
    p_ += size;
    return into_.text(into_.self, text, size);
  }

  coffer_status bin(uint64_t size) {
    coffer_status status;
    return take(size, size, status) ? bin_event(size) : status;
  }
  coffer_status bin_event(size_t size) {
    const unsigned char* const data = p_;
    p_ += size;
    return into_.blob(into_.self, data, size);
  }

  coffer_status list(uint64_t count, uint32_t kind, const unsigned char* end) {
    if (count > left()) [[unlikely]]
      return claims(count, "items");
    if (!limits_.nest(open_.size())) [[unlikely]]
      return limits_.report(host_, sink_);
    open_.push({count, end, false});
    return into_.list_begin(into_.self, count, kind);
  }
  coffer_status map(uint64_t count) {
    if (count > left() / 2) [[unlikely]]
      return claims(count, "pairs");
    if (!limits_.nest(open_.size())) [[unlikely]]
      return limits_.report(host_, sink_);
    open_.push({2 * count, nullptr, true});
    return into_.map_begin(into_.self, count);
  }
  coffer_status close() {
    const Open open = open_.top();
    open_.pop();
    if (open.end != nullptr && open.end != p_) [[unlikely]] {
      return corrupt(p_, "a tuple or set does not end where its extension does");
    }
    return open.map ? into_.map_end(into_.self) : into_.list_end(into_.self);
  }

  coffer_status ext(uint64_t size) {
    if (left() == 0) return cut();
    const int type = static_cast<int8_t>(*p_++);
    if (size > left()) return claims(size, "bytes");
    if (type >= kTuple && type <= kFrozenset) {
      return members(static_cast<uint32_t>(type - kTuple + COFFER_TUPLE), size);
    }
    const unsigned char* const data = p_;
    p_ += size;
    switch (type) {
      case kBigint: return bigint(reinterpret_cast<const char*>(data), size);
      case kDecimal:
        if (!serial::is_ext(COFFER_EXT_DECIMAL, data, size)) return malformed(type);
        return play(COFFER_EXT_DECIMAL, data, size);
      case kApplication: return application(data, size);
      default: break;
    }
    if (!is_ours(type)) return foreign(type, data, size);
    Neutral neutral;
    if (!from_payload(type, data, size, neutral)) return malformed(type);
    return play(neutral.type, neutral.bytes, neutral.size);
  }

  // The array within a tuple or set, which takes all of the extension's bytes.
  coffer_status members(uint32_t kind, size_t size) {
    const unsigned char* const end = p_ + size;
    if (size == 0) return malformed(kTuple);
    const unsigned first = *p_++;
    uint64_t items = first & 0x0F;
    if (first == kArray16 || first == kArray32) {
      if (!count(first - kArray16 + 1, items)) return cut();
    } else if (first < kFixArray || first >= kFixStr) {
      return malformed(kTuple);
    }
    return list(items, kind, end);
  }

  coffer_status bigint(const char* digits, size_t size) {
    if (!serial::is_bigint(digits, size)) return malformed(kBigint);
    if (!limits_.bytes(size)) return limits_.report(host_, sink_);
    return into_.bigint(into_.self, digits, size);
  }

  coffer_status application(const unsigned char* data, size_t size) {
    if (size < sizeof(uint32_t)) return malformed(kApplication);
    const auto type = serial::load_big<uint32_t>(data);
    if (type <= COFFER_EXT_DURATION) return malformed(kApplication);
    return play(type, data + sizeof(type), size - sizeof(type));
  }

  coffer_status foreign(int type, const unsigned char* data, size_t size) {
    if (options_.foreign_ext && type >= 0) {
      return play(COFFER_EXT_APPLICATION + static_cast<uint32_t>(type), data, size);
    }
    const std::string at = std::to_string(start_ - begin_);
    std::string message =
        "the MessagePack extension type " + std::to_string(type) + " at byte " + at;
    message.append(type < 0 ? " is reserved and not known here"
                            : " is not known here; the option \"unknown_ext\" can pass it on as "
                              "the application's");
    return serial::report(host_, COFFER_UNSUPPORTED, message, "offset", at, sink_);
  }

  coffer_status play(uint32_t type, const void* data, size_t size) {
    if (!limits_.bytes(size)) [[unlikely]]
      return limits_.report(host_, sink_);
    return into_.ext(into_.self, type, data, size);
  }

  // ---- What is wrong

  [[gnu::cold]] coffer_status corrupt(const unsigned char* at, std::string_view problem) {
    return serial::report_corrupt(host_, kName, static_cast<size_t>(at - begin_), problem, sink_);
  }
  [[gnu::cold]] coffer_status cut() {
    return corrupt(end_, "the input ends in the middle of a value");
  }
  [[gnu::cold]] coffer_status claims(uint64_t count, const char* what) {
    return corrupt(start_, "it claims " + std::to_string(count) + " " + what + ", and " +
                               std::to_string(left()) + " bytes are left");
  }
  [[gnu::cold]] coffer_status malformed(int type) {
    return corrupt(start_,
                   "extension type " + std::to_string(type) + " in a form it does not have");
  }

  const coffer_host* const host_;
  const Options& options_;
  const coffer_visitor& into_;
  coffer_sink* const sink_;
  serial::Limits limits_;
  const unsigned char* const begin_;
  const unsigned char* p_;
  const unsigned char* const end_;
  const unsigned char* start_ = nullptr;  // of the present value
  serial::Stack<Open> open_;
};

}  // namespace

coffer_status decode(const coffer_host* host, const Options& options, coffer_bytes bytes,
                     const coffer_visitor& into, const coffer_limits& limits, coffer_sink* sink) {
  return Decoder(host, options, bytes, into, limits, sink).run();
}

}  // namespace coffer::msgpack
