// An entry written into its envelope and read back, beside the protobuf library on the same bytes.
#include <benchmark/benchmark.h>

#include <string>

#include "core/meta/entry.pb.h"
#include "core/meta/envelope.h"

namespace {

using namespace coffer::core;

constexpr EnvelopeStamp kStamps[] = {{11, 12, 13}, {21, 22, 23},   {31, 32, 33}, {41, 42, 43},
                                     {51, 52, 53}, {61, 62, 63},   {71, 72, 73}, {81, 82, 83},
                                     {91, 92, 93}, {101, 102, 103}};

Envelope sample(size_t stamps, const std::string& payload, bool checksum) {
  Envelope envelope;
  envelope.format = 16;
  envelope.version = 0x1234567812345678;
  envelope.created = 1'767'225'600'000'000'000;
  envelope.fresh_until = envelope.created + 300'000'000'000;
  envelope.stale_until = envelope.fresh_until + 60'000'000'000;
  envelope.load_cost = 12'345'678;
  envelope.root = 42;
  envelope.stamps = {kStamps, stamps};
  envelope.checksum = checksum;
  envelope.payload = {payload.data(), payload.size()};
  return envelope;
}

// Arguments: stamps, bytes of payload, whether there is a checksum.
void write_and_read(benchmark::State& state) {
  const std::string payload(static_cast<size_t>(state.range(1)), 'v');
  const Envelope envelope =
      sample(static_cast<size_t>(state.range(0)), payload, state.range(2) != 0);
  std::string room(envelope_size(envelope), '\0');
  EnvelopeReader reader;
  coffer_sink sink;
  for (auto _ : state) {
    benchmark::DoNotOptimize(envelope_size(envelope));
    char* const end = write_envelope(envelope, room.data());
    benchmark::ClobberMemory();
    const coffer_status status =
        reader.read({room.data(), static_cast<size_t>(end - room.data())}, {}, sink);
    if (status != COFFER_OK) state.SkipWithError("it cannot be read");
    benchmark::DoNotOptimize(reader->payload.data);
  }
  state.counters["bytes"] = static_cast<double>(room.size());
}

void protobuf_write_and_read(benchmark::State& state) {
  const std::string payload(static_cast<size_t>(state.range(1)), 'v');
  const Envelope envelope = sample(static_cast<size_t>(state.range(0)), payload, false);
  std::string room(envelope_size(envelope), '\0');
  write_envelope(envelope, room.data());
  coffer::Entry out, in;
  if (!out.ParseFromString(room)) state.SkipWithError("it cannot be read");
  for (auto _ : state) {
    out.SerializeToArray(room.data(), static_cast<int>(room.size()));
    benchmark::ClobberMemory();
    in.ParseFromArray(room.data(), static_cast<int>(room.size()));
    benchmark::DoNotOptimize(in.payload().data());
  }
}

BENCHMARK(write_and_read)
    ->Args({0, 100, 0})
    ->Args({2, 100, 0})
    ->Args({2, 100, 1})
    ->Args({10, 100, 0})
    ->Args({2, 10'000, 0});
BENCHMARK(protobuf_write_and_read)
    ->Args({0, 100})
    ->Args({2, 100})
    ->Args({10, 100})
    ->Args({2, 10'000});

}  // namespace

BENCHMARK_MAIN();
