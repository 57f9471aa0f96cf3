// Skeleton of a serializer: a tag, a number or size of eight bytes, and content.
//
// `encode` is a visitor: the host plays a value into it, event by event. `decode` reads bytes and
// plays events into the host's visitor. Neither builds a tree.
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "coffer/plugin/guard.hpp"
#include "coffer/plugin/plugin.h"
#include "coffer/plugin/utf8.hpp"

namespace {

using coffer::plugin::fail;
using coffer::plugin::guarded;

// ---- Encoding -----------------------------------------------------------------------------------

coffer_status write(void* self, char tag, uint64_t number, const void* data = nullptr,
                    size_t size = 0) {
  const auto* out = static_cast<const coffer_writer*>(self);
  coffer_status status = COFFER_EXHAUSTED;
  auto* room = static_cast<char*>(out->reserve(out->self, 9 + size, &status));
  if (room == nullptr) return status;  // passed through: the writer has reported it
  room[0] = tag;
  std::memcpy(room + 1, &number, 8);
  if (size > 0) std::memcpy(room + 9, data, size);
  out->commit(out->self, 9 + size);
  return COFFER_OK;
}

coffer_status on_null(void* out) { return write(out, 'n', 0); }
coffer_status on_boolean(void* out, uint8_t value) { return write(out, 't', value); }
coffer_status on_i64(void* out, int64_t value) {
  return write(out, 'i', static_cast<uint64_t>(value));
}
coffer_status on_u64(void* out, uint64_t value) { return write(out, 'u', value); }
coffer_status on_f64(void* out, double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, 8);
  return write(out, 'd', bits);
}
coffer_status on_bigint(void* out, const char* digits, size_t n) {
  return write(out, 'I', n, digits, n);
}
coffer_status on_text(void* out, const char* text, size_t n) { return write(out, 's', n, text, n); }
coffer_status on_blob(void* out, const void* data, size_t n) { return write(out, 'b', n, data, n); }
coffer_status on_ext(void* out, uint32_t type, const void* data, size_t n) {
  const coffer_status status = write(out, 'x', type);
  return status == COFFER_OK ? write(out, 'b', n, data, n) : status;
}
coffer_status on_list_begin(void* out, uint64_t, uint32_t kind) { return write(out, '[', kind); }
coffer_status on_list_end(void* out) { return write(out, ']', 0); }
coffer_status on_map_begin(void* out, uint64_t) { return write(out, '{', 0); }
coffer_status on_map_end(void* out) { return write(out, '}', 0); }

coffer_status encode(void*, const coffer_value* value, const coffer_writer* out,
                     coffer_sink* sink) {
  const coffer_visitor visitor = {
      .struct_size = sizeof(coffer_visitor),
      .reserved = 0,
      .self = const_cast<coffer_writer*>(out),
      .null = on_null,
      .boolean = on_boolean,
      .i64 = on_i64,
      .u64 = on_u64,
      .bigint = on_bigint,
      .f64 = on_f64,
      .text = on_text,
      .blob = on_blob,
      .list_begin = on_list_begin,
      .list_end = on_list_end,
      .map_begin = on_map_begin,
      .map_end = on_map_end,
      .ext = on_ext,
  };
  return value->play(value->self, &visitor, sink);
}

