// Random envelopes for tests, and what they are compared by.
#ifndef COFFER_CORE_META_TESTING_RANDOM_ENVELOPE_H_
#define COFFER_CORE_META_TESTING_RANDOM_ENVELOPE_H_

#include <cstdint>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "core/meta/envelope.h"

namespace coffer::core::testing {

// The seed of this run: COFFER_TEST_SEED, or a new one. Prints it.
uint64_t test_seed();

// An envelope that owns all it views. Stays where it is.
struct OwnedEnvelope {
  OwnedEnvelope() = default;
  OwnedEnvelope(const OwnedEnvelope&) = delete;
  OwnedEnvelope& operator=(const OwnedEnvelope&) = delete;

  // Points the views of `envelope` to what is below.
  const Envelope& view();

  Envelope envelope;
  std::vector<EnvelopeStamp> stamps;
  struct Codec {
    uint32_t id;
    std::string parameters;
  };
  std::vector<Codec> codecs;
  std::string payload;

 private:
  std::vector<EnvelopeCodec> codec_views_;
};

// Fills `out`, with a liking for defaults and extremes.
void fill_randomly(OwnedEnvelope& out, std::mt19937_64& random);

std::string written(const Envelope& envelope);

// Every field, as text: equal envelopes give equal texts.
std::string described(const Envelope& envelope);

// "" or the failure, of a block of exactly this size, so that sanitizers see a byte read too many.
// What `then` is called with lives as long as the call.
struct ReadResult {
  coffer_status status;
  std::string message;
  std::string offset;     // detail of a CORRUPT
  std::string described;  // of an OK
  std::string rewritten;  // of an OK
};
ReadResult read_all(const std::string& bytes, coffer_bytes key = {nullptr, 0});

}  // namespace coffer::core::testing

#endif  // COFFER_CORE_META_TESTING_RANDOM_ENVELOPE_H_
