#include "plugins/serializers/pickle/calls.h"

#include <cstring>
#include <string>

#include "plugins/serializers/pickle/failure.h"
#include "plugins/serializers/pickle/moment.h"
#include "plugins/serializers/pickle/number.h"
#include "plugins/serializers/pickle/text.h"

namespace coffer::pickle {
namespace {

using Arguments = std::span<const Slot>;

[[noreturn, gnu::cold]] void bad_arguments(Global global, size_t offset) {
  corrupt(offset, shown(global) + " is called with arguments that no pickle has");
}

bool is_latin1_name(const Slot& slot) {
  if (slot.kind() != Kind::kText) return false;
  const std::string_view name = slot.view();
  return name == "latin1" || name == "latin-1" || name == "iso-8859-1";
}

// The `size` bytes that the argument consists of; false if it is anything else.
bool bytes_of(const Slot& slot, unsigned char* out, size_t size) {
  constexpr size_t kMostBytes = 2 * kDatetimeBytes;  // as text
  switch (slot.kind()) {
    case Kind::kBlob:
    case Kind::kString8:
      if (slot.size() != size) return false;
      std::memcpy(out, slot.data, size);
      return true;
    case Kind::kLatin1: {
      const std::string_view utf8 = slot.latin1->utf8;
      char bytes[kMostBytes];
      if (utf8.size() > kMostBytes || write_latin1(utf8, bytes) != size) return false;
      std::memcpy(out, bytes, size);
      return true;
    }
    default: return false;
  }
}

bool is_integer(const Slot& slot, int64_t least, int64_t most) {
  return slot.kind() == Kind::kI64 && slot.i64 >= least && slot.i64 <= most;
}

Slot make_latin1(std::string_view utf8, size_t offset, Arena& arena) {
  return Slot::of(arena.make(Latin1{utf8, offset}));
}

// A zone as last argument of a time; false if it is none.
bool read_zone(const Slot& slot, bool& zoned, int32_t& seconds) {
  zoned = slot.kind() == Kind::kZone;
  if (zoned) seconds = static_cast<int32_t>(slot.i64);
  return zoned || slot.kind() == Kind::kNull;
}

Slot make_copy(uint8_t kind, Arguments arguments, Global global, size_t offset, Arena& arena) {
  if (arguments.empty()) return Slot::of(arena.make(Container(kind, offset)));
  if (arguments.size() != 1) bad_arguments(global, offset);
  const Slot& of = arguments[0];
  const bool pairs = kind == Container::kMap;
  if (!of.is_list(COFFER_LIST) && (pairs || !of.is_list(COFFER_TUPLE)))
    bad_arguments(global, offset);
  Copy* const copy = arena.make(Copy(kind, offset, *of.container));
  copy->is_of_pairs = pairs ? 1 : 0;
  return Slot::of(copy);
}

Slot make_bytearray(Arguments arguments, size_t offset, Arena& arena) {
  if (arguments.empty()) return Slot::of(Kind::kBlob, std::string_view());
  const Slot& of = arguments[0];
  if (arguments.size() == 2 && of.kind() == Kind::kText && is_latin1_name(arguments[1])) {
    return make_latin1(of.view(), offset, arena);
  }
  const bool is_bytes = of.kind() == Kind::kBlob || of.kind() == Kind::kLatin1;
  if (arguments.size() != 1 || !is_bytes) bad_arguments(Global::kByteArray, offset);
  return of;
}

Slot make_date(Arguments arguments, size_t offset) {
  unsigned char bytes[kDateBytes];
  int64_t day;
  if (arguments.size() != 1 || !bytes_of(arguments[0], bytes, sizeof(bytes)) ||
      !read_date(bytes, day)) {
    bad_arguments(Global::kDate, offset);
  }
  return Slot::of(Kind::kDate, day);
}

// The first bit of a datetime's month and of a time's hour is `fold`: the second of two equal local
// times. Neither the neutral value nor Python's comparison has it.
constexpr unsigned char kFold = 0x80;

Slot make_time(Arguments arguments, size_t offset) {
  unsigned char bytes[kTimeBytes];
  int64_t microsecond;
  bool zoned = false;
  int32_t zone = 0;
  const bool ok =
      (arguments.size() == 1 || (arguments.size() == 2 && read_zone(arguments[1], zoned, zone))) &&
      bytes_of(arguments[0], bytes, sizeof(bytes));
  if (ok) bytes[0] &= static_cast<unsigned char>(~kFold);
  if (!ok || !read_time(bytes, microsecond)) bad_arguments(Global::kTime, offset);
  return Slot::of(zoned ? Kind::kTimeTz : Kind::kTime, microsecond, zone);
}

Slot make_datetime(Arguments arguments, size_t offset) {
  unsigned char bytes[kDatetimeBytes];
  int64_t day, microsecond;
  bool zoned = false;
  int32_t zone = 0;
  const bool ok =
      (arguments.size() == 1 || (arguments.size() == 2 && read_zone(arguments[1], zoned, zone))) &&
      bytes_of(arguments[0], bytes, sizeof(bytes));
  if (ok) bytes[2] &= static_cast<unsigned char>(~kFold);
  if (!ok || !read_date(bytes, day) || !read_time(bytes + kDateBytes, microsecond)) {
    bad_arguments(Global::kDatetime, offset);
  }
  return Slot::of(zoned ? Kind::kDatetimeTz : Kind::kDatetime, day * kDay + microsecond, zone);
}

Slot make_duration(Arguments arguments, size_t offset) {
  if (arguments.size() != 3 || !is_integer(arguments[0], -kMostDurationDays, kMostDurationDays) ||
      !is_integer(arguments[1], 0, kDaySeconds - 1) || !is_integer(arguments[2], 0, kSecond - 1)) {
    bad_arguments(Global::kTimeDelta, offset);
  }
  return Slot::of(Kind::kDuration, arguments[0].i64 * kDaySeconds + arguments[1].i64,
                  static_cast<int32_t>(arguments[2].i64));
}

Slot make_timezone(Arguments arguments, size_t offset) {
  // A second argument is its name, which two equal zones may differ in.
  const bool named = arguments.size() == 2 && arguments[1].kind() == Kind::kText;
  if ((arguments.size() != 1 && !named) || arguments[0].kind() != Kind::kDuration ||
      arguments[0].i64 <= -kDaySeconds || arguments[0].i64 >= kDaySeconds) {
    bad_arguments(Global::kTimezone, offset);
  }
  if (arguments[0].extra() != 0) {
    unsupported(offset, "a time zone",
                "has parts of a second in its offset, which the neutral value has not");
  }
  return Slot::made(Kind::kZone, arguments[0].i64, offset);
}

Slot make_decimal(Arguments arguments, size_t offset) {
  const bool text = arguments.size() == 1 &&
                    (arguments[0].kind() == Kind::kText || arguments[0].kind() == Kind::kString8);
  if (!text || !is_decimal(arguments[0].view())) bad_arguments(Global::kDecimal, offset);
  return Slot::of(Kind::kDecimal, arguments[0].view());
}

Slot reconstruct(Arguments arguments, size_t offset, Arena& arena) {
  const auto is = [&](size_t i, Global global) {
    return arguments[i].kind() == Kind::kGlobal && arguments[i].i64 == static_cast<int64_t>(global);
  };
  if (arguments.size() != 3 || !is(0, Global::kUuid) || !is(1, Global::kObject) ||
      arguments[2].kind() != Kind::kNull) {
    bad_arguments(Global::kReconstructor, offset);
  }
  return new_object(Global::kUuid, {}, offset, arena);
}

// A number of 128 bits from decimal digits; false if there are more.
bool read_uuid(const Slot& number, unsigned char (&out)[16]) {
  unsigned __int128 value = 0;
  if (number.kind() == Kind::kBigint) {
    if (number.data[0] == '-' || number.size() > 39) return false;
    for (const char c : number.view()) {
      const auto digit = static_cast<unsigned>(c - '0');
      if (value > (~static_cast<unsigned __int128>(0) - digit) / 10) return false;
      value = value * 10 + digit;
    }
  } else if (number.kind() == Kind::kU64 || is_integer(number, 0, INT64_MAX)) {
    value = number.u64;
  } else {
    return false;
  }
  for (int i = 15; i >= 0; --i, value >>= 8) out[i] = static_cast<unsigned char>(value);
  return true;
}

}  // namespace

Slot call(Global global, Arguments arguments, size_t offset, Arena& arena) {
  switch (global) {
    case Global::kSet: return make_copy(COFFER_SET, arguments, global, offset, arena);
    case Global::kFrozenSet: return make_copy(COFFER_FROZENSET, arguments, global, offset, arena);
    case Global::kOrderedDict: return make_copy(Container::kMap, arguments, global, offset, arena);
    case Global::kBytes:
      if (!arguments.empty()) bad_arguments(global, offset);
      return Slot::of(Kind::kBlob, std::string_view());
    case Global::kByteArray: return make_bytearray(arguments, offset, arena);
    case Global::kEncode:
      if (arguments.size() != 2 || arguments[0].kind() != Kind::kText ||
          !is_latin1_name(arguments[1])) {
        bad_arguments(global, offset);
      }
      return make_latin1(arguments[0].view(), offset, arena);
    case Global::kDate: return make_date(arguments, offset);
    case Global::kTime: return make_time(arguments, offset);
    case Global::kDatetime: return make_datetime(arguments, offset);
    case Global::kTimeDelta: return make_duration(arguments, offset);
    case Global::kTimezone: return make_timezone(arguments, offset);
    case Global::kDecimal: return make_decimal(arguments, offset);
    case Global::kReconstructor: return reconstruct(arguments, offset, arena);
    case Global::kObject:
    case Global::kUtc:
    case Global::kUuid: break;
  }
  bad_arguments(global, offset);
}

Slot new_object(Global global, Arguments arguments, size_t offset, Arena& arena) {
  if (global != Global::kUuid || !arguments.empty()) bad_arguments(global, offset);
  return Slot::of(arena.make(Uuid{}), offset);
}

void build(const Slot& object, const Slot& state, size_t offset) {
  if (object.kind() != Kind::kUuid || !state.is_list(Container::kMap) || state.container->is_copy) {
    corrupt(offset, "a state for what has none");
  }
  // The number under "int"; "is_safe", which may be there too, says how it was made and is not part
  // of its value.
  bool found = false;
  for (const Segment* segment = state.container->first; segment != nullptr;
       segment = segment->next) {
    for (uint32_t i = 0; i + 1 < segment->count; i += 2) {
      const Slot& key = segment->items()[i];
      const bool text = key.kind() == Kind::kText || key.kind() == Kind::kString8;
      if (!text || key.view() != "int") continue;
      found = read_uuid(segment->items()[i + 1], object.uuid->bytes);
    }
  }
  if (!found) corrupt(offset, "a UUID without a number of 128 bits");
  object.uuid->known = true;
}

}  // namespace coffer::pickle
