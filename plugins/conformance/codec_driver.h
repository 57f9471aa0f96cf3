// A codec under test: it writes into a watched writer and reads from memory with nothing behind it.
#ifndef COFFER_PLUGINS_CONFORMANCE_CODEC_DRIVER_H_
#define COFFER_PLUGINS_CONFORMANCE_CODEC_DRIVER_H_

#include <string>

#include "plugins/conformance/case.h"

namespace coffer::conformance {

// What a codec made of bytes.
struct Coded {
  coffer_status status;
  std::string bytes;
  std::string parameters;
  bool skipped = false;
  Failure failure;  // where status is one
};

class Codec {
 public:
  Codec(const Case& c, FakeHost& host);

  const coffer_codec& table() const { return table_; }
  bool has(uint64_t caps) const { return (table_.caps & caps) == caps; }
  void destroy() { instance_.destroy(); }

  // Any thread. Checks all that must be true of any call. From the `full_at`-th reserve on (0:
  // never) the writer is full.
  Coded encode(const std::string& bytes, const std::string& context, uint64_t full_at = 0,
               coffer_status full = COFFER_EXHAUSTED) const;
  Coded decode(const Coded& encoded, const std::string& context, uint64_t max_size,
               uint64_t full_at = 0, coffer_status full = COFFER_EXHAUSTED) const;

  // Encodes and decodes; fails the check unless the bytes come back. Returns what it made of them.
  Coded round_trip(const std::string& bytes, const std::string& context) const;

 private:
  void judge(const char* function, coffer_status status, const class WatchedWriter& writer,
             const FakeSink& sink, Coded& out) const;

  const Case& c_;
  FakeHost& host_;
  Instance instance_;
  coffer_codec table_;
};

// Bytes of all kinds: few, many, equal, random, text; compressible ones last.
std::vector<std::string> codec_samples(Random& random);

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_CODEC_DRIVER_H_
