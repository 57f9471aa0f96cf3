// What the machine has on its stack and in its memo: a value in 16 bytes. Scalars are in place,
// text and bytes are views of the input, and what can be shared or filled later is behind a pointer
// into the arena.
#ifndef COFFER_PLUGINS_SERIALIZERS_PICKLE_SLOT_H_
#define COFFER_PLUGINS_SERIALIZERS_PICKLE_SLOT_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "coffer/value.h"

namespace coffer::pickle {

enum class Kind : uint8_t {
  kUnset,  // nothing; only in the memo
  kNull,
  kFalse,
  kTrue,
  kI64,
  kU64,
  kBigint,      // data, size: digits
  kF64,         //
  kText,        // data, size: UTF-8
  kString8,     // data, size: text of Python 2, in an encoding that nobody wrote down
  kBlob,        // data, size
  kLatin1,      // latin1
  kDecimal,     // data, size: text that is a decimal number
  kUuid,        // uuid; offset
  kDate,        // i64: days since 1970-01-01
  kTime,        // i64: microseconds since midnight
  kTimeTz,      // and extra: offset from UTC in seconds
  kDatetime,    // i64: microseconds since 1970-01-01 00:00, local
  kDatetimeTz,  // and extra: offset from UTC in seconds
  kDuration,    // i64: seconds; extra: microseconds
  kZone,        // i64: offset from UTC in seconds; offset. No value by itself
  kGlobal,      // i64: a Global; offset. No value by itself
  kContainer,   // container
};

struct Slot;

// Some items of a container. Items are added, never taken away or changed.
struct Segment {
  Segment* next;
  uint32_t count;
  uint32_t capacity;

  Slot* items() { return reinterpret_cast<Slot*>(this + 1); }
  const Slot* items() const { return reinterpret_cast<const Slot*>(this + 1); }
};

// A list of some kind or a map, whose items are keys and values in turn.
struct Container {
  static constexpr uint8_t kMap = COFFER_FROZENSET + 1;  // as kind; the others are COFFER_LIST, ...

  Segment* first = nullptr;
  Segment* last = nullptr;
  uint64_t count = 0;        // of items in the segments
  uint64_t offset : 48;      // of the instruction that made it
  uint64_t kind : 8;         //
  uint64_t is_copy : 1;      // it is a Copy
  uint64_t is_of_pairs : 1;  // a Copy whose base has pairs as items: it is a map of these
  uint64_t open : 1;         // it is being played; found again, it contains itself

  Container(uint8_t of_kind, size_t made_at)
      : offset(made_at), kind(of_kind), is_copy(0), is_of_pairs(0), open(0) {}
};

// A container that begins with the first `base_count` items that another one had when this one was
// made of it: set([1, 2]). To copy them would let ten bytes of input double the memory again and
// again.
struct Copy : Container {
  const Container* base;
  uint64_t base_count;
  // While it is played: how many of these are still to come, and the second item of a pair whose
  // first was played.
  uint64_t base_left = 0;
  const Slot* second = nullptr;

  Copy(uint8_t of_kind, size_t made_at, const Container& of)
      : Container(of_kind, made_at), base(&of), base_count(of.count) {
    is_copy = 1;
  }
};

// Bytes as protocols 0 to 2 write them: as text whose characters are the bytes. Turned into bytes
// when they are played, so that each use of a shared text costs what it plays and no more.
struct Latin1 {
  std::string_view utf8;
  size_t offset;  // of the instruction that made it
};

struct Uuid {
  bool known;  // it has been given its number
  unsigned char bytes[16];
};

struct Slot {
  union {
    int64_t i64;
    uint64_t u64;
    double f64;
    const char* data;
    Container* container;
    const Latin1* latin1;
    Uuid* uuid;
  };
  uint64_t bits;  // the kind, and above it size, extra or offset

  Kind kind() const { return static_cast<Kind>(bits & 0xff); }
  size_t size() const { return bits >> 8; }
  size_t offset() const { return bits >> 8; }  // of the instruction that made it
  int32_t extra() const { return static_cast<int32_t>(static_cast<uint32_t>(bits >> 8)); }
  std::string_view view() const { return {data, size()}; }
  bool is_list(uint32_t list_kind) const {
    return kind() == Kind::kContainer && container->kind == list_kind;
  }

  static Slot of(Kind kind) { return of(kind, 0); }
  static Slot of(Kind kind, int64_t i64, int32_t extra = 0) {
    return {{.i64 = i64},
            static_cast<uint64_t>(kind) | uint64_t{static_cast<uint32_t>(extra)} << 8};
  }
  static Slot of(Kind kind, std::string_view view) {
    return {{.data = view.data()},
            static_cast<uint64_t>(kind) | static_cast<uint64_t>(view.size()) << 8};
  }
  static Slot of(double value) { return {{.f64 = value}, static_cast<uint64_t>(Kind::kF64)}; }
  static Slot of(Container* container) {
    return {{.container = container}, static_cast<uint64_t>(Kind::kContainer)};
  }
  static Slot of(const Latin1* latin1) {
    return {{.latin1 = latin1}, static_cast<uint64_t>(Kind::kLatin1)};
  }
  static Slot of(Uuid* uuid, size_t offset) {
    return {{.uuid = uuid}, static_cast<uint64_t>(Kind::kUuid) | uint64_t{offset} << 8};
  }
  static Slot made(Kind kind, int64_t i64, size_t offset) {
    return {{.i64 = i64}, static_cast<uint64_t>(kind) | uint64_t{offset} << 8};
  }
};
static_assert(sizeof(Slot) == 16 && sizeof(Segment) == 16 && sizeof(Container) == 32);

}  // namespace coffer::pickle

#endif  // COFFER_PLUGINS_SERIALIZERS_PICKLE_SLOT_H_