// ---- Decoding: the input may be anything --------------------------------------------------------

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
    char end;            // the tag that closes it
    bool expects_value;  // of a map: a key has come
  };

  coffer_status corrupt(const char* message) {
    const std::string offset = std::to_string(at_);
    fail(host_, sink_, COFFER_CORRUPT, message);
    host_->fail_detail(host_, sink_, "offset", offset.data(), offset.size());
    return COFFER_CORRUPT;
  }

  bool head(char& tag, uint64_t& number) {
    if (bytes_.size - at_ < 9) return false;
    const char* in = static_cast<const char*>(bytes_.data) + at_;
    tag = in[0];
    std::memcpy(&number, in + 1, 8);
    at_ += 9;
    return true;
  }

  coffer_status event() {
    char tag = 0;
    uint64_t number = 0;
    if (!head(tag, number)) return corrupt("the input ends early");
    if (tag == ']' || tag == '}') return close(tag);
    if (!open_.empty()) open_.back().expects_value = !open_.back().expects_value;
    if (++items_ > limits_->max_items) {
      return fail(host_, sink_, COFFER_TOO_LARGE, "too many items");
    }
    switch (tag) {
      case 'n': return into_->null(into_->self);
      case 't':
        if (number > 1) return corrupt("a boolean is neither 0 nor 1");
        return into_->boolean(into_->self, static_cast<uint8_t>(number));
      case 'i': return into_->i64(into_->self, static_cast<int64_t>(number));
      case 'u':
        if (number <= INT64_MAX) return corrupt("a number is in the form of larger ones");
        return into_->u64(into_->self, number);
      case 'd': {
        double value;
        std::memcpy(&value, &number, 8);
        return into_->f64(into_->self, value);
      }
      case '[':
      case '{': return open(tag, number);
      default: return content(tag, number);
    }
  }

  coffer_status open(char tag, uint64_t kind) {
    if (open_.size() >= limits_->max_depth) {
      return fail(host_, sink_, COFFER_TOO_LARGE, "nested too deep");
    }
    if (tag == '{') {
      open_.push_back({'}', false});
      return into_->map_begin(into_->self, COFFER_COUNT_UNKNOWN);
    }
    if (kind > COFFER_FROZENSET) return corrupt("a list of unknown kind");
    open_.push_back({']', false});
    return into_->list_begin(into_->self, COFFER_COUNT_UNKNOWN, static_cast<uint32_t>(kind));
  }

  coffer_status close(char tag) {
    if (open_.empty() || open_.back().end != tag) return corrupt("an end without its begin");
    if (tag == '}' && open_.back().expects_value) return corrupt("a key without a value");
    open_.pop_back();
    return tag == ']' ? into_->list_end(into_->self) : into_->map_end(into_->self);
  }

  // Text, bytes, digits of a large integer, or an extension (its type, then bytes).
  coffer_status content(char tag, uint64_t size) {
    uint64_t type = 0;
    if (tag == 'x') {
      type = size;
      char inner = 0;
      if (type > UINT32_MAX || !head(inner, size) || inner != 'b') return corrupt("no extension");
    }
    if (size > bytes_.size - at_) return corrupt("a size is larger than the input");
    const char* data = static_cast<const char*>(bytes_.data) + at_;
    at_ += size;
    total_ += size;
    if (total_ > limits_->max_bytes) {
      return fail(host_, sink_, COFFER_TOO_LARGE, "too many bytes");
    }
    switch (tag) {
      case 's':
        if (coffer::plugin::utf8_prefix(data, size) != size) return corrupt("text is not UTF-8");
        return into_->text(into_->self, data, size);
      case 'b': return into_->blob(into_->self, data, size);
      case 'x': return into_->ext(into_->self, static_cast<uint32_t>(type), data, size);
      case 'I':
        if (!are_digits(data, size)) return corrupt("a large integer has other than digits");
        return into_->bigint(into_->self, data, size);
      default: return corrupt("an unknown tag");
    }
  }

  static bool are_digits(const char* data, size_t size) {
    const size_t start = size > 0 && data[0] == '-' ? 1 : 0;
    for (size_t i = start; i < size; ++i) {
      if (data[i] < '0' || data[i] > '9') return false;
    }
    return size > start;
  }

  const coffer_host* const host_;
  const coffer_bytes bytes_;
  const coffer_visitor* const into_;
  const coffer_limits* const limits_;
  coffer_sink* const sink_;
  size_t at_ = 0;
  uint64_t items_ = 0;
  uint64_t total_ = 0;
  std::vector<Open> open_;
};

coffer_status decode(void* self, coffer_bytes bytes, const coffer_visitor* into,
                     const coffer_limits* limits, coffer_sink* sink) {
  const auto* host = static_cast<const coffer_host*>(self);
  return guarded(host, sink, [&] { return Decoder(host, bytes, into, limits, sink).run(); });
}

void destroy(void*) {}

const coffer_serializer table = {
    .struct_size = sizeof(coffer_serializer),
    .format = 1901,  // your own published id; 1024 and up
    .caps = COFFER_SERIALIZER_DETERMINISTIC,
    .media_type = "application/x-skeleton",
    .destroy = destroy,
    .encode = encode,
    .decode = decode,
};

const coffer_plugin_info info = {
    .struct_size = sizeof(coffer_plugin_info),
    .abi_version = COFFER_ABI_VERSION,
    .kind = COFFER_KIND_SERIALIZER,
    .reserved = 0,
    .id = "skeleton_serializer",
    .version = "1.0",
    .summary = "tags, sizes and content",
    .license = "Apache-2.0",
    .caps = COFFER_SERIALIZER_DETERMINISTIC,
    .options = nullptr,
    .option_count = 0,
};

}  // namespace

extern "C" const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  return index == 0 ? &info : nullptr;
}

extern "C" coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                                 const coffer_option*, size_t, coffer_instance* out,
                                                 coffer_sink* sink) {
  if (std::strcmp(id, info.id) != 0) {
    return fail(host, sink, COFFER_NOT_FOUND, "this file has no such plugin");
  }
  *out = {const_cast<coffer_host*>(host), &table};
  return COFFER_OK;
}
