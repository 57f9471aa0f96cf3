#include "core/value/tape.h"

#include <cstring>
#include <new>

#include "core/error/error.h"

namespace coffer::core {
namespace {

// One byte before each event. What follows: a number as it is in memory; for bytes their length in
// 8 bytes and then they; for a list or map its count in 8 bytes.
enum Op : uint8_t {
  kNull,
  kFalse,
  kTrue,
  kI64,
  kU64,
  kF64,
  kBigint,
  kText,
  kBlob,
  kExt,       // the type in 4 bytes comes before the length
  kList,      // kList + kind: list, tuple, set, frozenset
  kMap = 14,  // after the four kinds of list
  kListEnd,
  kMapEnd,
};

// Reads the tape from its start.
class Reader {
 public:
  explicit Reader(const std::vector<uint8_t>& tape)
      : at_(tape.data()), end_(tape.data() + tape.size()) {}

  bool done() const { return at_ == end_; }

  template <typename T>
  T take() {
    T value;
    std::memcpy(&value, at_, sizeof(value));
    at_ += sizeof(value);
    return value;
  }

  const char* take_bytes(size_t size) {
    const char* bytes = reinterpret_cast<const char*>(at_);
    at_ += size;
    return bytes;
  }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
};

coffer_status play_bytes(Reader& reader, uint8_t op, const coffer_visitor& into) {
  const uint32_t type = op == kExt ? reader.take<uint32_t>() : 0;
  const auto size = reader.take<uint64_t>();
  const char* bytes = reader.take_bytes(size);
  switch (op) {
    case kBigint: return into.bigint(into.self, bytes, size);
    case kText: return into.text(into.self, bytes, size);
    case kBlob: return into.blob(into.self, bytes, size);
    default: return into.ext(into.self, type, bytes, size);
  }
}

coffer_status play_event(Reader& reader, const coffer_visitor& into) {
  const auto op = reader.take<uint8_t>();
  switch (op) {
    case kNull: return into.null(into.self);
    case kFalse:
    case kTrue: return into.boolean(into.self, op == kTrue ? 1 : 0);
    case kI64: return into.i64(into.self, reader.take<int64_t>());
    case kU64: return into.u64(into.self, reader.take<uint64_t>());
    case kF64: return into.f64(into.self, reader.take<double>());
    case kMap: return into.map_begin(into.self, reader.take<uint64_t>());
    case kListEnd: return into.list_end(into.self);
    case kMapEnd: return into.map_end(into.self);
    case kBigint:
    case kText:
    case kBlob:
    case kExt: return play_bytes(reader, op, into);
    default: return into.list_begin(into.self, reader.take<uint64_t>(), op - kList);
  }
}

coffer_status play_tape(void* self, const coffer_visitor* into, coffer_sink* sink) {
  const Tape& tape = *static_cast<const Tape*>(self);
  return tape.play(*into, sink);
}

}  // namespace

struct TapeEvents {
  static Tape& of(void* self) { return *static_cast<Tape*>(self); }

  static coffer_status bytes(void* self, uint8_t op, const void* data, size_t n) {
    const uint64_t size = n;
    Tape& t = of(self);
    const coffer_status status = t.begin(op, &size, sizeof(size));
    return status == COFFER_OK ? t.append(data, n) : status;
  }

