#include "plugins/serializers/pickle/encoder.h"

#include <new>
#include <string_view>

#include "plugins/serializers/common/ext_text.h"
#include "plugins/serializers/common/report.h"
#include "plugins/serializers/pickle/emitter.h"
#include "plugins/serializers/pickle/memory.h"
#include "plugins/serializers/pickle/slot.h"

namespace coffer::pickle {
namespace {

using serial::Refusal;

constexpr std::string_view kOutOfOrder = "the events played are not one value";
constexpr const char* kUnhashable =
    "which Python has neither as a key nor in a set; tuples and frozen sets may be there";

// So many items are on a reader's stack at most before they go into their list or dict, as Python's
// own pickler has it.
constexpr uint32_t kBatch = 1'000;

class Encoder {
 public:
  Encoder(const coffer_host* host, const Options& options, const coffer_writer& out)
      : emit_(options, out), frames_(host) {}

  coffer_visitor visitor() {
    return {sizeof(coffer_visitor),
            0,
            this,
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

  bool complete() const { return done_ && frames_.empty(); }
  coffer_status finish() { return emit_.finish(); }
  const Refusal& refusal() const { return refusal_; }
  uint64_t event() const { return event_; }

 private:
  // A list or map whose end is to come.
  struct Frame {
    uint8_t kind;      // as in Container
    bool hashable;     // its items must be
    bool value_next;   // of a map
    uint32_t pending;  // items above the mark; 0: there is no mark yet
  };
  // What the next value is there.
  struct Position {
    bool key;
    bool hashable;
  };

  static Encoder& of(void* self) { return *static_cast<Encoder*>(self); }

  // Runs the writing of one event. What it throws ends here.
  template <typename Write>
  coffer_status event(Write&& write) noexcept {
    if (refusal_.status != COFFER_OK) [[unlikely]]
      return refusal_.status;
    ++event_;
    try {
      write();
    } catch (const std::bad_alloc&) {
      refusal_ = {COFFER_EXHAUSTED, "", "out of memory"};
    }
    return refusal_.status != COFFER_OK ? refusal_.status : emit_.status();
  }

  void refuse(std::string_view subject, const char* reason) {
    if (reason != nullptr) refusal_ = {COFFER_UNSUPPORTED, subject, reason};
  }
  void out_of_order() { refusal_ = {COFFER_INVALID_ARGUMENT, "", kOutOfOrder}; }

  // Comes before each value.
  Position next() {
    if (frames_.empty()) [[unlikely]] {
      if (done_) out_of_order();
      done_ = true;
      return {false, false};
    }
    Frame& frame = frames_.back();
    if (frame.kind == Container::kMap && frame.value_next) {
      frame.value_next = false;
      return {false, frame.hashable};
    }
    if (frame.pending == kBatch && has_batches(frame.kind)) flush(frame);
    if (frame.pending == 0) emit_.instruction(op::kMark);
    ++frame.pending;
    const bool map = frame.kind == Container::kMap;
    frame.value_next = map;
    return {map, map || frame.hashable};
  }

  // Sets are lists on their way to a call, where there is no instruction for them.
  bool is_called(uint8_t kind) const {
    return (kind == COFFER_SET || kind == COFFER_FROZENSET) && !emit_.has_sets();
  }
  bool has_batches(uint8_t kind) const {
    return kind != COFFER_TUPLE && (kind != COFFER_FROZENSET || is_called(kind));
  }

  // What is above the mark goes into what is below it.
  void flush(Frame& frame) {
    frame.pending = 0;
    if (frame.kind == Container::kMap) return emit_.instruction(op::kSetItems);
    emit_.instruction(frame.kind == COFFER_SET && !is_called(frame.kind) ? op::kAddItems
                                                                         : op::kAppends);
  }

  void begin(uint8_t kind) {
    constexpr std::string_view kNames[] = {"a list", "a tuple", "a set", "a frozen set", "a map"};
    const Position position = next();
    if (position.hashable && kind != COFFER_TUPLE && kind != COFFER_FROZENSET) {
      return refuse(kNames[kind], kUnhashable);
    }
    if (is_called(kind)) emit_.global(kind == COFFER_SET ? Global::kSet : Global::kFrozenSet);
    if (kind == COFFER_LIST || is_called(kind)) {
      emit_.instruction(op::kEmptyList);
    } else if (kind == Container::kMap) {
      emit_.instruction(op::kEmptyDict);
    } else if (kind == COFFER_SET) {
      emit_.instruction(op::kEmptySet);
    }
    const bool set = kind == COFFER_SET || kind == COFFER_FROZENSET;
    frames_.push({kind, set || position.hashable, false, 0});
  }

  void end(bool map) {
    if (frames_.empty() || (frames_.back().kind == Container::kMap) != map ||
        frames_.back().value_next) {
      return out_of_order();
    }
    Frame& frame = frames_.back();
    if (frame.kind == COFFER_TUPLE) {
      emit_.instruction(frame.pending == 0 ? op::kEmptyTuple : op::kTuple);
    } else if (frame.kind == COFFER_FROZENSET && !is_called(frame.kind)) {
      if (frame.pending == 0) emit_.instruction(op::kMark);
      emit_.instruction(op::kFrozenSet);
    } else if (frame.pending != 0) {
      flush(frame);
    }
    if (is_called(frame.kind)) {
      emit_.instruction(op::kTuple1);
      emit_.instruction(op::kReduce);
    }
    frames_.pop();
  }

  // ---- The visitor

  static coffer_status null(void* self) {
    Encoder& e = of(self);
    return e.event([&] { e.next(), e.emit_.instruction(op::kNone); });
  }
  static coffer_status boolean(void* self, uint8_t value) {
    Encoder& e = of(self);
    return e.event(
        [&] { e.next(), e.emit_.instruction(value != 0 ? op::kNewTrue : op::kNewFalse); });
  }
  static coffer_status i64(void* self, int64_t value) {
    Encoder& e = of(self);
    return e.event([&] { e.next(), e.emit_.integer(value); });
  }
  static coffer_status u64(void* self, uint64_t value) {
    Encoder& e = of(self);
    return e.event([&] { e.next(), e.emit_.unsigned_integer(value); });
  }
  static coffer_status bigint(void* self, const char* digits, size_t n) {
    Encoder& e = of(self);
    return e.event([&] { e.next(), e.refuse("an integer", e.emit_.big_integer({digits, n})); });
  }
  static coffer_status f64(void* self, double value) {
    Encoder& e = of(self);
    return e.event([&] { e.next(), e.emit_.real(value); });
  }
  static coffer_status text(void* self, const char* utf8, size_t n) {
    Encoder& e = of(self);
    return e.event([&] {
      // It is UTF-8: the core lets nothing else through (coffer/value.h).
      e.next().key ? e.emit_.key({utf8, n}) : e.emit_.text({utf8, n});
    });
  }
  static coffer_status blob(void* self, const void* data, size_t n) {
    Encoder& e = of(self);
    return e.event([&] {
      e.next(), e.refuse("a blob", e.emit_.blob({static_cast<const char*>(data), n}));
    });
  }
  static coffer_status list_begin(void* self, uint64_t, uint32_t kind) {
    Encoder& e = of(self);
    return e.event([&] {
      if (kind > COFFER_FROZENSET)
        return e.refuse("a list of unknown kind", "which Python does not have");
      e.begin(static_cast<uint8_t>(kind));
    });
  }
  static coffer_status list_end(void* self) {
    Encoder& e = of(self);
    return e.event([&] { e.end(false); });
  }
  static coffer_status map_begin(void* self, uint64_t) {
    Encoder& e = of(self);
    return e.event([&] { e.begin(Container::kMap); });
  }
  static coffer_status map_end(void* self) {
    Encoder& e = of(self);
    return e.event([&] { e.end(true); });
  }
  static coffer_status ext(void* self, uint32_t type, const void* data, size_t n) {
    Encoder& e = of(self);
    return e.event(
        [&] { e.next(), e.refuse(serial::ext_name(type), e.emit_.extension(type, data, n)); });
  }

  Emitter emit_;
  Stack<Frame, 32> frames_;
  Refusal refusal_;
  uint64_t event_ = 0;
  bool done_ = false;
};

}  // namespace

coffer_status encode(const coffer_host* host, const Options& options, const coffer_value& value,
                     const coffer_writer& out, coffer_sink* sink) {
  Encoder encoder(host, options, out);
  const coffer_visitor visitor = encoder.visitor();
  const coffer_status played = value.play(value.self, &visitor, sink);
  if (encoder.refusal().status != COFFER_OK) {
    return serial::report_refusal(host, encoder.refusal(), encoder.event(), value, sink);
  }
  if (played != COFFER_OK) return played;
  if (!encoder.complete()) {
    const Refusal incomplete{COFFER_INVALID_ARGUMENT, "", kOutOfOrder};
    return serial::report_refusal(host, incomplete, encoder.event(), value, sink);
  }
  return encoder.finish();
}

}  // namespace coffer::pickle
