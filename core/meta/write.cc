// Envelopes written.
#include <algorithm>
#include <bit>
#include <string>

#include "core/meta/checksum.h"
#include "core/meta/envelope.h"
#include "core/meta/fields.h"

namespace coffer::core {
namespace {

using namespace wire;

constexpr size_t kStampSize = 3 * sizeof(uint64_t);

// A field that holds its default is not written.
template <uint32_t Tag>
size_t number_size(uint64_t value) {
  constexpr size_t kTag = varint_size(Tag);
  if constexpr ((Tag & 7) == kFixed64) return value != 0 ? kTag + sizeof(uint64_t) : 0;
  return value != 0 ? kTag + varint_size(value) : 0;
}

template <uint32_t Tag>
char* put_number(char* to, uint64_t value) {
  if (value == 0) return to;
  to = put_varint(to, Tag);
  if constexpr ((Tag & 7) == kFixed64) return store(to, value);
  return put_varint(to, value);
}

size_t bytes_size(uint32_t tag, size_t size) {
  return size != 0 ? varint_size(tag) + varint_size(size) + size : 0;
}

char* put_bytes_field(char* to, uint32_t tag, const void* data, size_t size) {
  if (size == 0) return to;
  to = put_varint(to, tag);
  to = put_varint(to, size);
  return put_bytes(to, data, size);
}

size_t message_size(const EnvelopeCodec& codec) {
  if (codec.message.size != 0) return codec.message.size;
  return number_size<kCodecTag>(codec.codec) + bytes_size(kParametersTag, codec.parameters.size);
}

size_t codecs_size(std::span<const EnvelopeCodec> codecs) {
  size_t size = 0;
  for (const EnvelopeCodec& codec : codecs) {
    const size_t message = message_size(codec);
    size += varint_size(kCodecsTag) + varint_size(message) + message;
  }
  return size;
}

char* put_codecs(char* to, std::span<const EnvelopeCodec> codecs) {
  for (const EnvelopeCodec& codec : codecs) {
    to = put_varint(to, kCodecsTag);
    to = put_varint(to, message_size(codec));
    if (codec.message.size != 0) {
      to = put_bytes(to, codec.message.data, codec.message.size);
    } else {
      to = put_number<kCodecTag>(to, codec.codec);
      to = put_bytes_field(to, kParametersTag, codec.parameters.data, codec.parameters.size);
    }
  }
  return to;
}

char* put_stamps(char* to, std::span<const EnvelopeStamp> stamps) {
  if (stamps.empty()) return to;
  to = put_varint(to, kStampsTag);
  to = put_varint(to, stamps.size() * kStampSize);
  if constexpr (std::endian::native == std::endian::little) {
    static_assert(sizeof(EnvelopeStamp) == kStampSize);
    return put_bytes(to, stamps.data(), stamps.size_bytes());
  }
  for (const EnvelopeStamp& stamp : stamps) {
    to = store(store(store(to, stamp.low), stamp.high), stamp.value);
  }
  return to;
}

// Rare: copies what was found unknown when the entry was read.
[[gnu::noinline]] char* put_unknown(char* to, coffer_bytes from) {
  Cursor cursor(static_cast<const char*>(from.data), from.size);
  while (!cursor.done()) {
    const char* const start = cursor.at();
    uint32_t tag;
    if (!cursor.tag(tag) || !cursor.skip(tag)) break;  // not reached: it was read before
    if (!is_known(tag)) to = put_bytes(to, start, static_cast<size_t>(cursor.at() - start));
  }
  return to;
}

}  // namespace

size_t envelope_fields_size(const Envelope& e) {
  return kMagicSize + number_size<kRevisionTag>(e.revision) +
         number_size<kRequiredRevisionTag>(e.required_revision) +
         number_size<kFormatTag>(e.format) + number_size<kFormatVersionTag>(e.format_version) +
         number_size<kFlagsTag>(e.flags) + number_size<kVersionTag>(e.version) +
         number_size<kCreatedTag>(static_cast<uint64_t>(e.created)) +
         number_size<kFreshUntilTag>(static_cast<uint64_t>(e.fresh_until)) +
         number_size<kStaleUntilTag>(static_cast<uint64_t>(e.stale_until)) +
         number_size<kLoadCostTag>(e.load_cost) + number_size<kSlidingTag>(e.sliding) +
         number_size<kSlidingUntilTag>(static_cast<uint64_t>(e.sliding_until)) +
         number_size<kRootTag>(e.root) + bytes_size(kStampsTag, e.stamps.size() * kStampSize) +
         codecs_size(e.codecs) + e.unknown_size;
}

size_t envelope_head_size(const Envelope& e) {
  size_t size = envelope_fields_size(e);
  if (e.checksum) size += varint_size(kChecksumTag) + sizeof(uint64_t);
  return size + varint_size(kPayloadTag) + varint_size(e.payload.size);
}

size_t envelope_size(const Envelope& envelope) {
  return envelope_head_size(envelope) + envelope.payload.size;
}

char* write_envelope_fields(const Envelope& e, char* to) {
  *to = static_cast<char>(kMagicTag);
  to = store(to + 1, e.checksum ? kCheckedMagic : kMagic);
  to = put_number<kRevisionTag>(to, e.revision);
  to = put_number<kRequiredRevisionTag>(to, e.required_revision);
  to = put_number<kFormatTag>(to, e.format);
  to = put_number<kFormatVersionTag>(to, e.format_version);
  to = put_number<kFlagsTag>(to, e.flags);
  to = put_number<kVersionTag>(to, e.version);
  to = put_number<kCreatedTag>(to, static_cast<uint64_t>(e.created));
  to = put_number<kFreshUntilTag>(to, static_cast<uint64_t>(e.fresh_until));
  to = put_number<kStaleUntilTag>(to, static_cast<uint64_t>(e.stale_until));
  to = put_number<kLoadCostTag>(to, e.load_cost);
  to = put_number<kSlidingTag>(to, e.sliding);
  to = put_number<kSlidingUntilTag>(to, static_cast<uint64_t>(e.sliding_until));
  to = put_number<kRootTag>(to, e.root);
  to = put_stamps(to, e.stamps);
  to = put_codecs(to, e.codecs);
  if (e.unknown_size != 0) [[unlikely]]
    to = put_unknown(to, e.read_from);
  return to;
}

char* write_envelope_head(const Envelope& e, char* const begin) {
  char* to = write_envelope_fields(e, begin);
  if (e.checksum) {
    const uint64_t sum = checksum_of(e.key, begin, static_cast<size_t>(to - begin), e.payload);
    to = store(put_varint(to, kChecksumTag), sum);  // also if it is 0: that it is there counts
  }
  return put_varint(put_varint(to, kPayloadTag),
                    e.payload.size);  // also if it is empty, as the mark of the end
}

char* write_envelope(const Envelope& envelope, char* to) {
  return put_bytes(write_envelope_head(envelope, to), envelope.payload.data, envelope.payload.size);
}

bool is_canonical(const Envelope& read) {
  EnvelopeCodec codecs[kMostEnvelopeCodecs];
  std::copy(read.codecs.begin(), read.codecs.end(), codecs);
  for (EnvelopeCodec& codec : codecs) codec.message = {nullptr, 0};
  Envelope again = read;
  again.codecs = {codecs, read.codecs.size()};
  const size_t head_size = envelope_head_size(again);
  if (head_size + again.payload.size != read.read_from.size) return false;
  std::string head(head_size, '\0');
  write_envelope_head(again, head.data());
  const auto* const bytes = static_cast<const char*>(read.read_from.data);
  return std::memcmp(bytes, head.data(), head_size) == 0 && again.payload.data == bytes + head_size;
}

}  // namespace coffer::core
