// What a codec does with bytes that are well.
#include "plugins/conformance/checks.h"
#include "plugins/conformance/codec_driver.h"

namespace coffer::conformance::checks {

void codec_id(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Codec codec(c, host);
  if (codec.table().codec < 16)
    c.fail("codec is " + str(codec.table().codec) + "; 0 to 15 belong to the core");
  if (codec.table().caps != c.info().caps) c.fail("table and info differ in capabilities");
  if (codec.has(COFFER_CODEC_COMPRESSES | COFFER_CODEC_ENCRYPTS)) {
    c.fail("a codec that encrypts must not leave bytes alone, as one that compresses may");
  }
}

void codec_round_trip(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Codec codec(c, host), other(c, host);
  size_t skipped = 0, total = 0;
  for (const std::string& sample : codec_samples(c.random())) {
    for (const std::string& context :
         {std::string(), std::string("a:key"), c.random().bytes(200)}) {
      ++total;
      const Coded encoded = codec.round_trip(sample, context);
      skipped += encoded.skipped;
      if (encoded.skipped) continue;
      // What one instance wrote, another of the same options reads.
      const Coded decoded = other.decode(encoded, context, sample.size());
      if (decoded.status != COFFER_OK || decoded.bytes != sample)
        c.fail("another instance does not read it");
    }
  }
  if (skipped == total) c.fail("it skips everything, even what is all zeros");
  if (skipped > 0) c.note(str(skipped) + " of " + str(total) + " are skipped");
  codec.destroy();
  other.destroy();
  host.expect_silence();
  c.check(host, true);
}

void codec_never_larger(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Codec codec(c, host);
  // The driver checks each size.
  for (int i = 0; i < 300; ++i) codec.encode(c.random().bytes(c.random().below(3000)), "");
  if (codec.encode(std::string(100000, 'x'), "").skipped)
    c.fail("it does not make 100000 equal bytes fewer");
  c.check(host);
}

void codec_writer(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Codec codec(c, host);
  const std::string bytes(50000, 'x');
  const Coded encoded = codec.round_trip(bytes, "");
  for (coffer_status full : {COFFER_EXHAUSTED, COFFER_TOO_LARGE}) {
    for (const bool encoding : {true, false}) {
      for (uint64_t k = 1;; ++k) {
        const Coded coded = encoding ? codec.encode(bytes, "", k, full)
                                     : codec.decode(encoded, "", bytes.size(), k, full);
        if (coded.status == COFFER_OK && k > 1) break;
        if (coded.status != full) {
          c.fail("the writer said " + status_text(full) + ", but the answer is " +
                 status_text(coded.status));
        }
        if (k > 100000) c.fail("it takes more than 100000 reserves");
      }
    }
  }
  codec.round_trip(bytes, "");
  c.check(host);
}

void codec_threads(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Codec codec(c, host);
  const uint64_t seed = c.random().next();
  c.threads(4, [&](size_t thread) {
    Random random(seed + thread);
    for (int i = 0; i < 150; ++i) {
      const std::string piece = random.bytes(random.below(100));
      std::string bytes;
      for (uint64_t n = random.below(50); n > 0; --n) bytes += piece;
      codec.round_trip(bytes, piece);
    }
  });
  codec.destroy();
  c.check(host, true);
}

void codec_hides(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Codec codec(c, host);
  for (const std::string& bytes :
       {std::string("a secret of sixteen or more bytes"), std::string(10000, 's')}) {
    const Coded one = codec.round_trip(bytes, "k"), two = codec.round_trip(bytes, "k");
    if (one.bytes == two.bytes)
      c.fail("equal bytes are encoded alike: it shows that they are equal");
    for (const Coded* coded : {&one, &two}) {
      if ((coded->bytes + coded->parameters).find(bytes.substr(0, 8)) != std::string::npos) {
        c.fail("the bytes can be read in what it makes of them");
      }
    }
  }
  c.check(host);
}

void codec_context(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Codec codec(c, host);
  const Coded encoded = codec.round_trip("the value", "user:7");
  for (const char* other : {"", "user:8", "user:77", "user:", "User:7"}) {
    const Coded decoded = codec.decode(encoded, other, 100);
    if (decoded.status != COFFER_CORRUPT) {
      c.fail("bytes that belong to \"user:7\" are taken for those of " + quoted(other) + ": " +
             status_text(decoded.status));
    }
  }
  c.check(host);
}

}  // namespace coffer::conformance::checks
