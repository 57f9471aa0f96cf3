// What was done to the bytes of an entry.
#ifndef COFFER_CORE_CODEC_RECORD_H_
#define COFFER_CORE_CODEC_RECORD_H_

#include <cstring>
#include <span>

#include "coffer/plugin/codec.h"
#include "core/meta/envelope.h"

namespace coffer::core {

static_assert(COFFER_CODEC_MAX_PARAMETERS == kMostCodecParameters);

// The codecs that were applied, in order, with their parameters. Stays where it is: its view points
// into it.
class CodecRecord {
 public:
  CodecRecord() {}
  CodecRecord(const CodecRecord&) = delete;
  CodecRecord& operator=(const CodecRecord&) = delete;

  void clear() { count_ = 0; }
  // At most kMostEnvelopeCodecs.
  void add(uint32_t codec, const coffer_codec_note& note) {
    std::memcpy(parameters_[count_], note.parameters, note.parameters_size);
    views_[count_] = {codec, {parameters_[count_], note.parameters_size}, {nullptr, 0}};
    ++count_;
  }

  std::span<const EnvelopeCodec> view() const { return {views_, count_}; }

 private:
  size_t count_ = 0;
  EnvelopeCodec views_[kMostEnvelopeCodecs];
  unsigned char parameters_[kMostEnvelopeCodecs][kMostCodecParameters];
};

}  // namespace coffer::core

#endif  // COFFER_CORE_CODEC_RECORD_H_
