#include "tests/broken/good/serializer.h"

#include <cstring>
#include <string>
#include <vector>

#include "coffer/plugin/guard.hpp"
#include "coffer/plugin/utf8.hpp"

namespace {

using coffer::plugin::guarded;

// ---- Encoding: every event is written at once.
struct Encoder {
  const coffer_writer* out;

  static coffer_status write(void* self, char tag, uint64_t number, const void* data, size_t n) {
    const coffer_writer* out = static_cast<Encoder*>(self)->out;
    coffer_status status = COFFER_INTERNAL;
    auto* room = static_cast<char*>(out->reserve(out->self, 9 + n, &status));
    if (room == nullptr) return status;
    room[0] = tag;
    std::memcpy(room + 1, &number, 8);
    if (n > 0) std::memcpy(room + 9, data, n);
    out->commit(out->self, 9 + n);
    return COFFER_OK;
  }

  static coffer_status null(void* self) { return write(self, 'n', 0, nullptr, 0); }
  static coffer_status boolean(void* self, uint8_t v) { return write(self, 't', v, nullptr, 0); }
  static coffer_status i64(void* self, int64_t v) {
    return write(self, 'i', static_cast<uint64_t>(v), nullptr, 0);
  }
  static coffer_status u64(void* self, uint64_t v) { return write(self, 'u', v, nullptr, 0); }
  static coffer_status f64(void* self, double v) {
    uint64_t bits;
    std::memcpy(&bits, &v, 8);
    return write(self, 'd', bits, nullptr, 0);
  }
  static coffer_status bigint(void* self, const char* p, size_t n) {
    return write(self, 'I', n, p, n);
  }
  static coffer_status text(void* self, const char* p, size_t n) {
    return write(self, 's', n, p, n);
  }
  static coffer_status blob(void* self, const void* p, size_t n) {
    return write(self, 'b', n, p, n);
  }
  static coffer_status ext(void* self, uint32_t type, const void* p, size_t n) {
    const coffer_status status = write(self, 'x', type, nullptr, 0);
    return status == COFFER_OK ? write(self, 'b', n, p, n) : status;
  }
  static coffer_status list_begin(void* self, uint64_t, uint32_t kind) {
    return write(self, '[', kind, nullptr, 0);
  }
  static coffer_status list_end(void* self) { return write(self, ']', 0, nullptr, 0); }
  static coffer_status map_begin(void* self, uint64_t) { return write(self, '{', 0, nullptr, 0); }
  static coffer_status map_end(void* self) { return write(self, '}', 0, nullptr, 0); }
};

coffer_status encode(void*, const coffer_value* value, const coffer_writer* out,
                     coffer_sink* sink) {
  Encoder encoder = {out};
  const coffer_visitor visitor = {sizeof(coffer_visitor),
                                  0,
                                  &encoder,
                                  Encoder::null,
                                  Encoder::boolean,
                                  Encoder::i64,
                                  Encoder::u64,
                                  Encoder::bigint,
                                  Encoder::f64,
                                  Encoder::text,
                                  Encoder::blob,
                                  Encoder::list_begin,
                                  Encoder::list_end,
                                  Encoder::map_begin,
                                  Encoder::map_end,
                                  Encoder::ext};
  return value->play(value->self, &visitor, sink);
}

// ---- Decoding
class Decoder {
 public:
  Decoder(const coffer_host* host, coffer_bytes bytes, const coffer_visitor* into,
          const coffer_limits* limits, coffer_sink* sink)
      : host_(host), bytes_(bytes), into_(into), limits_(limits), sink_(sink) {}

  coffer_status run() {
    do {
      const coffer_status status = event();
      if (status != COFFER_OK) return status;
    } while (!open_.empty());
    return at_ == bytes_.size ? coffer_status{COFFER_OK} : corrupt("bytes after the value");
  }

 private:
  struct Open {
    char tag;
    bool even;
  };

  coffer_status corrupt(const char* message) {
    const std::string offset = std::to_string(at_);
    coffer::plugin::fail(host_, sink_, COFFER_CORRUPT, message);
    host_->fail_detail(host_, sink_, "offset", offset.data(), offset.size());
    return COFFER_CORRUPT;
  }
  coffer_status too_large(const char* message) {
    return coffer::plugin::fail(host_, sink_, COFFER_TOO_LARGE, message);
  }

  bool head(char* tag, uint64_t* number) {
    if (bytes_.size - at_ < 9) return false;
    const char* p = static_cast<const char*>(bytes_.data) + at_;
    *tag = p[0];
    std::memcpy(number, p + 1, 8);
    at_ += 9;
    return true;
  }

  // Bytes of a claimed size, or NULL.
  const char* body(uint64_t size) {
    if (size > bytes_.size - at_) return nullptr;
    const char* p = static_cast<const char*>(bytes_.data) + at_;
    at_ += size;
    return p;
  }

