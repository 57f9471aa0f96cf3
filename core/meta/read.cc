// Envelopes read.
#include <string>
#include <type_traits>

#include "core/meta/checksum.h"
#include "core/meta/envelope.h"
#include "core/meta/fields.h"

namespace coffer::core {

using namespace wire;

// One read. The steps return false after they have reported why.
class EnvelopeParser {
 public:
  EnvelopeParser(EnvelopeReader& reader, coffer_bytes bytes, coffer_bytes key, coffer_sink& sink)
      : reader_(reader),
        out_(reader.envelope_),
        key_(key),
        begin_(static_cast<const char*>(bytes.data)),
        size_(bytes.size),
        cursor_(begin_, size_),
        sink_(sink) {}

  coffer_status run() {
    out_ = {};
    out_.revision = 0;  // unless it says so
    if (!is_envelope({begin_, size_}))
      return corrupt(0, "it does not begin as an envelope does"), status_;
    // In the order in which everybody writes them; what comes otherwise is looked up.
    if (!in_order<kMagicTag, kRevisionTag, kRequiredRevisionTag, kFormatTag, kFormatVersionTag,
                  kFlagsTag, kVersionTag, kCreatedTag, kFreshUntilTag, kStaleUntilTag, kLoadCostTag,
                  kSlidingTag, kSlidingUntilTag, kRootTag, kStampsTag, kCodecsTag, kChecksumTag,
                  kPayloadTag>()) {
      return status_;
    }
    while (!cursor_.done()) {
      const size_t start = cursor_.offset();
      uint32_t tag;
      if (!cursor_.tag(tag)) return corrupt(start, "no field begins here"), status_;
      if (!field(tag, start)) return status_;
    }
    if (number_count_ % 3 != 0) {
      return corrupt(size_, "its stamps are " + std::to_string(number_count_) +
                                " numbers, not three each"),
             status_;
    }
    out_.stamps = {reader_.stamps_, number_count_ / 3};
    out_.codecs = {reader_.codecs_, codec_count_};
    out_.key = key_;
    out_.read_from = {begin_, size_};
    out_.unknown_size = unknown_size_;
    if (out_.required_revision > kEnvelopeRevision) return too_new();
    if (payload_at_ == 0)
      return corrupt(size_, "it has no payload, so its end is missing"), status_;
    return check_sum();
  }

 private:
  template <uint32_t... Tags>
  bool in_order() {
    const auto one = [this]<uint32_t Tag>(std::integral_constant<uint32_t, Tag>) {
      const size_t start = cursor_.offset();
      return !cursor_.next_is<Tag>() || field(Tag, start);
    };
    return (one(std::integral_constant<uint32_t, Tags>()) && ...);
  }

  [[gnu::cold, gnu::noinline]] bool corrupt(size_t offset, std::string_view what) {
    const std::string at = std::to_string(offset);
    status_ = sink_.fail(COFFER_CORRUPT, "envelope: " + std::string(what) + " (offset " + at + ")");
    sink_.detail("offset", at);
    return false;
  }
  [[gnu::cold, gnu::noinline]] bool cut(size_t start) {
    return corrupt(start, "a field ends behind the end, or a number has no end");
  }

  [[gnu::cold, gnu::noinline]] coffer_status too_new() {
    return sink_.fail(COFFER_UNSUPPORTED, "envelope: it asks for revision " +
                                              std::to_string(out_.required_revision) +
                                              " of its format, and this release knows revision " +
                                              std::to_string(kEnvelopeRevision));
  }

  // Inlined for each tag that is known when this is compiled, so that nothing is looked up.
  [[gnu::always_inline]] bool field(uint32_t tag, size_t start) {
    switch (tag) {
      case kMagicTag:
        uint32_t magic;
        if (!cursor_.fixed(magic)) return cut(start);
        return magic == load<uint32_t>(begin_ + 1) || corrupt(start, "another magic number");
      case kRevisionTag: return number32(out_.revision, start);
      case kRequiredRevisionTag: return number32(out_.required_revision, start);
      case kFormatTag: return number32(out_.format, start);
      case kFormatVersionTag: return number32(out_.format_version, start);
      case kFlagsTag: return number32(out_.flags, start);
      case kVersionTag: return cursor_.fixed(out_.version) || cut(start);
      case kCreatedTag: return instant(out_.created, start);
      case kFreshUntilTag: return instant(out_.fresh_until, start);
      case kStaleUntilTag: return instant(out_.stale_until, start);
      case kLoadCostTag: return cursor_.varint(out_.load_cost) || cut(start);
      case kSlidingTag: return cursor_.varint(out_.sliding) || cut(start);
      case kSlidingUntilTag: return instant(out_.sliding_until, start);
      case kRootTag: return cursor_.fixed(out_.root) || cut(start);
      case kStampsTag: return stamps(start);
      case kOneStampNumberTag:
        return cursor_.left() < sizeof(uint64_t)
                   ? cut(start)
                   : stamp_numbers(cursor_.at(), 1, start) && cursor_.skip(tag);
      case kCodecsTag: return codec(start);
      case kChecksumTag: checksum_at_ = start; return cursor_.fixed(checksum_) || cut(start);
      case kPayloadTag: return payload(start);
      default:
        if (!cursor_.skip(tag)) return cut(start);
        unknown_size_ += cursor_.offset() - start;
        return true;
    }
  }

