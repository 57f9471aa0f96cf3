// Bytes as an envelope: refused with a place, or read, written, and read again as the same.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "core/meta/envelope.h"

namespace {

using namespace coffer::core;

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

bool equal(coffer_bytes a, coffer_bytes b) {
  return a.size == b.size && (a.size == 0 || std::memcmp(a.data, b.data, a.size) == 0);
}

void compare(const Envelope& a, const Envelope& b) {
  require(a.revision == b.revision && a.required_revision == b.required_revision &&
              a.format == b.format && a.format_version == b.format_version && a.flags == b.flags &&
              a.version == b.version && a.created == b.created && a.fresh_until == b.fresh_until &&
              a.stale_until == b.stale_until && a.load_cost == b.load_cost &&
              a.sliding == b.sliding && a.sliding_until == b.sliding_until && a.root == b.root &&
              a.checksum == b.checksum && a.unknown_size == b.unknown_size,
          "a number changed");
  require(a.stamps.size() == b.stamps.size() &&
              (a.stamps.empty() ||
               std::memcmp(a.stamps.data(), b.stamps.data(), a.stamps.size_bytes()) == 0),
          "the stamps changed");
  require(a.codecs.size() == b.codecs.size(), "the codecs changed");
  for (size_t i = 0; i < a.codecs.size(); ++i) {
    require(a.codecs[i].codec == b.codecs[i].codec &&
                equal(a.codecs[i].parameters, b.codecs[i].parameters),
            "a codec changed");
  }
  require(equal(a.payload, b.payload), "the payload changed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  EnvelopeReader first, second;
  coffer_sink sink;
  const coffer_status status = first.read({data, size}, {}, sink);
  if (status != COFFER_OK) {
    require(sink.error != nullptr && sink.error->status == status, "a refusal without a reason");
    if (status == COFFER_UNSUPPORTED) return 0;
    require(status == COFFER_CORRUPT, "neither an envelope nor CORRUPT");
    const char* offset = sink.error->detail("offset");
    require(offset != nullptr && std::strtoull(offset, nullptr, 10) <= size,
            "the offset is not in the input");
    return 0;
  }
  // On the heap, of the size computed: the sanitizer sees a byte too many.
  const size_t needed = envelope_size(first.get());
  char* const bytes = new char[needed];
  require(write_envelope(first.get(), bytes) == bytes + needed,
          "the size computed is not the size written");
  require(second.read({bytes, needed}, {}, sink) == COFFER_OK, "what was written cannot be read");
  compare(first.get(), second.get());
  delete[] bytes;
  return 0;
}
