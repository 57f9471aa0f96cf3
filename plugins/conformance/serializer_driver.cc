#include "plugins/conformance/serializer_driver.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "plugins/conformance/tables.h"
#include "plugins/conformance/watched_writer.h"

namespace coffer::conformance {
namespace {

Failure only_failure(const FakeSink& sink) {
  const std::vector<Failure> all = sink.failures();
  return all.empty() ? Failure{} : all[0];
}

}  // namespace

coffer_limits default_limits() { return {sizeof(coffer_limits), 128, 10000000, uint64_t{1} << 30}; }

GuardedMemory::GuardedMemory(size_t capacity) {
  const size_t page = sysconf(_SC_PAGESIZE);
  capacity_ = (capacity + page - 1) / page * page;
  mapped_ = capacity_ + page;
  void* memory = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) abort();
  base_ = static_cast<char*>(memory);
  mprotect(base_ + capacity_, page, PROT_NONE);
}

GuardedMemory::~GuardedMemory() { munmap(base_, mapped_); }

const char* GuardedMemory::place(const std::string& bytes) {
  char* start = base_ + capacity_ - bytes.size();
  std::memcpy(start, bytes.data(), bytes.size());
  return start;
}

Serializer::Serializer(const Case& c, FakeHost& host)
    : c_(c), host_(host), instance_(c, host), table_{} {
  std::string problem = table_problem(COFFER_KIND_SERIALIZER, instance_.table());
  if (!problem.empty()) c.fail("in the table " + problem);
  table_ = copy_table<coffer_serializer>(instance_.table());
}

Encoded Serializer::encode(const coffer_value& value, uint64_t full_at, coffer_status full) const {
  WatchedWriter writer(full_at, full);
  const coffer_writer table = writer.table();
  FakeSink sink;
  const coffer_status status = table_.encode(instance_.self(), &value, &table, sink.get());
  c_.check(host_);
  if (!writer.problem.empty()) c_.fail("encode: " + writer.problem);
  if (writer.refused) {
    if (!sink.failures().empty()) c_.fail("encode reports the writer's failure as its own");
  } else if (std::string problem = sink.problem(status); !problem.empty()) {
    c_.fail("encode " + problem);
  }
  if (status > COFFER_OK && status < 16) c_.fail("encode returned " + status_text(status));
  return {status, std::move(writer.bytes), only_failure(sink)};
}

Decoded Serializer::decode(const std::string& bytes, Collector& into, GuardedMemory& memory,
                           const coffer_limits& limits) const {
  if (bytes.size() > memory.capacity()) c_.fail("the kit's memory is too small for a value");
  const char* input = memory.place(bytes);
  FakeSink sink;
  const coffer_status status =
      table_.decode(instance_.self(), {input, bytes.size()}, into.visitor(), &limits, sink.get());
  c_.check(host_);
  if (std::memcmp(input, bytes.data(), bytes.size()) != 0) c_.fail("decode changes its input");
  if (into.failed()) {
    if (status != into.failed_with()) {
      c_.fail("the visitor said " + status_text(into.failed_with()) + ", but decode returned " +
              status_text(status));
    }
    if (!sink.failures().empty()) c_.fail("decode reports the visitor's failure as its own");
  } else if (std::string problem = sink.problem(status); !problem.empty()) {
    c_.fail("decode " + problem);
  }
  return {status, only_failure(sink)};
}

bool Serializer::round_trip(const Value& value, GuardedMemory& memory) const {
  const Encoded encoded = encode(value);
  if (encoded.status == COFFER_UNSUPPORTED) return false;
  if (encoded.status != COFFER_OK) {
    c_.fail("encode of " + quoted(canonical(value)) + " failed: " + encoded.failure.message);
  }
  Collector back;
  const Decoded decoded = decode(encoded.bytes, back, memory);
  const std::string what = quoted(canonical(value)) + ", encoded as " + quoted(encoded.bytes);
  if (decoded.status != COFFER_OK) {
    c_.fail("decode of " + what + " failed: " + decoded.failure.message);
  }
  if (!back.problem().empty()) c_.fail("decode of " + what + ": " + back.problem());
  if (!back.complete()) c_.fail("decode of " + what + " plays no whole value");
  if (canonical(back.value()) != canonical(value)) {
    c_.fail(what + ", comes back as " + quoted(canonical(back.value())));
  }
  return true;
}

Palette Serializer::palette() const {
  Palette palette;
  const auto holds = [&](const Value& value) { return encode(value).status == COFFER_OK; };
  for (const Value& sample : scalar_samples()) {
    if (sample.bytes.size() > 1000) continue;
    if (holds(sample)) palette.scalars.push_back(sample);
    if (holds(Value::map({sample, Value::null()}))) palette.keys.push_back(sample);
  }
  for (uint32_t type : {COFFER_LIST, COFFER_TUPLE, COFFER_SET, COFFER_FROZENSET}) {
    if (holds(Value::list({Value::text("member")}, type))) palette.lists.push_back(type);
  }
  return palette;
}

}  // namespace coffer::conformance
