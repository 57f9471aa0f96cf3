#include "core/value/limits.h"

#include <algorithm>
#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <new>
#include <string>

#include "coffer/plugin/utf8.hpp"
#include "core/value/shape.h"

namespace coffer::core {
namespace {

constexpr uint32_t kMaxStructSize = 4096;  // rule C4

}  // namespace

coffer_status complete_limits(const coffer_limits* limits, coffer_limits& out, coffer_sink& sink) {
  constexpr coffer_limits kNone = {sizeof(coffer_limits), 0, 0, 0};
  if (limits == nullptr) limits = &kNone;
  if (limits->struct_size < sizeof(coffer_limits) || limits->struct_size > kMaxStructSize) {
    return sink.fail(COFFER_INVALID_ARGUMENT, "limits.struct_size is " +
                                                  std::to_string(limits->struct_size) +
                                                  "; set it to sizeof(coffer_limits)");
  }
  out.struct_size = sizeof(out);
  out.max_depth = limits->max_depth != 0 ? limits->max_depth : kDefaultMaxDepth;
  out.max_items = limits->max_items != 0 ? limits->max_items : kDefaultMaxItems;
  out.max_bytes = limits->max_bytes != 0 ? limits->max_bytes : kDefaultMaxBytes;
  return COFFER_OK;
}

// The functions of the table. Each one judges the event, then hands it on.
struct LimitEvents {
  static LimitVisitor& of(void* self) { return *static_cast<LimitVisitor*>(self); }

  static coffer_status null(void* self) {
    LimitVisitor& v = of(self);
    if (v.failure_ != COFFER_OK || v.enter() != COFFER_OK) [[unlikely]]
      return v.failure_;
    return v.pass(v.into_.null);
  }

  static coffer_status boolean(void* self, uint8_t value) {
    LimitVisitor& v = of(self);
    if (v.failure_ != COFFER_OK || v.enter() != COFFER_OK) [[unlikely]]
      return v.failure_;
    if (value > 1) [[unlikely]]
      return v.misplayed("a boolean of %d", value);
    return v.pass(v.into_.boolean, value);
  }

  static coffer_status i64(void* self, int64_t value) {
    LimitVisitor& v = of(self);
    if (v.failure_ != COFFER_OK || v.enter() != COFFER_OK) [[unlikely]]
      return v.failure_;
    return v.pass(v.into_.i64, value);
  }

  static coffer_status u64(void* self, uint64_t value) {
    LimitVisitor& v = of(self);
    if (v.failure_ != COFFER_OK || v.enter() != COFFER_OK) [[unlikely]]
      return v.failure_;
    if (value <= INT64_MAX) [[unlikely]] {
      return v.misplayed("%" PRIu64 " as u64, which is for values over INT64_MAX", value);
    }
    return v.pass(v.into_.u64, value);
  }

  static coffer_status bigint(void* self, const char* digits, size_t n) {
    LimitVisitor& v = of(self);
    if (v.failure_ != COFFER_OK || v.enter(digits, n) != COFFER_OK) [[unlikely]]
      return v.failure_;
    if (!is_bigint(digits, n)) [[unlikely]] {
      return v.misplayed("a bigint that is not \"-?[1-9][0-9]*\" beyond 64 bits");
    }
    return v.pass(v.into_.bigint, digits, n);
  }

  static coffer_status f64(void* self, double value) {
    LimitVisitor& v = of(self);
    if (v.failure_ != COFFER_OK || v.enter() != COFFER_OK) [[unlikely]]
      return v.failure_;
    return v.pass(v.into_.f64, value);
  }

  static coffer_status text(void* self, const char* utf8, size_t n) {
    LimitVisitor& v = of(self);
    if (v.failure_ != COFFER_OK || v.enter(utf8, n) != COFFER_OK) [[unlikely]]
      return v.failure_;
    const size_t valid = plugin::utf8_prefix(utf8, n);
    if (valid != n) [[unlikely]] {
      return v.misplayed("a text of %zu bytes that is not UTF-8 at byte %zu; bytes are a blob", n,
                         valid);
    }
    return v.pass(v.into_.text, utf8, n);
  }

