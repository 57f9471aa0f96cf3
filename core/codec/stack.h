// The codecs of a cache, in the order in which they are applied: "zstd,aes_gcm".
//
// Before bytes leave the process:
//   codecs->encode(envelope, buffer, record, sink);
//   envelope.codecs = record.view();
//   envelope.payload = buffer.bytes();
// When they come back:
//   codecs->decode(reader.get(), buffer, sink);
#ifndef COFFER_CORE_CODEC_STACK_H_
#define COFFER_CORE_CODEC_STACK_H_

#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/codec/codec.h"
#include "core/codec/record.h"
#include "core/meta/envelope.h"

namespace coffer::core {

// Holds what a stack made of bytes. Its two halves take turns; it keeps its memory for the next
// use.
class CodecBuffer {
 public:
  // `max_size` is the limit on each result, and `limit` what a message calls it.
  explicit CodecBuffer(size_t max_size = SIZE_MAX, const char* limit = "max_value")
      : max_size_(max_size),
        halves_{BufferWriter(max_size, limit), BufferWriter(max_size, limit)} {}

  // The bytes themselves that went in, if nothing was done to them.
  coffer_bytes bytes() const { return bytes_; }
  size_t max_size() const { return max_size_; }

 private:
  friend class CodecStack;

  void start(coffer_bytes bytes) {
    bytes_ = bytes;
    turn_ = 0;
  }
  // The half that does not hold the bytes.
  BufferWriter& next() {
    halves_[turn_].clear();
    return halves_[turn_];
  }
  void take_next() {
    bytes_ = halves_[turn_].bytes();
    turn_ ^= 1;
  }

  const size_t max_size_;
  BufferWriter halves_[2];
  unsigned turn_ = 0;
  coffer_bytes bytes_ = {nullptr, 0};
};

// [any-thread]
class CodecStack : public RefCounted<CodecStack> {
 public:
  // `names` is the option codec: names of plugins, separated by commas; none is a stack that only
  // reads what others wrote. `options` are "zstd.level" and the like: those of a cache that begin
  // with "codec.", without that.
  static coffer_status open(coffer_runtime* runtime, std::string_view names, Options options,
                            Ref<CodecStack>& out, coffer_sink& sink);

  bool empty() const { return codecs_.empty(); }
  // Those that somebody gave, as "codec.zstd.level"; secrets are marked.
  Options given_options() const;

  // Applies the codecs to the payload of `envelope`, in order. Those that encrypt authenticate its
  // key and all its other fields, so they are complete, but for `codecs`. The payload must not lie
  // in `out`. A codec that compresses is left out where it does not help: the record says what was
  // done.
  coffer_status encode(const Envelope& envelope, CodecBuffer& out, CodecRecord& record,
                       coffer_sink& sink) const;

  // Undoes what the codecs of an envelope that was read did to its payload, from the last to the
  // first. They may be others than those of this stack. If one of them encrypts, and the envelope
  // is not canonical, it is COFFER_CORRUPT: what the codec does not authenticate must have one form
  // only. If this stack encrypts, an entry that is not encrypted in the same way is COFFER_DENIED:
  // whoever can write into the store could have put it there.
  coffer_status decode(const Envelope& read, CodecBuffer& out, coffer_sink& sink) const;

 private:
  explicit CodecStack(coffer_runtime* runtime) : runtime_(runtime) {}

  coffer_status add(std::string_view name, const Options& options, coffer_sink& sink);
  coffer_status undo(const Envelope& read, size_t index, CodecBuffer& out, coffer_sink& sink) const;
  coffer_status check_encrypted(std::span<const EnvelopeCodec> record, coffer_sink& sink) const;
  // This stack's codec of that id, or whichever in the search list has it and opens without
  // options.
  coffer_status codec_of(uint32_t id, Ref<Codec>& out, coffer_sink& sink) const;

  coffer_runtime* const runtime_;  // lives as long as the cache that has this stack
  std::vector<Ref<Codec>> codecs_;
  mutable std::mutex others_mutex_;
  mutable std::vector<Ref<Codec>> others_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_CODEC_STACK_H_
