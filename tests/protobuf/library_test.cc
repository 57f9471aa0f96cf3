// The protobuf plugin, whose wire format is written by hand, and protobuf's own library agree on
// every message: byte for byte where we or it write one, and value for value on messages that
// somebody changed, merged or wrote in another order.
#include <google/protobuf/io/coded_stream.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "plugins/serializers/protobuf/testing.h"
#include "plugins/serializers/testing/random_value.h"
#include "tests/protobuf/value.pb.h"

namespace {

using namespace coffer::serializers;
using Kind = Value::Kind;
using Message = coffer::Value;

constexpr Features kAll = {
    .not_finite = true, .blobs = true, .any_keys = true, .list_kinds = true, .exts = true};
constexpr int kCount = 10'000;
constexpr uint32_t kMessageExt = 1044;

template <typename T>
T load(const std::string& bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

// ---- From values to messages, by the library

void set_integer(const std::string& digits, Message& out) {
  errno = 0;
  const long long small = std::strtoll(digits.c_str(), nullptr, 10);
  if (errno == 0) return out.set_integer(small);
  errno = 0;
  const unsigned long long large = std::strtoull(digits.c_str(), nullptr, 10);
  if (errno == 0 && digits[0] != '-') return out.set_large_integer(large);
  out.set_big_integer(digits);
}

template <typename Moment>
void set_moment(const std::string& bytes, Moment& out) {
  out.set_seconds(load<int64_t>(bytes, 0));
  out.set_nanoseconds(load<uint32_t>(bytes, 8));
}

void set_ext(const Value& value, Message& out) {
  const std::string& bytes = value.bytes;
  switch (value.type) {
    case COFFER_EXT_DECIMAL: return out.set_decimal(bytes);
    case COFFER_EXT_UUID: return out.set_uuid(bytes);
    case COFFER_EXT_DATE: return out.set_date(load<int32_t>(bytes, 0));
    case COFFER_EXT_TIME:
      out.mutable_time()->set_nanoseconds(load<uint64_t>(bytes, 0));
      if (bytes.size() == 12) out.mutable_time()->set_offset(load<int32_t>(bytes, 8));
      return;
    case COFFER_EXT_DATETIME: return set_moment(bytes, *out.mutable_datetime());
    case COFFER_EXT_DATETIME_TZ:
      out.mutable_datetime_tz()->set_offset(load<int32_t>(bytes, 12));
      return set_moment(bytes, *out.mutable_datetime_tz());
    case COFFER_EXT_DURATION: return set_moment(bytes, *out.mutable_duration());
    case kMessageExt: {
      const size_t zero = bytes.find('\0');
      out.mutable_message()->set_type_url(bytes.substr(0, zero));
      return out.mutable_message()->set_value(bytes.substr(zero + 1));
    }
    default:
      out.mutable_extension()->set_type(value.type);
      return out.mutable_extension()->set_data(bytes);
  }
}

void set_list(const Value& value, Message& out) {
  const size_t count = value.items.size();
  if (value.kind == Kind::kMap) {
    out.set_map(count / 2);
  } else if (value.type == COFFER_LIST) {
    out.set_list(count);
  } else if (value.type == COFFER_TUPLE) {
    out.set_tuple(count);
  } else {
    value.type == COFFER_SET ? out.set_set(count) : out.set_frozenset(count);
  }
}

void to_message(const Value& value, Message& out) {
  switch (value.kind) {
    case Kind::kNull: return out.set_null(coffer::NULL_VALUE);
    case Kind::kBoolean: return out.set_boolean(value.bits != 0);
    case Kind::kInteger: return set_integer(value.bytes, out);
    case Kind::kFloat: return out.set_number(std::bit_cast<double>(value.bits));
    case Kind::kText: return out.set_text(value.bytes);
    case Kind::kBlob: return out.set_blob(value.bytes);
    case Kind::kExt: return set_ext(value, out);
    case Kind::kList:
    case Kind::kMap:
      set_list(value, out);
      for (const Value& item : value.items) to_message(item, *out.add_items());
  }
}

std::string written_by_library(const Value& value) {
  Message message;
  to_message(value, message);
  return message.SerializeAsString();
}

// ---- From messages to values

template <typename Moment, typename... More>
Value moment(uint32_t type, const Moment& from, More... more) {
  return packed_ext(type, from.seconds(), from.nanoseconds(), more...);
}

std::vector<Value> items(const Message& from);

Value from_message(const Message& from) {
  switch (from.kind_case()) {
    case Message::kNull: return null();
    case Message::kBoolean: return boolean(from.boolean());
    case Message::kInteger: return integer(from.integer());
    case Message::kLargeInteger: return integer(std::to_string(from.large_integer()));
    case Message::kBigInteger: return integer(from.big_integer());
    case Message::kNumber: return real(from.number());
    case Message::kText: return text(from.text());
    case Message::kBlob: return blob(from.blob());
    case Message::kList: return list(items(from));
    case Message::kTuple: return list(items(from), COFFER_TUPLE);
    case Message::kSet: return list(items(from), COFFER_SET);
    case Message::kFrozenset: return list(items(from), COFFER_FROZENSET);
    case Message::kMap: {
      Value out = map({});
      out.items = items(from);
      return out;
    }
    case Message::kDecimal: return ext(COFFER_EXT_DECIMAL, from.decimal());
    case Message::kUuid: return ext(COFFER_EXT_UUID, from.uuid());
    case Message::kDate: return packed_ext(COFFER_EXT_DATE, from.date());
    case Message::kTime:
      return from.time().has_offset()
                 ? packed_ext(COFFER_EXT_TIME, from.time().nanoseconds(), from.time().offset())
                 : packed_ext(COFFER_EXT_TIME, from.time().nanoseconds());
    case Message::kDatetime: return moment(COFFER_EXT_DATETIME, from.datetime());
    case Message::kDatetimeTz:
      return moment(COFFER_EXT_DATETIME_TZ, from.datetime_tz(), from.datetime_tz().offset());
    case Message::kDuration: return moment(COFFER_EXT_DURATION, from.duration());
    case Message::kExtension: return ext(from.extension().type(), from.extension().data());
    case Message::kMessage:
      return ext(kMessageExt,
                 from.message().type_url() + std::string(1, '\0') + from.message().value());
    case Message::KIND_NOT_SET: break;
  }
  return text("not set");
}

std::vector<Value> items(const Message& from) {
  std::vector<Value> out;
  for (const Message& item : from.items()) out.push_back(from_message(item));
  return out;
}

// What the library reads, with nesting as deep as ours.
std::optional<Value> read_by_library(const std::string& bytes) {
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  in.SetRecursionLimit(2'000);
  Message message;
  if (!message.ParseFromCodedStream(&in) || !in.ConsumedEntireMessage()) return std::nullopt;
  return from_message(message);
}

struct Library : testing::Test {
  static std::vector<Value> corners() {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    std::vector<Value> out = {
        real(std::numeric_limits<double>::quiet_NaN()),
        real(kInfinity),
        real(-kInfinity),
        real(-0.0),
        integer("9223372036854775807"),
        integer("-9223372036854775808"),
        integer("9223372036854775808"),
        integer("18446744073709551615"),
        integer("18446744073709551616"),
        integer("1" + std::string(200, '0')),
        text(""),
        blob(""),
        list({}),
        map({}),
        list({}, COFFER_FROZENSET),
        text(std::string(5'000'000, 'x')),
        list({blob(std::string(5'000'000, '\xff'))}),
        packed_ext(COFFER_EXT_DATETIME_TZ, int64_t{0}, int32_t{0}, int32_t{0}),
        ext(COFFER_EXT_APPLICATION, ""),
        ext(UINT32_MAX, "any"),
        ext(77, "later"),
        ext(kMessageExt, std::string("\0", 1)),
        ext(kMessageExt, std::string("shop.Order\0\x08\x01", 13)),
        list(std::vector<Value>(70'000))};
    Value deep = null();
    for (int i = 0; i < 900; ++i) deep = list({std::move(deep)}, i % 4);
    out.push_back(std::move(deep));
    return out;
  }

  // Corners, then random ones.
  template <typename Check>
  void each(Check&& check) {
    for (const Value& value : corners()) check(value);
    RandomValues random(test_seed(), kAll);
    for (int i = 0; i < kCount && !HasFatalFailure(); ++i) check(random.tree());
  }

  Serializer protobuf{coffer::protobuf::kProtobuf};
};

TEST_F(Library, ReadsWhatIsWritten) {
  each([&](const Value& value) {
    const Encoded encoded = protobuf.encode(value);
    ASSERT_TRUE(encoded.ok()) << encoded;
    ASSERT_EQ(read_by_library(encoded.bytes), value);
  });
}

TEST_F(Library, WritesWhatIsReadAndTheSameBytes) {
  each([&](const Value& value) {
    const std::string bytes = written_by_library(value);
    const Decoded decoded = protobuf.decode(bytes);
    ASSERT_TRUE(decoded.ok()) << decoded;
    ASSERT_EQ(decoded.value, value);
    ASSERT_EQ(protobuf.encode(value).bytes, bytes) << value;
  });
}

// What we read of bytes that somebody changed, the library reads too, and the same.
TEST_F(Library, AgreesOnChangedBytes) {
  RandomValues random(test_seed(), kAll);
  int agreed = 0;
  for (int i = 0; i < kCount; ++i) {
    std::string bytes = protobuf.encode(random.tree()).bytes;
    bytes.resize(std::min<size_t>(bytes.size(), 2'000));
    for (uint64_t n = 1 + random.below(3); n > 0; --n) {
      const size_t at = random.below(bytes.size());
      const auto byte = static_cast<char>(random.below(256));
      random.below(3) == 0 ? bytes.insert(at, 1, byte) : bytes.replace(at, 1, 1, byte);
    }
    const Decoded decoded = protobuf.decode(bytes);
    ASSERT_EQ(decoded.problem, "");
    if (decoded.status != COFFER_OK) continue;
    ASSERT_EQ(read_by_library(bytes), decoded.value) << testing::PrintToString(bytes);
    ++agreed;
  }
  EXPECT_GT(agreed, kCount / 100);
}

// Messages behind each other are merged: the last kind wins, and messages within become one.
TEST_F(Library, AgreesOnMergedMessages) {
  RandomValues random(test_seed(), kAll);
  int agreed = 0;
  for (int i = 0; i < kCount; ++i) {
    std::string bytes;
    for (uint64_t n = 2 + random.below(3); n > 0; --n) {
      const Value value = random.below(3) == 0 ? random.extension() : random.scalar();
      bytes += protobuf.encode(value).bytes;
    }
    const Decoded decoded = protobuf.decode(bytes);
    ASSERT_TRUE(decoded.ok()) << decoded;
    ASSERT_EQ(read_by_library(bytes), decoded.value) << testing::PrintToString(bytes);
    ++agreed;
  }
  EXPECT_EQ(agreed, kCount);
}

// A list's kind may come behind its items, between them, and more than once.
TEST_F(Library, AgreesOnTheOrderOfFields) {
  Message one;
  one.set_text("a");
  const std::string item = "\x7a\x03" + one.SerializeAsString();
  const std::string as_list = "\x48\x02", as_tuple = "\x58\x02", as_text = "\x3a\x01z";
  for (const std::string& bytes :
       {item + item + as_list, item + as_list + item, as_tuple + item + as_text + item + as_list,
        as_list + item + item + as_tuple}) {
    const Decoded decoded = protobuf.decode(bytes);
    ASSERT_TRUE(decoded.ok()) << decoded;
    EXPECT_EQ(read_by_library(bytes), decoded.value);
  }
}

}  // namespace
