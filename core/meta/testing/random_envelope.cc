#include "core/meta/testing/random_envelope.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sstream>

namespace coffer::core::testing {
namespace {

std::string hex(coffer_bytes bytes) {
  std::string out;
  for (size_t i = 0; i < bytes.size; ++i) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<const unsigned char*>(bytes.data)[i]);
    out += digits;
  }
  return out;
}

uint64_t number(std::mt19937_64& random, unsigned most_bits) {
  if (random() % 3 == 0) return 0;
  const unsigned bits = 1 + random() % most_bits;
  return random() >> (64 - bits);
}

std::string bytes(std::mt19937_64& random, size_t most) {
  std::string out(random() % (most + 1), '\0');
  for (char& c : out) c = static_cast<char>(random());
  return out;
}

}  // namespace

uint64_t test_seed() {
  const char* given = std::getenv("COFFER_TEST_SEED");
  const uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::printf("COFFER_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

const Envelope& OwnedEnvelope::view() {
  codec_views_.clear();
  for (const Codec& codec : codecs) {
    codec_views_.push_back(
        {codec.id, {codec.parameters.data(), codec.parameters.size()}, {nullptr, 0}});
  }
  envelope.stamps = stamps;
  envelope.codecs = codec_views_;
  envelope.payload = {payload.data(), payload.size()};
  return envelope;
}

void fill_randomly(OwnedEnvelope& out, std::mt19937_64& random) {
  Envelope& e = out.envelope;
  e.revision = random() % 4 == 0 ? static_cast<uint32_t>(number(random, 32)) : kEnvelopeRevision;
  e.required_revision = random() % 2;
  e.format = static_cast<uint32_t>(number(random, 32));
  e.format_version = static_cast<uint32_t>(number(random, 32));
  e.flags = static_cast<uint32_t>(number(random, 32));
  e.version = number(random, 64);
  e.created = static_cast<int64_t>(number(random, 64));
  e.fresh_until = static_cast<int64_t>(number(random, 64));
  e.stale_until = static_cast<int64_t>(number(random, 64));
  e.load_cost = number(random, 64);
  e.sliding = number(random, 64);
  e.sliding_until = static_cast<int64_t>(number(random, 64));
  e.root = number(random, 64);
  e.checksum = random() % 2 == 0;
  out.stamps.resize(random() % 4 == 0 ? random() % (kMostEnvelopeStamps + 1) : random() % 3);
  for (EnvelopeStamp& stamp : out.stamps) stamp = {random(), number(random, 64), random()};
  out.codecs.clear();
  for (size_t n = random() % 3 == 0 ? random() % (kMostEnvelopeCodecs + 1) : 0; n > 0; --n) {
    out.codecs.push_back(
        {static_cast<uint32_t>(number(random, 32)), bytes(random, kMostCodecParameters)});
  }
  out.payload = bytes(random, random() % 8 == 0 ? 5000 : 40);
}

std::string written(const Envelope& envelope) {
  // Of exactly the size that was computed, on the heap: sanitizers see a byte too many.
  const size_t size = envelope_size(envelope);
  const std::unique_ptr<char[]> room(new char[size]);
  const char* const end = write_envelope(envelope, room.get());
  if (end != room.get() + size) std::abort();
  return std::string(room.get(), size);
}

std::string described(const Envelope& e) {
  std::ostringstream out;
  out << "revision " << e.revision << ", required " << e.required_revision << ", format "
      << e.format << "/" << e.format_version << ", flags " << e.flags << ", version " << e.version
      << ", created " << e.created << ", fresh " << e.fresh_until << ", stale " << e.stale_until
      << ", cost " << e.load_cost << ", sliding " << e.sliding << " until " << e.sliding_until
      << ", root " << e.root << ", checksum " << e.checksum;
  for (const EnvelopeStamp& stamp : e.stamps) {
    out << ", stamp " << stamp.low << " " << stamp.high << " = " << stamp.value;
  }
  for (const EnvelopeCodec& codec : e.codecs)
    out << ", codec " << codec.codec << " (" << hex(codec.parameters) << ")";
  out << ", payload " << hex(e.payload);
  return out.str();
}

ReadResult read_all(const std::string& bytes, coffer_bytes key) {
  const std::unique_ptr<char[]> exact(new char[bytes.size()]);
  bytes.copy(exact.get(), bytes.size());
  EnvelopeReader reader;
  coffer_sink sink;
  ReadResult result{reader.read({exact.get(), bytes.size()}, key, sink), "", "", "", ""};
  if (sink.error != nullptr) {
    result.message = sink.error->message;
    const char* offset = sink.error->detail("offset");
    if (offset != nullptr) result.offset = offset;
  }
  if (result.status == COFFER_OK) {
    result.described = described(reader.get());
    result.rewritten = written(reader.get());
  }
  return result;
}

}  // namespace coffer::core::testing