  coffer_status event() {
    char tag = 0;
    uint64_t number = 0;
    if (!head(&tag, &number)) return corrupt("the input ends early");
    if (tag == ']' || tag == '}') return end(tag);
    if (!open_.empty()) open_.back().even = !open_.back().even;
    if (++items_ > limits_->max_items) return too_large("too many items");
    switch (tag) {
      case 'n': return into_->null(into_->self);
      case 't':
        if (number > 1) return corrupt("a boolean is neither 0 nor 1");
        return into_->boolean(into_->self, static_cast<uint8_t>(number));
      case 'i': return into_->i64(into_->self, static_cast<int64_t>(number));
      case 'u':
        if (number <= INT64_MAX) return corrupt("a number is in the wrong form");
        return into_->u64(into_->self, number);
      case 'd':
        double real;
        std::memcpy(&real, &number, 8);
        return into_->f64(into_->self, real);
      case '[':
      case '{': return begin(tag, number);
      default: return sized(tag, number);
    }
  }

  coffer_status begin(char tag, uint64_t kind) {
    if (open_.size() >= limits_->max_depth) return too_large("nested too deep");
    if (tag == '[' && kind > COFFER_FROZENSET) return corrupt("unknown kind of list");
    open_.push_back({tag == '[' ? ']' : '}', true});
    if (tag == '{') return into_->map_begin(into_->self, COFFER_COUNT_UNKNOWN);
    return into_->list_begin(into_->self, COFFER_COUNT_UNKNOWN, static_cast<uint32_t>(kind));
  }

  coffer_status end(char tag) {
    if (open_.empty() || open_.back().tag != tag) return corrupt("an end without its begin");
    if (tag == '}' && !open_.back().even) return corrupt("a key without a value");
    open_.pop_back();
    return tag == ']' ? into_->list_end(into_->self) : into_->map_end(into_->self);
  }

  coffer_status sized(char tag, uint64_t size) {
    uint64_t type = 0;
    if (tag == 'x') {
      type = size;
      char inner = 0;
      if (type > UINT32_MAX || !head(&inner, &size) || inner != 'b') return corrupt("no extension");
    } else if (tag != 's' && tag != 'b' && tag != 'I') {
      return corrupt("unknown tag");
    }
    const char* p = body(size);
    if (p == nullptr) return corrupt("a size is larger than the input");
    content_ += size;
    if (content_ > limits_->max_bytes) return too_large("too many bytes");
    switch (tag) {
      case 's':
        if (coffer::plugin::utf8_prefix(p, size) != size) return corrupt("a text is not UTF-8");
        return into_->text(into_->self, p, size);
      case 'b': return into_->blob(into_->self, p, size);
      case 'x': return into_->ext(into_->self, static_cast<uint32_t>(type), p, size);
      default:
        if (!digits(p, size)) return corrupt("a large integer is not written in digits");
        return into_->bigint(into_->self, p, size);
    }
  }

  static bool digits(const char* p, size_t size) {
    const size_t start = size > 0 && p[0] == '-' ? 1 : 0;
    for (size_t i = start; i < size; ++i) {
      if (p[i] < '0' || p[i] > '9') return false;
    }
    return size > start;
  }

  const coffer_host* host_;
  coffer_bytes bytes_;
  const coffer_visitor* into_;
  const coffer_limits* limits_;
  coffer_sink* sink_;
  size_t at_ = 0;
  uint64_t items_ = 0, content_ = 0;
  std::vector<Open> open_;
};

coffer_status decode(void* self, coffer_bytes bytes, const coffer_visitor* into,
                     const coffer_limits* limits, coffer_sink* sink) {
  const auto* host = static_cast<const coffer_host*>(self);
  return guarded(host, sink, [&] { return Decoder(host, bytes, into, limits, sink).run(); });
}

void destroy(void*) {}

}  // namespace

const coffer_serializer good_serializer = {sizeof(coffer_serializer),
                                           1500,
                                           COFFER_SERIALIZER_DETERMINISTIC,
                                           "application/x-test",
                                           destroy,
                                           encode,
                                           decode};

void good_serializer_fill(const char* id, coffer_plugin_info* info, coffer_serializer* table) {
  *info = {sizeof(coffer_plugin_info),
           COFFER_ABI_VERSION,
           COFFER_KIND_SERIALIZER,
           0,
           id,
           "1.0",
           "made for tests",
           "Apache-2.0",
           COFFER_SERIALIZER_DETERMINISTIC,
           nullptr,
           0};
  *table = good_serializer;
}

coffer_status good_serializer_create(const coffer_host* host, const coffer_serializer* table,
                                     coffer_instance* out, coffer_sink*) {
  out->self = const_cast<coffer_host*>(host);
  out->table = table;
  return COFFER_OK;
}
