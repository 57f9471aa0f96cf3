// The bytes of MessagePack: what the first one of a value says, and the extension types in use.
#ifndef COFFER_PLUGINS_SERIALIZERS_MSGPACK_FORMAT_H_
#define COFFER_PLUGINS_SERIALIZERS_MSGPACK_FORMAT_H_

#include <cstdint>

namespace coffer::msgpack {

inline constexpr const char* kName = "MessagePack";

// First bytes. Those of one kind are in the order of their sizes: 8 bits, 16, 32, 64.
enum First : uint8_t {
  kFixMap = 0x80,    // to 0x8f: the number of pairs
  kFixArray = 0x90,  // to 0x9f: the number of items
  kFixStr = 0xa0,    // to 0xbf: the number of bytes
  kNil = 0xc0,
  kNever = 0xc1,
  kFalse = 0xc2,
  kTrue = 0xc3,
  kBin8 = 0xc4,
  kBin32 = 0xc6,
  kExt8 = 0xc7,
  kExt32 = 0xc9,
  kFloat32 = 0xca,
  kFloat64 = 0xcb,
  kUint8 = 0xcc,
  kUint16 = 0xcd,
  kUint32 = 0xce,
  kUint64 = 0xcf,
  kInt8 = 0xd0,
  kInt16 = 0xd1,
  kInt32 = 0xd2,
  kInt64 = 0xd3,
  kFixExt1 = 0xd4,  // 2, 4, 8
  kFixExt16 = 0xd8,
  kStr8 = 0xd9,
  kStr32 = 0xdb,
  kArray16 = 0xdc,
  kArray32 = 0xdd,
  kMap16 = 0xde,
  kMap32 = 0xdf,
  kFixNegative = 0xe0,  // to 0xff: -32 to -1
};

// Extension types. The README says what their bytes are; they are published and stay.
enum Ext : int8_t {
  kTimestamp = -1,  // MessagePack's own
  kBigint = 64,
  kDecimal = 65,
  kUuid = 66,
  kDate = 67,
  kTime = 68,
  kDatetime = 69,
  kDatetimeTz = 70,
  kDuration = 71,
  kTuple = 72,  // 72 to 74 in the order of COFFER_TUPLE, COFFER_SET, COFFER_FROZENSET
  kSet = 73,
  kFrozenset = 74,
  kApplication = 75,
};

// Of a COFFER_TUPLE and so on.
constexpr Ext tuple_type(uint32_t kind) { return static_cast<Ext>(kTuple + kind - 1); }

inline bool is_ours(int type) {
  return type == kTimestamp || (type >= kBigint && type <= kApplication);
}

}  // namespace coffer::msgpack

#endif  // COFFER_PLUGINS_SERIALIZERS_MSGPACK_FORMAT_H_
