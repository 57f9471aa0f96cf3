// Our side of the comparison: each argument NAME=FILE is a pickle, decoded into a visitor that
// counts, and encoded from the same events. All options of Google Benchmark work too.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "plugins/serializers/pickle/testing.h"

namespace {

using namespace coffer::serializers;

// The plugin on a host that does no more than it must: the one of the tests checks every block of
// memory.
class Pickle {
 public:
  Pickle() {
    host_.struct_size = sizeof(host_);
    host_.abi_version = COFFER_ABI_VERSION;
    host_.fail = [](const coffer_host*, coffer_sink*, coffer_status, uint32_t, const char* message,
                    size_t size) { std::cerr << std::string(message, size) << "\n"; };
    host_.fail_detail = [](const coffer_host*, coffer_sink*, const char*, const char*, size_t) {};
    host_.alloc = [](const coffer_host*, size_t size, size_t) { return std::malloc(size); };
    host_.free = [](const coffer_host*, void* memory, size_t, size_t) { std::free(memory); };
    const coffer::conformance::OptionList options(*coffer::pickle::kPickle.info(0), {});
    if (coffer::pickle::kPickle.create(&host_, "pickle", options.data(), options.size(), &instance_,
                                       nullptr) != COFFER_OK) {
      std::abort();
    }
  }
  ~Pickle() { table().destroy(instance_.self); }
  Pickle(const Pickle&) = delete;
  Pickle& operator=(const Pickle&) = delete;

  coffer_status decode(const std::string& bytes, const coffer_visitor& into) const {
    return table().decode(instance_.self, {bytes.data(), bytes.size()}, &into, &kAmple, nullptr);
  }
  coffer_status encode(const coffer_value& value, const coffer_writer& out) const {
    return table().encode(instance_.self, &value, &out, nullptr);
  }

 private:
  const coffer_serializer& table() const {
    return *static_cast<const coffer_serializer*>(instance_.table);
  }