  static coffer_status blob(void* self, const void* data, size_t n) {
    LimitVisitor& v = of(self);
    if (v.failure_ != COFFER_OK || v.enter(data, n) != COFFER_OK) [[unlikely]]
      return v.failure_;
    return v.pass(v.into_.blob, data, n);
  }

  static coffer_status list_begin(void* self, uint64_t count, uint32_t kind) {
    LimitVisitor& v = of(self);
    if (v.failure_ != COFFER_OK || v.enter() != COFFER_OK) [[unlikely]]
      return v.failure_;
    if (kind > COFFER_FROZENSET) [[unlikely]]
      return v.misplayed("a list of unknown kind %u", kind);
    if (v.push(count, false) != COFFER_OK) [[unlikely]]
      return v.failure_;
    return v.pass(v.into_.list_begin, count, kind);
  }

  static coffer_status list_end(void* self) {
    LimitVisitor& v = of(self);
    if (v.failure_ != COFFER_OK || v.pop(false) != COFFER_OK) [[unlikely]]
      return v.failure_;
    return v.pass(v.into_.list_end);
  }

  static coffer_status map_begin(void* self, uint64_t count) {
    LimitVisitor& v = of(self);
    if (v.failure_ != COFFER_OK || v.enter() != COFFER_OK) [[unlikely]]
      return v.failure_;
    const uint64_t most = count > UINT64_MAX / 2 ? UINT64_MAX : count * 2;
    if (v.push(most, true) != COFFER_OK) [[unlikely]]
      return v.failure_;
    return v.pass(v.into_.map_begin, count);
  }

  static coffer_status map_end(void* self) {
    LimitVisitor& v = of(self);
    if (v.failure_ != COFFER_OK || v.pop(true) != COFFER_OK) [[unlikely]]
      return v.failure_;
    return v.pass(v.into_.map_end);
  }

  static coffer_status ext(void* self, uint32_t type, const void* data, size_t n) {
    LimitVisitor& v = of(self);
    if (v.failure_ != COFFER_OK || v.enter(data, n) != COFFER_OK) [[unlikely]]
      return v.failure_;
    if (const char* problem = ext_problem(type, data, n)) [[unlikely]] {
      return v.misplayed("an extension of type %u in a wrong form: %s", type, problem);
    }
    return v.pass(v.into_.ext, type, data, n);
  }

