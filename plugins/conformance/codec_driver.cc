#include "plugins/conformance/codec_driver.h"

#include <cstring>
#include <memory>

#include "plugins/conformance/tables.h"
#include "plugins/conformance/watched_writer.h"

namespace coffer::conformance {
namespace {

constexpr uint64_t kSlack = 64 << 10;  // that a writer's user may reserve more than it will write

// Blocks of exactly their size: a sanitizer sees a byte too many, and the kit a byte changed.
class Borrowed {
 public:
  explicit Borrowed(const std::string& bytes) : original_(bytes), copy_(new char[bytes.size()]) {
    bytes.copy(copy_.get(), bytes.size());
  }
  coffer_bytes view() const { return {copy_.get(), original_.size()}; }
  bool intact() const {
    return original_.compare(0, original_.npos, copy_.get(), original_.size()) == 0;
  }

 private:
  const std::string& original_;
  const std::unique_ptr<char[]> copy_;
};

}  // namespace

Codec::Codec(const Case& c, FakeHost& host) : c_(c), host_(host), instance_(c, host), table_{} {
  std::string problem = table_problem(COFFER_KIND_CODEC, instance_.table());
  if (!problem.empty()) c.fail("in the table " + problem);
  table_ = copy_table<coffer_codec>(instance_.table());
}

void Codec::judge(const char* function, coffer_status status, const WatchedWriter& writer,
                  const FakeSink& sink, Coded& out) const {
  const std::string who = function;
  c_.check(host_);
  if (!writer.problem.empty()) c_.fail(who + ": " + writer.problem);
  if (status > COFFER_OK && status < 16) c_.fail(who + " returned " + status_text(status));
  if (writer.refused) {
    if (!sink.failures().empty()) c_.fail(who + " reports the writer's failure as its own");
  } else if (std::string problem = sink.problem(status); !problem.empty()) {
    c_.fail(who + " " + problem);
  }
  out.status = status;
  out.bytes = writer.bytes;
  if (!sink.failures().empty()) out.failure = sink.failures()[0];
}

Coded Codec::encode(const std::string& bytes, const std::string& context, uint64_t full_at,
                    coffer_status full) const {
  const Borrowed in(bytes), belongs(context);
  WatchedWriter writer(full_at, full);
  const coffer_writer out = writer.table();
  coffer_codec_note note = {};
  FakeSink sink;
  const bool compresses = has(COFFER_CODEC_COMPRESSES);
  const uint64_t max_size = !compresses ? UINT64_MAX : bytes.empty() ? 0 : bytes.size() - 1;
  const coffer_status status =
      table_.encode(instance_.self(), in.view(), belongs.view(), max_size, &out, &note, sink.get());
  Coded coded;
  judge("encode", status, writer, sink, coded);
  if (!in.intact() || !belongs.intact()) c_.fail("encode changes its input");
  if (status != COFFER_OK) return coded;
  if (note.parameters_size > COFFER_CODEC_MAX_PARAMETERS)
    c_.fail("parameters_size is " + str(note.parameters_size));
  if (note.skipped > 1) c_.fail("skipped is " + str(note.skipped));
  coded.parameters.assign(reinterpret_cast<const char*>(note.parameters), note.parameters_size);
  coded.skipped = note.skipped != 0;
  if (coded.skipped && !compresses) c_.fail("it skips bytes without COFFER_CODEC_COMPRESSES");
  if (!coded.skipped && coded.bytes.size() > max_size) {
    c_.fail("it writes " + str(coded.bytes.size()) + " bytes where at most " + str(max_size) +
            " are asked for");
  }
  if (coded.skipped) coded.bytes = bytes;
  return coded;
}

Coded Codec::decode(const Coded& encoded, const std::string& context, uint64_t max_size,
                    uint64_t full_at, coffer_status full) const {
  const Borrowed in(encoded.bytes), belongs(context), parameters(encoded.parameters);
  WatchedWriter writer(full_at, full);
  const coffer_writer out = writer.table();
  FakeSink sink;
  const coffer_status status = table_.decode(instance_.self(), in.view(), belongs.view(),
                                             parameters.view(), max_size, &out, sink.get());
  Coded coded;
  judge("decode", status, writer, sink, coded);
  if (!in.intact() || !belongs.intact() || !parameters.intact())
    c_.fail("decode changes its input");
  if (coded.bytes.size() > max_size) c_.fail("decode writes more than max_size");
  if (writer.reserved_in_all > max_size + kSlack) {
    c_.fail("decode reserves " + str(writer.reserved_in_all) + " bytes where " + str(max_size) +
            " are allowed");
  }
  if (status == COFFER_CORRUPT && has(COFFER_CODEC_ENCRYPTS) && !coded.bytes.empty()) {
    c_.fail("decode commits bytes that are not authentic");
  }
  return coded;
}

Coded Codec::round_trip(const std::string& bytes, const std::string& context) const {
  Coded encoded = encode(bytes, context);
  if (encoded.status != COFFER_OK)
    c_.fail("encode of " + quoted(bytes) + " failed: " + encoded.failure.message);
  if (encoded.skipped) return encoded;
  const Coded decoded = decode(encoded, context, bytes.size());
  if (decoded.status != COFFER_OK)
    c_.fail("decode of " + quoted(bytes) + " failed: " + decoded.failure.message);
  if (decoded.bytes != bytes) c_.fail(quoted(bytes) + " comes back as " + quoted(decoded.bytes));
  return encoded;
}

std::vector<std::string> codec_samples(Random& random) {
  std::vector<std::string> samples = {"", "a", std::string(1, '\0'), random.bytes(17),
                                      random.bytes(5000)};
  for (size_t n = 0; n < 40; ++n) samples.push_back(random.bytes(random.below(300)));
  std::string text;
  while (text.size() < 40000)
    text += "{\"id\":" + str(random.below(1000)) + ",\"name\":\"customer\"},";
  samples.push_back(text);
  samples.push_back(std::string(1 << 20, '\0'));
  samples.push_back(random.bytes(100) + std::string(3000, 'x') + random.bytes(2000));
  return samples;
}

}  // namespace coffer::conformance