  coffer_host host_ = {};
  coffer_instance instance_ = {};
};

const Pickle& pickle() {
  static const Pickle pickle;
  return pickle;
}

// ---- Events as a flat list, so that playing them costs little -----------------------------------

struct Event {
  enum Kind {
    kNull,
    kBool,
    kI64,
    kU64,
    kF64,
    kBigint,
    kText,
    kBlob,
    kList,
    kListEnd,
    kMap,
    kMapEnd,
    kExt
  } kind;
  uint32_t type = 0;    // of a list or extension
  uint64_t number = 0;  // bits of a float; count of a list or map
  std::string bytes;
};
using Events = std::vector<Event>;

coffer_status add(void* self, Event::Kind kind, uint32_t type, uint64_t number,
                  const void* data = "", size_t n = 0) {
  static_cast<Events*>(self)->push_back({kind, type, number, {static_cast<const char*>(data), n}});
  return COFFER_OK;
}

coffer_visitor recorder(Events& events) {
  return {
      sizeof(coffer_visitor),
      0,
      &events,
      [](void* self) { return add(self, Event::kNull, 0, 0); },
      [](void* self, uint8_t value) { return add(self, Event::kBool, 0, value); },
      [](void* self, int64_t value) {
        return add(self, Event::kI64, 0, static_cast<uint64_t>(value));
      },
      [](void* self, uint64_t value) { return add(self, Event::kU64, 0, value); },
      [](void* self, const char* digits, size_t n) {
        return add(self, Event::kBigint, 0, 0, digits, n);
      },
      [](void* self, double value) {
        uint64_t bits;
        std::memcpy(&bits, &value, sizeof(bits));
        return add(self, Event::kF64, 0, bits);
      },
      [](void* self, const char* utf8, size_t n) { return add(self, Event::kText, 0, 0, utf8, n); },
      [](void* self, const void* data, size_t n) { return add(self, Event::kBlob, 0, 0, data, n); },
      [](void* self, uint64_t count, uint32_t kind) {
        return add(self, Event::kList, kind, count);
      },
      [](void* self) { return add(self, Event::kListEnd, 0, 0); },
      [](void* self, uint64_t count) { return add(self, Event::kMap, 0, count); },
      [](void* self) { return add(self, Event::kMapEnd, 0, 0); },
      [](void* self, uint32_t type, const void* data, size_t n) {
        return add(self, Event::kExt, type, 0, data, n);
      }};
}

coffer_status play_one(const Event& event, const coffer_visitor& v) {
  switch (event.kind) {
    case Event::kNull: return v.null(v.self);
    case Event::kBool: return v.boolean(v.self, static_cast<uint8_t>(event.number));
    case Event::kI64: return v.i64(v.self, static_cast<int64_t>(event.number));
    case Event::kU64: return v.u64(v.self, event.number);
    case Event::kF64: {
      double value;
      std::memcpy(&value, &event.number, sizeof(value));
      return v.f64(v.self, value);
    }
    case Event::kBigint: return v.bigint(v.self, event.bytes.data(), event.bytes.size());
    case Event::kText: return v.text(v.self, event.bytes.data(), event.bytes.size());
    case Event::kBlob: return v.blob(v.self, event.bytes.data(), event.bytes.size());
    case Event::kList: return v.list_begin(v.self, event.number, event.type);
    case Event::kListEnd: return v.list_end(v.self);
    case Event::kMap: return v.map_begin(v.self, event.number);
    case Event::kMapEnd: return v.map_end(v.self);
    case Event::kExt: return v.ext(v.self, event.type, event.bytes.data(), event.bytes.size());
  }
  return COFFER_INTERNAL;
}

coffer_status play_all(void* self, const coffer_visitor* into, coffer_sink*) {
  for (const Event& event : *static_cast<const Events*>(self)) {
    const coffer_status status = play_one(event, *into);
    if (status != COFFER_OK) return status;
  }
  return COFFER_OK;
}

// ---- The other ends -----------------------------------------------------------------------------

// Counts what it is told, so that nothing is optimised away.
struct Count {
  uint64_t events = 0;
  uint64_t bytes = 0;
};

coffer_status counted(void* self, uint64_t bytes) {
  auto* count = static_cast<Count*>(self);
  ++count->events;
  count->bytes += bytes;
  return COFFER_OK;
}

coffer_visitor counter(Count& count) {
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

// A writer into memory that is there already.
class Memory {
 public:
  explicit Memory(size_t size) : bytes_(size) {}
  coffer_writer writer() { return {this, reserve, commit}; }
  void clear() { size_ = 0; }
  size_t size() const { return size_; }

 private:
  static void* reserve(void* self, size_t size, coffer_status* status) {
    auto& memory = *static_cast<Memory*>(self);
    *status = COFFER_EXHAUSTED;
    return memory.size_ + size > memory.bytes_.size() ? nullptr
                                                      : memory.bytes_.data() + memory.size_;
  }
  static void commit(void* self, size_t size) { static_cast<Memory*>(self)->size_ += size; }

  std::vector<char> bytes_;
  size_t size_ = 0;
};

void decode(benchmark::State& state, const std::string& bytes) {
  Count count;
  const coffer_visitor visitor = counter(count);
  for (auto _ : state) {
    if (pickle().decode(bytes, visitor) != COFFER_OK) return state.SkipWithError("not decoded");
  }
  benchmark::DoNotOptimize(count);
}

void encode(benchmark::State& state, Events& events, size_t size) {
  const coffer_value value = {&events, play_all};
  Memory memory(2 * size + (128 << 10));
  const coffer_writer writer = memory.writer();
  for (auto _ : state) {
    memory.clear();
    if (pickle().encode(value, writer) != COFFER_OK) return state.SkipWithError("not encoded");
  }
  state.counters["bytes"] = static_cast<double>(memory.size());
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  std::deque<std::string> pickles;
  std::deque<Events> documents;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const size_t is = argument.find('=');
    std::ifstream file(argument.substr(is + 1), std::ios::binary);
    const std::string& bytes = pickles.emplace_back(std::istreambuf_iterator<char>(file),
                                                    std::istreambuf_iterator<char>());
    Events& events = documents.emplace_back();
    if (is == argument.npos || pickle().decode(bytes, recorder(events)) != COFFER_OK) {
      std::cerr << "no pickle of values: " << argument << "\n";
      return 1;
    }
    const std::string name = argument.substr(0, is);
    benchmark::RegisterBenchmark(("decode/" + name).c_str(),
                                 [&bytes](benchmark::State& state) { decode(state, bytes); });
    benchmark::RegisterBenchmark(
        ("encode/" + name).c_str(),
        [&events, &bytes](benchmark::State& state) { encode(state, events, bytes.size()); });
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