  static constexpr coffer_visitor table(void* self) {
    return {sizeof(coffer_visitor),
            0,
            self,
            null,
            boolean,
            i64,
            u64,
            bigint,
            f64,
            text,
            blob,
            list_begin,
            list_end,
            map_begin,
            map_end,
            ext};
  }
};

LimitVisitor::LimitVisitor(const coffer_visitor& into, const coffer_limits& limits, Player player,
                           std::string_view who)
    : visitor_(LimitEvents::table(this)), into_(into), limits_(limits), who_(who), player_(player) {
  frames_[0] = {0, 1, false};  // around the value: room for one
}

coffer_status LimitVisitor::push(uint64_t most, bool map) {
  if (depth_ == limits_.max_depth) [[unlikely]] {
    return too_large("max_depth", limits_.max_depth, "levels of lists and maps");
  }
  if (depth_ + 1 == capacity_ && !grow()) [[unlikely]] {
    own_ = true;
    std::snprintf(reason_, sizeof(reason_), "out of memory");
    return failure_ = COFFER_EXHAUSTED;
  }
  ++depth_;
  *++top_ = {0, most, map};
  return COFFER_OK;
}

coffer_status LimitVisitor::pop(bool map) {
  const char* const kind = map ? "map" : "list";
  if (depth_ == 0 || top_->map != map) [[unlikely]] {
    return misplayed("the end of a %s that was not begun", kind);
  }
  if (map && top_->seen % 2 != 0) [[unlikely]]
    return misplayed("a map with a key and no value");
  if (top_->most != UINT64_MAX && top_->seen != top_->most) [[unlikely]] {
    const unsigned each = map ? 2 : 1;
    return misplayed("a %s of %" PRIu64 " that was announced as %" PRIu64, kind, top_->seen / each,
                     top_->most / each);
  }
  --depth_;
  --top_;
  return COFFER_OK;
}

bool LimitVisitor::grow() {
  const uint32_t capacity = capacity_ > UINT32_MAX / 2 ? UINT32_MAX : capacity_ * 2;
  std::unique_ptr<Frame[]> frames(new (std::nothrow) Frame[capacity]);
  if (capacity == capacity_ || frames == nullptr) return false;
  std::copy_n(frames_, depth_ + 1, frames.get());
  more_frames_ = std::move(frames);
  frames_ = more_frames_.get();
  top_ = frames_ + depth_;
  capacity_ = capacity;
  return true;
}

coffer_status LimitVisitor::refuse_item() {
  if (items_ > limits_.max_items) return too_large("max_items", limits_.max_items, "items");
  if (depth_ == 0) return misplayed("a second value after the first");
  return misplayed("more than the %" PRIu64 " announced for a %s", top_->most / (top_->map ? 2 : 1),
                   top_->map ? "map" : "list");
}

coffer_status LimitVisitor::refuse_bytes(const void* data, size_t size) {
  if (data == nullptr) return misplayed("%zu bytes at NULL", size);
  return too_large("max_bytes", limits_.max_bytes, "bytes of text, blobs and numbers");
}

coffer_status LimitVisitor::stop(coffer_status answer) {
  if (answer >= 16) return failure_ = answer;
  char did[64];
  std::snprintf(did, sizeof(did), "answered an event with %s, which is no failure",
                status_name(answer));
  return receiver_fault(did);
}

coffer_status LimitVisitor::receiver_fault(const char* did) {
  own_ = true;
  std::snprintf(reason_, sizeof(reason_), "the receiver of the value %s", did);
  // The receiver is the other side.
  return failure_ = player_ == Player::kPlugin ? COFFER_INVALID_ARGUMENT : COFFER_PLUGIN_FAULT;
}

coffer_status LimitVisitor::misplayed(const char* format, ...) {
  int n = std::snprintf(reason_, sizeof(reason_), "%.*s played ",
                        static_cast<int>(std::min<size_t>(who_.size(), 64)), who_.data());
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(reason_ + n, sizeof(reason_) - n, format, arguments);
  va_end(arguments);
  own_ = true;
  return failure_ = player_ == Player::kPlugin ? COFFER_PLUGIN_FAULT : COFFER_INVALID_ARGUMENT;
}

coffer_status LimitVisitor::too_large(const char* limit, uint64_t value, const char* unit) {
  std::snprintf(reason_, sizeof(reason_), "the value has more than %" PRIu64 " %s (limit %s)",
                value, unit, limit);
  own_ = true;
  limit_ = limit;
  return failure_ = COFFER_TOO_LARGE;
}

coffer_status LimitVisitor::finish(coffer_status status, coffer_sink& sink) noexcept {
  if (failure_ == COFFER_OK && status == COFFER_OK) {
    if (depth_ == 0 && top_->seen == 1) [[likely]]
      return COFFER_OK;
    misplayed(depth_ == 0 ? "no value" : "a %s without its end", top_->map ? "map" : "list");
  } else if (failure_ == COFFER_OK && status < 16) {
    misplayed("and returned %s, which is no failure", status_name(status));
  }
  try {
    if (own_) {
      sink.fail(failure_, reason_);
      if (limit_ != nullptr) sink.detail("limit", limit_);
      if (failure_ == COFFER_PLUGIN_FAULT) sink.detail("reason", "PLUGIN_MISBEHAVING");
    } else if (sink.error == nullptr) {
      const coffer_status reported = failure_ != COFFER_OK ? failure_ : status;
      sink.fail(reported, std::string(failure_ != COFFER_OK ? "the receiver of the value"
                                                            : std::string(who_)) +
                              " stopped with " + status_name(reported));
    }
  } catch (const std::bad_alloc&) {
    // The status alone still tells the caller what happened.
  }
  return failure_ != COFFER_OK ? failure_ : status;
}

}  // namespace coffer::core