  bool number32(uint32_t& out, size_t start) {
    uint64_t value;
    if (!cursor_.varint(value)) return cut(start);
    out = static_cast<uint32_t>(value);
    return true;
  }

  bool instant(int64_t& out, size_t start) {
    uint64_t bits;
    if (!cursor_.fixed(bits)) return cut(start);
    out = static_cast<int64_t>(bits);
    return true;
  }

  bool payload(size_t start) {
    const char* data;
    size_t size;
    if (!cursor_.bytes(data, size)) return cut(start);
    out_.payload = {data, size};
    payload_at_ = start;
    return true;
  }

  bool stamps(size_t start) {
    const char* data;
    size_t size;
    if (!cursor_.bytes(data, size)) return cut(start);
    if (size % sizeof(uint64_t) != 0)
      return corrupt(start, "its stamps are not numbers of eight bytes");
    return stamp_numbers(data, size / sizeof(uint64_t), start);
  }

  // Usually all at once; protobuf allows any number of pieces.
  bool stamp_numbers(const char* data, size_t count, size_t start) {
    if (count > 3 * kMostEnvelopeStamps - number_count_) {
      return corrupt(start, "it has more than " + std::to_string(kMostEnvelopeStamps) + " stamps");
    }
    auto* to = reinterpret_cast<char*>(reader_.stamps_) + number_count_ * sizeof(uint64_t);
    if constexpr (std::endian::native == std::endian::little) {
      std::memcpy(to, data, count * sizeof(uint64_t));
    } else {
      for (size_t i = 0; i < count; ++i) {
        const uint64_t number = load<uint64_t>(data + i * sizeof number);
        std::memcpy(to + i * sizeof number, &number, sizeof number);
      }
    }
    number_count_ += count;
    return true;
  }

  bool codec(size_t start) {
    const char* data;
    size_t size;
    if (!cursor_.bytes(data, size)) return cut(start);
    if (codec_count_ == kMostEnvelopeCodecs) {
      return corrupt(start, "it has more than " + std::to_string(kMostEnvelopeCodecs) + " codecs");
    }
    EnvelopeCodec& codec =
        *new (&reader_.codecs_[codec_count_++]) EnvelopeCodec{0, {nullptr, 0}, {data, size}};
    const size_t base = static_cast<size_t>(data - begin_);
    Cursor inner(data, size);
    while (!inner.done()) {
      const size_t at = base + inner.offset();
      uint32_t tag;
      uint64_t id;
      const char* parameters;
      if (!inner.tag(tag)) return corrupt(at, "no field of a codec begins here");
      if (tag == kCodecTag) {
        if (!inner.varint(id)) return cut(at);
        codec.codec = static_cast<uint32_t>(id);
      } else if (tag == kParametersTag) {
        if (!inner.bytes(parameters, codec.parameters.size)) return cut(at);
        codec.parameters.data = parameters;
      } else if (!inner.skip(tag)) {
        return cut(at);
      }
    }
    return codec.parameters.size <= kMostCodecParameters ||
           corrupt(start, "a codec has too many parameters");
  }

  // The magic says whether there is one, so that damage cannot take it away. Behind it nothing is
  // left to choice: the payload's tag, its length in the shortest form, the payload, the end.
  coffer_status check_sum() {
    out_.checksum = load<uint32_t>(begin_ + 1) == kCheckedMagic;
    if (out_.checksum != (checksum_at_ != 0)) {
      return corrupt(checksum_at_, out_.checksum ? "its checksum is missing"
                                                 : "it has a checksum, and its magic number says "
                                                   "that there is none"),
             status_;
    }
    if (!out_.checksum) return COFFER_OK;
    const size_t behind = checksum_at_ + varint_size(kChecksumTag) + sizeof checksum_;
    const size_t head = behind + varint_size(kPayloadTag) + varint_size(out_.payload.size);
    if (payload_at_ != behind || out_.payload.data != begin_ + head ||
        head + out_.payload.size != size_) {
      return corrupt(checksum_at_,
                     "the payload does not follow the checksum, or something follows the payload"),
             status_;
    }
    if (checksum_of(key_, begin_, checksum_at_, out_.payload) != checksum_) {
      return corrupt(checksum_at_, "the checksum is wrong"), status_;
    }
    return COFFER_OK;
  }

  EnvelopeReader& reader_;
  Envelope& out_;
  const coffer_bytes key_;
  const char* const begin_;
  const size_t size_;
  Cursor cursor_;
  coffer_sink& sink_;
  coffer_status status_ = COFFER_OK;
  size_t number_count_ = 0, codec_count_ = 0, unknown_size_ = 0;
  uint64_t checksum_ = 0;
  size_t checksum_at_ = 0, payload_at_ = 0;  // offsets; 0: none
};

bool is_envelope(coffer_bytes bytes) {
  const auto* data = static_cast<const char*>(bytes.data);
  return bytes.size >= kMagicSize && *data == static_cast<char>(kMagicTag) &&
         (load<uint32_t>(data + 1) == kMagic || load<uint32_t>(data + 1) == kCheckedMagic);
}

coffer_status EnvelopeReader::read(coffer_bytes bytes, coffer_bytes key, coffer_sink& sink) {
  return EnvelopeParser(*this, bytes, key, sink).run();
}

}  // namespace coffer::core
