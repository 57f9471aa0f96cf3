// What the benchmarks of serializers share: values to write, receivers and players that cost little
// and the same on both sides, so that what is compared is the format's work.
#ifndef COFFER_BENCHMARKS_SERIALIZERS_SAMPLES_H_
#define COFFER_BENCHMARKS_SERIALIZERS_SAMPLES_H_

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "plugins/serializers/testing/harness.h"

namespace coffer::benchmarks {

// Values: 0 a page of records as web services cache them, 1 numbers of every kind, 2 long texts,
// 3 integers, 4 prices, 5 floats of 53 random bits.
inline constexpr int64_t kSamples = 6;
const serializers::Value& sample(int64_t which);
const char* sample_name(int64_t which);

// Counts what it is told, so that nothing is optimised away.
struct Count {
  uint64_t events = 0;
  uint64_t bytes = 0;
};

inline coffer_status counted(void* self, uint64_t bytes) {
  auto* count = static_cast<Count*>(self);
  ++count->events;
  count->bytes += bytes;
  return COFFER_OK;
}

inline coffer_visitor counter(Count& count) {
  return {sizeof(coffer_visitor),
          0,
          &count,
          [](void* self) { return counted(self, 0); },
          [](void* self, uint8_t) { return counted(self, 0); },
          [](void* self, int64_t) { return counted(self, 0); },
          [](void* self, uint64_t) { return counted(self, 0); },
          [](void* self, const char*, size_t n) { return counted(self, n); },
          [](void* self, double) { return counted(self, 0); },
          [](void* self, const char*, size_t n) { return counted(self, n); },
          [](void* self, const void*, size_t n) { return counted(self, n); },
          [](void* self, uint64_t, uint32_t) { return counted(self, 0); },
          [](void* self) { return counted(self, 0); },
          [](void* self, uint64_t) { return counted(self, 0); },
          [](void* self) { return counted(self, 0); },
          [](void* self, uint32_t, const void*, size_t n) { return counted(self, n); }};
}

// The events of a value as a flat list, so that playing them costs little and the same on both
// sides.
struct Event {
  enum { kNull, kBool, kI64, kF64, kText, kList, kListEnd, kMap, kMapEnd } kind;
  bool key = false;
  int64_t i64 = 0;  // of a list or map: the number of items or pairs
  double f64 = 0;
  std::string text;
};

const std::vector<Event>& sample_events(int64_t which);
coffer_value events_value(const std::vector<Event>& events);

// A writer that keeps its memory, as the direct side's buffer does.
class Memory {
 public:
  coffer_writer writer() { return {this, reserve, commit}; }
  void clear() { size_ = 0; }
  size_t size() const { return size_; }

 private:
  static void* reserve(void* self, size_t size, coffer_status*) {
    auto& memory = *static_cast<Memory*>(self);
    if (memory.size_ + size > memory.bytes_.size()) memory.bytes_.resize((memory.size_ + size) * 2);
    return memory.bytes_.data() + memory.size_;
  }
  static void commit(void* self, size_t size) { static_cast<Memory*>(self)->size_ += size; }

  std::vector<char> bytes_;
  size_t size_ = 0;
};

// The encoding of each sample by this serializer.
std::vector<std::string> encodings(const serializers::Serializer& serializer);

// Runs the two directions of a serializer, on `encoding` and on the events of a sample.
void decode(benchmark::State& state, const serializers::Serializer& serializer,
            const std::string& encoding);
void encode(benchmark::State& state, const serializers::Serializer& serializer,
            const std::vector<Event>& events);

// What both sides report of themselves.
void report(benchmark::State& state, size_t bytes);

}  // namespace coffer::benchmarks

#endif  // COFFER_BENCHMARKS_SERIALIZERS_SAMPLES_H_
