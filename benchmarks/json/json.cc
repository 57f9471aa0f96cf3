// The json plugin beside RapidJSON called directly, on the same values: what the neutral visitor,
// exact numbers and checked text cost. The direct side does what it can of the same: it checks
// UTF-8 and reads floats to the nearest.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "benchmarks/serializers/samples.h"
#include "plugins/serializers/json/testing.h"
#include "rapidjson/memorystream.h"
#include "rapidjson/reader.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace {

using namespace coffer::benchmarks;

const coffer::serializers::Serializer& json() {
  static const coffer::serializers::Serializer serializer(coffer::json::kJson);
  return serializer;
}

const std::string& encoding(int64_t which) {
  static const std::vector<std::string> all = encodings(json());
  return all[static_cast<size_t>(which)];
}

struct CountHandler : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, CountHandler> {
  Count count;
  bool Default() { return counted(&count, 0) == COFFER_OK; }
  bool String(const char*, rapidjson::SizeType n, bool) { return counted(&count, n) == COFFER_OK; }
};

using DirectWriter =
    rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::UTF8<>,
                      rapidjson::CrtAllocator, rapidjson::kWriteValidateEncodingFlag>;

bool write_event(DirectWriter& to, const Event& event) {
  switch (event.kind) {
    case Event::kNull: return to.Null();
    case Event::kBool: return to.Bool(event.i64 != 0);
    case Event::kI64: return to.Int64(event.i64);
    case Event::kF64: return to.Double(event.f64);
    case Event::kText:
      return to.String(event.text.data(), static_cast<rapidjson::SizeType>(event.text.size()));
    case Event::kList: return to.StartArray();
    case Event::kListEnd: return to.EndArray();
    case Event::kMap: return to.StartObject();
    case Event::kMapEnd: return to.EndObject();
  }
  return false;
}

void decode_coffer(benchmark::State& state) { decode(state, json(), encoding(state.range(0))); }
void encode_coffer(benchmark::State& state) {
  encode(state, json(), sample_events(state.range(0)));
}

void decode_rapidjson(benchmark::State& state) {
  constexpr unsigned kFlags =
      rapidjson::kParseValidateEncodingFlag | rapidjson::kParseFullPrecisionFlag;
  const std::string& bytes = encoding(state.range(0));
  CountHandler handler;
  for (auto _ : state) {
    rapidjson::Reader reader;
    rapidjson::MemoryStream in(bytes.data(), bytes.size());
    if (reader.Parse<kFlags>(in, handler).IsError()) return state.SkipWithError("not decoded");
  }
  benchmark::DoNotOptimize(handler.count);
  report(state, bytes.size());
}

void encode_rapidjson(benchmark::State& state) {
  const std::vector<Event>& events = sample_events(state.range(0));
  rapidjson::StringBuffer buffer;
  for (auto _ : state) {
    buffer.Clear();
    DirectWriter to(buffer);
    for (const Event& event : events) {
      if (!write_event(to, event)) return state.SkipWithError("not encoded");
    }
  }
  report(state, buffer.GetSize());
}

BENCHMARK(decode_coffer)->DenseRange(0, kSamples - 1);
BENCHMARK(decode_rapidjson)->DenseRange(0, kSamples - 1);
BENCHMARK(encode_coffer)->DenseRange(0, kSamples - 1);
BENCHMARK(encode_rapidjson)->DenseRange(0, kSamples - 1);

}  // namespace

BENCHMARK_MAIN();
