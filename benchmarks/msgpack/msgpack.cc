// The msgpack plugin beside msgpack-c called directly, on the same values: what the neutral visitor
// costs, a table of functions where the direct side has templates. Text is checked on both sides:
// msgpack-c takes any bytes for it, and those who use it have to.
#include <benchmark/benchmark.h>

#include <msgpack.hpp>
#include <string>
#include <vector>

#include "benchmarks/serializers/samples.h"
#include "coffer/plugin/utf8.hpp"
#include "plugins/serializers/msgpack/testing.h"

namespace {

using namespace coffer::benchmarks;

const coffer::serializers::Serializer& plugin() {
  static const coffer::serializers::Serializer serializer(coffer::msgpack::kMsgpack);
  return serializer;
}

const std::string& encoding(int64_t which) {
  static const std::vector<std::string> all = encodings(plugin());
  return all[static_cast<size_t>(which)];
}

struct CountVisitor : msgpack::null_visitor {
  Count count;
  bool one(uint64_t bytes = 0) { return counted(&count, bytes) == COFFER_OK; }
  bool visit_nil() { return one(); }
  bool visit_boolean(bool) { return one(); }
  bool visit_positive_integer(uint64_t) { return one(); }
  bool visit_negative_integer(int64_t) { return one(); }
  bool visit_float64(double) { return one(); }
  bool visit_str(const char* text, uint32_t size) {
    return coffer::plugin::utf8_prefix(text, size) == size && one(size);
  }
  bool start_array(uint32_t) { return one(); }
  bool end_array() { return one(); }
  bool start_map(uint32_t) { return one(); }
  bool end_map() { return one(); }
};

bool write_event(msgpack::packer<msgpack::sbuffer>& to, const Event& event) {
  switch (event.kind) {
    case Event::kNull: to.pack_nil(); break;
    case Event::kBool: event.i64 != 0 ? to.pack_true() : to.pack_false(); break;
    case Event::kI64: to.pack_int64(event.i64); break;
    case Event::kF64: to.pack_double(event.f64); break;
    case Event::kText:
      if (coffer::plugin::utf8_prefix(event.text.data(), event.text.size()) != event.text.size()) {
        return false;
      }
      to.pack_str(static_cast<uint32_t>(event.text.size()));
      to.pack_str_body(event.text.data(), static_cast<uint32_t>(event.text.size()));
      break;
    case Event::kList: to.pack_array(static_cast<uint32_t>(event.i64)); break;
    case Event::kMap: to.pack_map(static_cast<uint32_t>(event.i64)); break;
    case Event::kListEnd:
    case Event::kMapEnd: break;
  }
  return true;
}

void decode_coffer(benchmark::State& state) { decode(state, plugin(), encoding(state.range(0))); }
void encode_coffer(benchmark::State& state) {
  encode(state, plugin(), sample_events(state.range(0)));
}

void decode_msgpack_c(benchmark::State& state) {
  const std::string& bytes = encoding(state.range(0));
  CountVisitor visitor;
  for (auto _ : state) {
    size_t offset = 0;
    if (!msgpack::parse(bytes.data(), bytes.size(), offset, visitor)) {
      return state.SkipWithError("not decoded");
    }
  }
  benchmark::DoNotOptimize(visitor.count);
  report(state, bytes.size());
}

void encode_msgpack_c(benchmark::State& state) {
  const std::vector<Event>& events = sample_events(state.range(0));
  msgpack::sbuffer buffer;
  for (auto _ : state) {
    buffer.clear();
    msgpack::packer<msgpack::sbuffer> to(buffer);
    for (const Event& event : events) {
      if (!write_event(to, event)) return state.SkipWithError("not encoded");
    }
  }
  report(state, buffer.size());
}

BENCHMARK(decode_coffer)->DenseRange(0, kSamples - 1);
BENCHMARK(decode_msgpack_c)->DenseRange(0, kSamples - 1);
BENCHMARK(encode_coffer)->DenseRange(0, kSamples - 1);
BENCHMARK(encode_msgpack_c)->DenseRange(0, kSamples - 1);

}  // namespace

BENCHMARK_MAIN();
