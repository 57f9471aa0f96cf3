// The wire format of protobuf, and the numbers in value.proto.
#ifndef COFFER_PLUGINS_SERIALIZERS_PROTOBUF_FORMAT_H_
#define COFFER_PLUGINS_SERIALIZERS_PROTOBUF_FORMAT_H_

#include <cstddef>
#include <cstdint>

namespace coffer::protobuf {

inline constexpr const char* kName = "a coffer.Value";

// Wire types.
enum Wire : uint32_t {
  kVarint = 0,
  kFixed64 = 1,
  kBytes = 2,
  kGroup = 3,
  kEndGroup = 4,
  kFixed32 = 5
};

// Fields of coffer.Value.
enum Field : uint32_t {
  kNone = 0,
  kNull = 1,
  kBoolean = 2,
  kInteger = 3,
  kLargeInteger = 4,
  kBigInteger = 5,
  kNumber = 6,
  kText = 7,
  kBlob = 8,
  kList = 9,
  kMap = 10,
  kTuple = 11,
  kSet = 12,
  kFrozenset = 13,
  kItems = 15,
  kDecimal = 16,
  kUuid = 17,
  kDate = 18,
  kTime = 19,
  kDatetime = 20,
  kDatetimeTz = 21,
  kDuration = 22,
  kExtension = 23,
  kMessage = 24,
};

// Fields of the messages within.
enum : uint32_t { kNanoseconds = 1, kTimeOffset = 2 };  // Time
enum : uint32_t {
  kMomentSeconds = 1,
  kMomentNanoseconds = 2,
  kMomentOffset = 3
};  // the other three
enum : uint32_t { kExtensionType = 1, kExtensionData = 2 };
enum : uint32_t { kTypeUrl = 1, kMessageValue = 2 };

inline constexpr size_t kLongestName = 1 << 16;    // of the type of a message
inline constexpr uint64_t kMostBytes = INT32_MAX;  // of a message, for every implementation

constexpr uint64_t zigzag(int64_t value) {
  return static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63);
}
constexpr int64_t unzigzag(uint64_t bits) {
  return static_cast<int64_t>(bits >> 1 ^ (0 - (bits & 1)));
}

}  // namespace coffer::protobuf

#endif  // COFFER_PLUGINS_SERIALIZERS_PROTOBUF_FORMAT_H_
