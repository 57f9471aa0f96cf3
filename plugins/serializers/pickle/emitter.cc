#include "plugins/serializers/pickle/emitter.h"

#include <algorithm>
#include <bit>

#include "plugins/serializers/pickle/moment.h"
#include "plugins/serializers/pickle/number.h"

namespace coffer::pickle {
namespace {

constexpr const char* kForm = "in a form that the type has not";
constexpr const char* kYears = "outside of the years 1 to 9999, which are all that Python has";
constexpr const char* kNanoseconds =
    "with parts of a microsecond, which Python has not; the option \"nanoseconds\" can drop them";
constexpr const char* kBlobTooLarge = "of 4 GiB or more, which takes protocol 4";

template <typename T>
T load(const void* data, size_t offset) {
  T value;
  std::memcpy(&value, static_cast<const char*>(data) + offset, sizeof(value));
  return value;
}

bool is_nanosecond(int32_t n) { return n >= 0 && n < 1'000'000'000; }
bool is_zone(int32_t offset) { return offset > -kDaySeconds && offset < kDaySeconds; }
bool is_day(int64_t day) { return day >= kFirstDay && day <= kLastDay; }

}  // namespace

// ---- Numbers ------------------------------------------------------------------------------------

void Emitter::integer(int64_t value) {
  if (value >= 0 && value <= UINT16_MAX) {
    return value <= UINT8_MAX ? with_number(op::kBinInt1, static_cast<uint8_t>(value))
                              : with_number(op::kBinInt2, static_cast<uint16_t>(value));
  }
  if (value >= INT32_MIN && value <= INT32_MAX)
    return with_number(op::kBinInt, static_cast<int32_t>(value));
  const auto bits = static_cast<uint64_t>(value < 0 ? ~value : value);
  long1(&value,
        static_cast<uint8_t>((64 - std::countl_zero(bits)) / 8 + 1));  // one bit is for the sign
}

void Emitter::unsigned_integer(uint64_t value) {
  if (value <= INT64_MAX) return integer(static_cast<int64_t>(value));
  unsigned char bytes[sizeof(value) + 1] = {};
  std::memcpy(bytes, &value, sizeof(value));
  long1(bytes, sizeof(bytes));
}

const char* Emitter::big_integer(std::string_view digits) {
  unsigned char bytes[kMostIntegerBytes];
  const size_t size = write_integer(digits, bytes);
  if (size == 0)
    return "of more than 131,071 bits, which are more than this format is written with";
  if (size <= UINT8_MAX) return long1(bytes, static_cast<uint8_t>(size)), nullptr;
  with_number(op::kLong4, static_cast<uint32_t>(size));
  out_.write(reinterpret_cast<const char*>(bytes), size);
  return nullptr;
}

void Emitter::long1(const void* bytes, uint8_t size) {
  with_number(op::kLong1, size);
  out_.write(static_cast<const char*>(bytes), size);
}

void Emitter::real(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  with_number(op::kBinFloat, __builtin_bswap64(bits));
}

// ---- Text and bytes -----------------------------------------------------------------------------

void Emitter::text(std::string_view utf8) {
  const size_t size = utf8.size();
  if (size <= UINT8_MAX && protocol_ >= 4) {
    with_number(op::kShortBinUnicode, static_cast<uint8_t>(size));
  } else if (size <= UINT32_MAX) {
    with_number(op::kBinUnicode, static_cast<uint32_t>(size));
  } else {
    with_number(op::kBinUnicode8,
                uint64_t{size});  // of protocol 4; no reader that knows less could hold it
  }
  out_.write(utf8.data(), size);
}

void Emitter::key(std::string_view utf8) {
  bool is_new;
  const int place = memo_.key(utf8, is_new);
  if (place != Memo::kNone && !is_new) return get(place);
  text(utf8);
  if (is_new) put(place);
}

const char* Emitter::blob(std::string_view bytes) {
  const size_t size = bytes.size();
  if (protocol_ < 3) {
    if (size > UINT32_MAX / 2) return kBlobTooLarge;
    return latin1(bytes), nullptr;
  }
  if (size <= UINT8_MAX) {
    with_number(op::kShortBinBytes, static_cast<uint8_t>(size));
  } else if (size <= UINT32_MAX) {
    with_number(op::kBinBytes, static_cast<uint32_t>(size));
  } else if (protocol_ >= 4) {
    with_number(op::kBinBytes8, uint64_t{size});
  } else {
    return kBlobTooLarge;
  }
  out_.write(bytes.data(), size);
  return nullptr;
}

void Emitter::short_bytes(const unsigned char* bytes, size_t size) {
  static_cast<void>(blob({reinterpret_cast<const char*>(bytes), size}));
}

// Protocol 2 has no bytes: they are text whose characters are the bytes, to be encoded in Latin-1.
void Emitter::latin1(std::string_view bytes) {
  if (bytes.empty()) {
    global(Global::kBytes);
    instruction(op::kEmptyTuple);
    return instruction(op::kReduce);
  }
  const auto is_high = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
  const auto high = static_cast<size_t>(std::count_if(bytes.begin(), bytes.end(), is_high));
  global(Global::kEncode);
  with_number(op::kBinUnicode, static_cast<uint32_t>(bytes.size() + high));
  for (const char c : bytes) {
    char* const to = out_.room(2);
    if (is_high(c)) {
      to[0] = static_cast<char>(0xC0 | static_cast<unsigned char>(c) >> 6);
      to[1] = static_cast<char>(0x80 | (c & 0x3F));
      out_.keep(to + 2);
    } else {
      to[0] = c;
      out_.keep(to + 1);
    }
  }
  key("latin1");
  instruction(op::kTuple2);
  instruction(op::kReduce);
}

// ---- Globals and the memo -----------------------------------------------------------------------

void Emitter::put(int place) {
  if (protocol_ >= 4) return instruction(op::kMemoize);
  with_number(op::kBinPut, static_cast<uint8_t>(place));
}

void Emitter::global(Global global) {
  const int place = memo_.global(global);
  if (place != Memo::kNone) return get(place);
  const GlobalName name = name_of(global, protocol_);
  instruction(op::kGlobal);
  out_.write(name.module.data(), name.module.size());
  out_.Put('\n');
  out_.write(name.name.data(), name.name.size());
  out_.Put('\n');
  put(memo_.add_global(global));
}

// ---- Typed extensions ---------------------------------------------------------------------------

const char* Emitter::extension(uint32_t type, const void* data, size_t size) {
  switch (type) {
    case COFFER_EXT_DECIMAL: return decimal(data, size);
    case COFFER_EXT_UUID: return uuid(data, size);
    case COFFER_EXT_DATE: return date(data, size);
    case COFFER_EXT_TIME: return time(data, size);
    case COFFER_EXT_DATETIME:
    case COFFER_EXT_DATETIME_TZ: return datetime(data, size, type == COFFER_EXT_DATETIME_TZ);
    case COFFER_EXT_DURATION: return duration(data, size);
    default: return "which Python does not have";
  }
}

const char* Emitter::decimal(const void* data, size_t size) {
  const std::string_view digits(static_cast<const char*>(data), size);
  if (!is_decimal(digits)) return "that Python's Decimal cannot hold";
  global(Global::kDecimal);
  text(digits);
  instruction(op::kTuple1);
  instruction(op::kReduce);
  return nullptr;
}

// An object whose state is {"int": the number}.
const char* Emitter::uuid(const void* data, size_t size) {
  if (size != 16) return kForm;
  unsigned char number[17] = {};  // least byte first, and one for the sign
  std::reverse_copy(static_cast<const unsigned char*>(data),
                    static_cast<const unsigned char*>(data) + 16, number);
  size_t used = sizeof(number);
  while (used > 1 && number[used - 1] == 0 && number[used - 2] < 0x80) --used;
  global(Global::kUuid);
  instruction(op::kEmptyTuple);
  instruction(op::kNewObj);
  instruction(op::kEmptyDict);
  key("int");
  long1(number, static_cast<uint8_t>(used));
  instruction(op::kSetItem);
  instruction(op::kBuild);
  return nullptr;
}

const char* Emitter::date(const void* data, size_t size) {
  if (size != 4) return kForm;
  const auto day = load<int32_t>(data, 0);
  if (!is_day(day)) return kYears;
  unsigned char bytes[kDateBytes];
  write_date(bytes, day);
  global(Global::kDate);
  short_bytes(bytes, sizeof(bytes));
  instruction(op::kTuple1);
  instruction(op::kReduce);
  return nullptr;
}

const char* Emitter::microseconds(int32_t nanoseconds, int64_t& out) const {
  out = nanoseconds / 1'000;
  return nanoseconds % 1'000 != 0 && !options_.truncate_nanoseconds ? kNanoseconds : nullptr;
}

const char* Emitter::time(const void* data, size_t size) {
  if (size != 8 && size != 12) return kForm;
  const auto nanoseconds = load<int64_t>(data, 0);
  const int32_t offset = size == 12 ? load<int32_t>(data, 8) : 0;
  if (nanoseconds < 0 || nanoseconds >= kDay * 1'000 || !is_zone(offset)) return kForm;
  int64_t fraction;
  if (const char* problem =
          microseconds(static_cast<int32_t>(nanoseconds % 1'000'000'000), fraction))
    return problem;
  unsigned char bytes[kTimeBytes];
  write_time(bytes, nanoseconds / 1'000);
  global(Global::kTime);
  short_bytes(bytes, sizeof(bytes));
  if (size == 12) zone(offset);
  instruction(size == 12 ? op::kTuple2 : op::kTuple1);
  instruction(op::kReduce);
  return nullptr;
}

const char* Emitter::datetime(const void* data, size_t size, bool zoned) {
  if (size != (zoned ? 16 : 12)) return kForm;
  auto second = load<int64_t>(data, 0);
  const auto nanoseconds = load<int32_t>(data, 8);
  const int32_t offset = zoned ? load<int32_t>(data, 12) : 0;
  if (!is_nanosecond(nanoseconds) || !is_zone(offset)) return kForm;
  if (__builtin_add_overflow(second, int64_t{offset}, &second)) return kYears;
  const int64_t day = floor_div(second, kDaySeconds);
  if (!is_day(day)) return kYears;
  int64_t fraction;
  if (const char* problem = microseconds(nanoseconds, fraction)) return problem;
  unsigned char bytes[kDatetimeBytes];
  write_date(bytes, day);
  write_time(bytes + kDateBytes, (second - day * kDaySeconds) * kSecond + fraction);
  global(Global::kDatetime);
  short_bytes(bytes, sizeof(bytes));
  if (zoned) zone(offset);
  instruction(zoned ? op::kTuple2 : op::kTuple1);
  instruction(op::kReduce);
  return nullptr;
}

// timezone(timedelta(days, seconds, 0)). Most values have but one.
void Emitter::zone(int32_t offset) {
  if (const int place = memo_.zone(offset); place != Memo::kNone) return get(place);
  global(Global::kTimezone);
  global(Global::kTimeDelta);
  const int64_t day = floor_div(offset, kDaySeconds);
  integer(day);
  integer(offset - day * kDaySeconds);
  integer(0);
  instruction(op::kTuple3);
  instruction(op::kReduce);
  instruction(op::kTuple1);
  instruction(op::kReduce);
  if (memo_.zone_is_free()) put(memo_.add_zone(offset));
}

const char* Emitter::duration(const void* data, size_t size) {
  if (size != 12) return kForm;
  const auto second = load<int64_t>(data, 0);
  const auto nanoseconds = load<int32_t>(data, 8);
  if (!is_nanosecond(nanoseconds)) return kForm;
  const int64_t day = floor_div(second, kDaySeconds);
  if (day < -kMostDurationDays || day > kMostDurationDays)
    return "of more than 999999999 days, the most Python has";
  int64_t fraction;
  if (const char* problem = microseconds(nanoseconds, fraction)) return problem;
  global(Global::kTimeDelta);
  integer(day);
  integer(second - day * kDaySeconds);
  integer(fraction);
  instruction(op::kTuple3);
  instruction(op::kReduce);
  return nullptr;
}

}  // namespace coffer::pickle
