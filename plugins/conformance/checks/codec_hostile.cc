// What a codec does with bytes that somebody has spoilt.
#include "plugins/conformance/checks.h"
#include "plugins/conformance/codec_driver.h"
#include "plugins/conformance/malloc_watch.h"

namespace coffer::conformance::checks {
namespace {

constexpr uint64_t kLimit = 1 << 20;

struct Bench {
  explicit Bench(Case& of) : c(of), setup(of, host), codec(of, host) {}

  // An encoding that is no skip, of modest size.
  Coded sample(const std::string& context) {
    const std::string piece = c.random().bytes(40);
    const std::string bytes =
        piece + std::string(2000, piece[0]) + piece + std::string(2000, piece[1]) + piece;
    Coded coded = codec.round_trip(bytes, context);
    if (coded.skipped) c.fail("it skips what is nearly all repetition");
    return coded;
  }

  // Spoilt input gives bytes, or is refused in a proper way, and takes little memory.
  coffer_status bear(const Coded& spoilt, const std::string& context) {
    const MallocWatch watch;
    const coffer_status status = codec.decode(spoilt, context, kLimit).status;
    // The kit's writer and copies come on top of what the codec takes.
    const uint64_t room = 16 * kLimit + 64 * (spoilt.bytes.size() + context.size());
    if (watch.bytes() > room)
      c.fail("decode of " + quoted(spoilt.bytes) + " allocates " + str(watch.bytes()) + " bytes");
    switch (status) {
      case COFFER_OK:
      case COFFER_CORRUPT:
      case COFFER_TOO_LARGE: return status;
      case COFFER_DENIED:
        if (codec.has(COFFER_CODEC_ENCRYPTS)) return status;
        [[fallthrough]];
      default: c.fail("decode of " + quoted(spoilt.bytes) + " says " + status_text(status));
    }
  }

  // The same of bytes that cannot be what was encoded.
  void refuse(const Coded& spoilt, const std::string& context) {
    if (bear(spoilt, context) == COFFER_OK && codec.has(COFFER_CODEC_ENCRYPTS)) {
      c.fail("bytes that were changed pass for authentic");
    }
  }

  Case& c;
  FakeHost host;
  struct Setup {
    Setup(const Case& c, FakeHost& host) { prepare(c, &host); }
  } setup;
  Codec codec;
};

}  // namespace

void codec_bombs(Case& c) {
  Bench b(c);
  const std::string zeros(16 << 20, '\0');
  const Coded bomb = b.codec.round_trip(zeros, "");
  if (bomb.skipped) c.fail("it skips 16 MiB of zeros");
  c.note("16 MiB of zeros become " + str(bomb.bytes.size()) + " bytes");
  for (const uint64_t limit :
       {uint64_t{0}, uint64_t{1000}, kLimit, static_cast<uint64_t>(zeros.size() - 1)}) {
    // The driver watches what is reserved.
    const Coded decoded = b.codec.decode(bomb, "", limit);
    if (decoded.status != COFFER_TOO_LARGE) {
      c.fail(str(zeros.size()) + " bytes are decoded with a limit of " + str(limit) + ": " +
             status_text(decoded.status));
    }
  }
  c.check(b.host);
}

void codec_truncation(Case& c) {
  Bench b(c);
  for (int i = 0; i < 3; ++i) {
    const Coded whole = b.sample("context");
    for (size_t cut = 0; cut < whole.bytes.size(); ++cut) {
      Coded spoilt = whole;
      spoilt.bytes.resize(cut);
      b.refuse(spoilt, "context");
    }
    for (size_t cut = 0; cut < whole.parameters.size(); ++cut) {
      Coded spoilt = whole;
      spoilt.parameters.resize(cut);
      b.refuse(spoilt, "context");
    }
    Coded longer = whole;
    longer.bytes += 'x';
    b.refuse(longer, "context");
  }
  c.check(b.host);
}

void codec_bit_flips(Case& c) {
  Bench b(c);
  const Coded whole = b.sample("context");
  const auto flip = [&](std::string Coded::*part) {
    for (size_t i = 0; i < (whole.*part).size(); i += i < 300 ? 1 : 37) {
      for (int bit = 0; bit < 8; ++bit) {
        Coded spoilt = whole;
        (spoilt.*part)[i] = static_cast<char>((whole.*part)[i] ^ (1 << bit));
        b.refuse(spoilt, "context");
      }
    }
  };
  flip(&Coded::bytes);
  flip(&Coded::parameters);
  c.check(b.host);
}

void codec_garbage(Case& c) {
  Bench b(c);
  const Coded whole = b.sample("");
  for (int i = 0; i < 3000; ++i) {
    Coded garbage = whole;
    garbage.bytes = c.random().bytes(c.random().below(200));
    if (i % 2 == 0)
      garbage.parameters = c.random().bytes(c.random().below(COFFER_CODEC_MAX_PARAMETERS + 1));
    // With a beginning that looks right.
    if (i % 3 == 0) garbage.bytes = whole.bytes.substr(0, c.random().below(20)) + garbage.bytes;
    b.refuse(garbage, "");
  }
  c.check(b.host);
}

}  // namespace coffer::conformance::checks
