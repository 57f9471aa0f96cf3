// An entry as bytes that leave the process: value and freshness in one piece, in the wire format of
// entry.proto.
//
// Written in one go into a buffer of the size that envelope_size computes; read in place, without
// an allocation. What a newer writer added is kept when the entry is written again.
#ifndef COFFER_CORE_META_ENVELOPE_H_
#define COFFER_CORE_META_ENVELOPE_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "coffer/base.h"
#include "core/error/error.h"

namespace coffer::core {

inline constexpr uint32_t kEnvelopeRevision = 1;
inline constexpr size_t kMostEnvelopeStamps = 64;
inline constexpr size_t kMostEnvelopeCodecs = 8;
inline constexpr size_t kMostCodecParameters = 64;

// What a dependency's stamp was when the computation began.
struct EnvelopeStamp {
  uint64_t low, high;  // the dependency's id
  uint64_t value;
};

// A codec that was applied to the payload.
struct EnvelopeCodec {
  uint32_t codec = 0;       // published id
  coffer_bytes parameters;  // at most kMostCodecParameters
  coffer_bytes
      message;  // all that was read of it, and is written again; empty: made from the two above
};

// The fields of entry.proto. Views: whoever fills it keeps what it points to.
struct Envelope {
  // What the store keeps the entry under. Not written; a checksum covers it.
  coffer_bytes key = {nullptr, 0};

  uint32_t revision = kEnvelopeRevision;
  uint32_t required_revision = 0;
  uint32_t format = 0;
  uint32_t format_version = 0;
  uint32_t flags = 0;  // COFFER_ENTRY_NULL, COFFER_ENTRY_NEGATIVE
  uint64_t version = 0;
  int64_t created = 0;  // instants of the wall clock in nanoseconds since 1970, 0: none
  int64_t fresh_until = 0;
  int64_t stale_until = 0;
  uint64_t load_cost = 0;  // nanoseconds
  uint64_t sliding = 0;    // nanoseconds
  int64_t sliding_until = 0;
  uint64_t root = 0;
  std::span<const EnvelopeStamp> stamps;  // at most kMostEnvelopeStamps
  std::span<const EnvelopeCodec> codecs;  // at most kMostEnvelopeCodecs
  bool checksum = false;  // written: compute one; read: there was one, and it was right
  coffer_bytes payload = {nullptr, 0};

  // Of an envelope that was read: all its bytes, and the size of the fields among them that this
  // release does not know.
  coffer_bytes read_from = {nullptr, 0};
  size_t unknown_size = 0;
};

// Bytes that write_envelope writes; those before the payload; those of all fields but checksum and
// payload.
size_t envelope_size(const Envelope& envelope);
size_t envelope_head_size(const Envelope& envelope);
size_t envelope_fields_size(const Envelope& envelope);

// Writes envelope_size bytes and returns their end. Allocates nothing.
char* write_envelope(const Envelope& envelope, char* to);

// Writes envelope_head_size bytes and returns their end; the payload's bytes belong right behind.
// For a payload that lies somewhere else or is written later; with a checksum it must be readable
// now.
char* write_envelope_head(const Envelope& envelope, char* to);

// Writes envelope_fields_size bytes, which no byte of the payload has an influence on, and returns
// their end.
char* write_envelope_fields(const Envelope& envelope, char* to);

// Whether an envelope that was read has exactly the bytes that write_envelope makes of it: fields
// in the order of their numbers, each once, lengths and numbers in their shortest form, and no
// unknown fields in its codecs.
bool is_canonical(const Envelope& read);

// Whether these bytes claim to be an envelope: nothing but one starts as it does.
bool is_envelope(coffer_bytes bytes);

// Reads an envelope in place, with the room that this takes.
class EnvelopeReader {
 public:
  EnvelopeReader() {}
  EnvelopeReader(const EnvelopeReader&) = delete;
  EnvelopeReader& operator=(const EnvelopeReader&) = delete;

  // The entry that a store keeps under `key`. Input is hostile. COFFER_CORRUPT with detail
  // "offset"; COFFER_UNSUPPORTED for an entry that says it is for a later release only. After
  // COFFER_OK the fields view `bytes`, `key` and this reader. Allocates nothing unless it fails.
  coffer_status read(coffer_bytes bytes, coffer_bytes key, coffer_sink& sink);

  const Envelope& get() const { return envelope_; }
  const Envelope* operator->() const { return &envelope_; }

 private:
  friend class EnvelopeParser;

  Envelope envelope_;
  // Not zeroed: only what was read is looked at.
  union {
    EnvelopeStamp stamps_[kMostEnvelopeStamps];
  };
  union {
    EnvelopeCodec codecs_[kMostEnvelopeCodecs];
  };
};

}  // namespace coffer::core

#endif  // COFFER_CORE_META_ENVELOPE_H_