  static coffer_status null(void* self) { return of(self).begin(kNull, nullptr, 0); }
  static coffer_status boolean(void* self, uint8_t value) {
    return of(self).begin(value != 0 ? kTrue : kFalse, nullptr, 0);
  }
  static coffer_status i64(void* self, int64_t value) {
    return of(self).begin(kI64, &value, sizeof(value));
  }
  static coffer_status u64(void* self, uint64_t value) {
    return of(self).begin(kU64, &value, sizeof(value));
  }
  static coffer_status f64(void* self, double value) {
    return of(self).begin(kF64, &value, sizeof(value));
  }
  static coffer_status bigint(void* self, const char* digits, size_t n) {
    return bytes(self, kBigint, digits, n);
  }
  static coffer_status text(void* self, const char* utf8, size_t n) {
    return bytes(self, kText, utf8, n);
  }
  static coffer_status blob(void* self, const void* data, size_t n) {
    return bytes(self, kBlob, data, n);
  }
  static coffer_status list_begin(void* self, uint64_t, uint32_t kind) {
    if (kind > COFFER_FROZENSET) return COFFER_INVALID_ARGUMENT;
    return of(self).open(static_cast<uint8_t>(kList + kind), false);
  }
  static coffer_status list_end(void* self) { return of(self).close(kListEnd, false); }
  static coffer_status map_begin(void* self, uint64_t) { return of(self).open(kMap, true); }
  static coffer_status map_end(void* self) { return of(self).close(kMapEnd, true); }
  static coffer_status ext(void* self, uint32_t type, const void* data, size_t n) {
    const uint64_t size = n;
    uint8_t head[sizeof(type) + sizeof(size)];
    std::memcpy(head, &type, sizeof(type));
    std::memcpy(head + sizeof(type), &size, sizeof(size));
    Tape& t = of(self);
    const coffer_status status = t.begin(kExt, head, sizeof(head));
    return status == COFFER_OK ? t.append(data, n) : status;
  }
};

Tape::Tape()
    : visitor_{sizeof(coffer_visitor),
               0,
               this,
               TapeEvents::null,
               TapeEvents::boolean,
               TapeEvents::i64,
               TapeEvents::u64,
               TapeEvents::bigint,
               TapeEvents::f64,
               TapeEvents::text,
               TapeEvents::blob,
               TapeEvents::list_begin,
               TapeEvents::list_end,
               TapeEvents::map_begin,
               TapeEvents::map_end,
               TapeEvents::ext} {}

void Tape::clear() {
  tape_.clear();
  open_.clear();
}

coffer_value Tape::value() const { return {const_cast<Tape*>(this), play_tape}; }

coffer_status Tape::play(const coffer_visitor& into, coffer_sink* sink) const {
  if (!complete()) {
    if (sink != nullptr) sink->fail(COFFER_INVALID_STATE, "the tape holds no complete value");
    return COFFER_INVALID_STATE;
  }
  Reader reader(tape_);
  while (!reader.done()) {
    const coffer_status status = play_event(reader, into);
    if (status != COFFER_OK) return status;
  }
  return COFFER_OK;
}

coffer_status Tape::append(const void* data, size_t size) {
  try {
    const auto* bytes = static_cast<const uint8_t*>(data);
    tape_.insert(tape_.end(), bytes, bytes + size);
    return COFFER_OK;
  } catch (const std::bad_alloc&) {
    clear();  // half an event cannot be played
    return COFFER_EXHAUSTED;
  }
}

// An event that is a value, or begins one.
coffer_status Tape::begin(uint8_t op, const void* data, size_t size) {
  if (complete()) return COFFER_INVALID_ARGUMENT;
  if (!open_.empty()) ++open_.back().seen;
  const coffer_status status = append(&op, sizeof(op));
  return status == COFFER_OK && size != 0 ? append(data, size) : status;
}

coffer_status Tape::open(uint8_t op, bool map) {
  const uint64_t count = COFFER_COUNT_UNKNOWN;
  const coffer_status status = begin(op, &count, sizeof(count));
  if (status != COFFER_OK) return status;
  try {
    open_.push_back({tape_.size() - sizeof(count), 0, map});
    return COFFER_OK;
  } catch (const std::bad_alloc&) {
    clear();
    return COFFER_EXHAUSTED;
  }
}

coffer_status Tape::close(uint8_t op, bool map) {
  if (open_.empty() || open_.back().map != map) return COFFER_INVALID_ARGUMENT;
  if (map && open_.back().seen % 2 != 0) return COFFER_INVALID_ARGUMENT;
  const coffer_status status = append(&op, sizeof(op));
  if (status != COFFER_OK) return status;
  const uint64_t count = map ? open_.back().seen / 2 : open_.back().seen;
  std::memcpy(tape_.data() + open_.back().count_at, &count, sizeof(count));
  open_.pop_back();
  return COFFER_OK;
}

}  // namespace coffer::core
