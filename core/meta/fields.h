// The tags of entry.proto, for the writer and the reader of envelopes.
#ifndef COFFER_CORE_META_FIELDS_H_
#define COFFER_CORE_META_FIELDS_H_

#include "core/meta/wire.h"

namespace coffer::core::wire {

inline constexpr uint32_t kMagic = 0x31464F43;         // "COF1"
inline constexpr uint32_t kCheckedMagic = 0x43464F43;  // "COFC": the entry has a checksum
inline constexpr size_t kMagicSize = 5;                // with its tag

inline constexpr uint32_t kMagicTag = tag(1, kFixed32);
inline constexpr uint32_t kRevisionTag = tag(2, kVarint);
inline constexpr uint32_t kRequiredRevisionTag = tag(3, kVarint);
inline constexpr uint32_t kFormatTag = tag(4, kVarint);
inline constexpr uint32_t kFormatVersionTag = tag(5, kVarint);
inline constexpr uint32_t kFlagsTag = tag(6, kVarint);
inline constexpr uint32_t kVersionTag = tag(7, kFixed64);
inline constexpr uint32_t kCreatedTag = tag(8, kFixed64);
inline constexpr uint32_t kFreshUntilTag = tag(9, kFixed64);
inline constexpr uint32_t kStaleUntilTag = tag(10, kFixed64);
inline constexpr uint32_t kLoadCostTag = tag(11, kVarint);
inline constexpr uint32_t kSlidingTag = tag(12, kVarint);
inline constexpr uint32_t kSlidingUntilTag = tag(13, kFixed64);
inline constexpr uint32_t kRootTag = tag(14, kFixed64);
inline constexpr uint32_t kStampsTag = tag(15, kBytes);
inline constexpr uint32_t kOneStampNumberTag = tag(15, kFixed64);  // not packed: protobuf allows it
inline constexpr uint32_t kCodecsTag = tag(16, kBytes);
inline constexpr uint32_t kChecksumTag = tag(2046, kFixed64);
inline constexpr uint32_t kPayloadTag = tag(2047, kBytes);

inline constexpr uint32_t kCodecTag = tag(1, kVarint);  // of message Codec
inline constexpr uint32_t kParametersTag = tag(2, kBytes);

inline constexpr bool is_known(uint32_t tag) {
  switch (tag) {
    case kMagicTag:
    case kRevisionTag:
    case kRequiredRevisionTag:
    case kFormatTag:
    case kFormatVersionTag:
    case kFlagsTag:
    case kVersionTag:
    case kCreatedTag:
    case kFreshUntilTag:
    case kStaleUntilTag:
    case kLoadCostTag:
    case kSlidingTag:
    case kSlidingUntilTag:
    case kRootTag:
    case kStampsTag:
    case kOneStampNumberTag:
    case kCodecsTag:
    case kChecksumTag:
    case kPayloadTag: return true;
    default: return false;
  }
}

}  // namespace coffer::core::wire

#endif  // COFFER_CORE_META_FIELDS_H_
