#include "core/codec/context.h"

namespace coffer::core {

std::string codec_context(const Envelope& envelope, size_t done) {
  Envelope covered = envelope;
  covered.codecs = envelope.codecs.first(done);
  std::string out;
  uint64_t length = envelope.key.size;
  for (; length >= 0x80; length >>= 7) out += static_cast<char>(length | 0x80);
  out += static_cast<char>(length);
  if (envelope.key.size != 0) {
    out.append(static_cast<const char*>(envelope.key.data), envelope.key.size);
  }
  const size_t before = out.size();
  out.resize(before + envelope_fields_size(covered));
  write_envelope_fields(covered, out.data() + before);
  return out;
}

}  // namespace coffer::core
