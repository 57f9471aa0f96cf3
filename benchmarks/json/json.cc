// The json plugin beside RapidJSON called directly, on the same values: what the neutral visitor,
// exact numbers and checked text cost. The direct side does what it can of the same: it checks
// UTF-8 and reads floats to the nearest.
#include <benchmark/benchmark.h>

#include <cstring>
#include <string>
#include <vector>

#include "plugins/serializers/json/testing.h"
#include "plugins/serializers/testing/random_value.h"
#include "rapidjson/memorystream.h"
#include "rapidjson/reader.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace {

using namespace coffer::serializers;

// ---- Values
// ---------------------------------------------------------------------------------------------------------

// What web services cache: a page of records.
Value records() {
  RandomValues random(1);
  Value items = list({});
  for (int i = 0; i < 200; ++i) {
    items.items.push_back(
        map({{text("id"), integer(100'000 + i)},
             {text("name"), text("Customer number " + std::to_string(i))},
             {text("mail"), text("customer." + std::to_string(i) + "@example.org")},
             {text("balance"), real(static_cast<double>(random.below(1'000'000)) / 100)},
             {text("active"), boolean(random.below(2) == 0)},
             {text("tags"), list({text("new"), text("europe"), null()})}}));
  }
  return map({{text("page"), integer(1)}, {text("items"), std::move(items)}});
}

Value numbers() {
  RandomValues random(2);
  Value out = list({});
  for (int i = 0; i < 1'000; ++i) {
    out.items.push_back(real(random.real_number()));
    out.items.push_back(integer(static_cast<int64_t>(random.below(1u << 30))));
  }
  return out;
}

Value texts() {
  Value out = list({});
  for (int i = 0; i < 50; ++i) {
    out.items.push_back(text(std::string(1'000, 'a') + "\n" + std::string(1'000, 'b')));
    out.items.push_back(text("Grüße aus Köln, 世界! " + std::string(500, 'c')));
  }
  return out;
}

const Value& sample(int64_t which) {
  static const Value values[] = {records(), numbers(), texts()};
  return values[which];
}

const Serializer& json() {
  static const Serializer serializer(coffer::json::kJson);
  return serializer;
}

const std::string& sample_text(int64_t which) {
  static const std::string bytes[] = {json().encode(sample(0)).bytes,
                                      json().encode(sample(1)).bytes,
                                      json().encode(sample(2)).bytes};
  return bytes[which];
}

// ---- Receivers and players, the same for both sides
// -------------------------------------------------------------------

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

struct CountHandler : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, CountHandler> {
  Count count;
  bool Default() { return counted(&count, 0) == COFFER_OK; }
  bool String(const char*, rapidjson::SizeType n, bool) { return counted(&count, n) == COFFER_OK; }
};

// The events of a value as a flat list, so that playing them costs little and the same on both
// sides.
struct Event {
  enum { kNull, kBool, kI64, kF64, kText, kList, kListEnd, kMap, kMapEnd } kind;
  bool key = false;
  int64_t i64 = 0;
  double f64 = 0;
  std::string text;
};

std::vector<Event> flat(const Value& value, bool key = false) {
  using Kind = Value::Kind;
  Event event;
  event.key = key;
  switch (value.kind) {
    case Kind::kNull:
      return event.kind = Event::kNull, std::vector{event};
    case Kind::kBoolean:
      return event.kind = Event::kBool, event.i64 = static_cast<int64_t>(value.bits),
             std::vector{event};
    case Kind::kInteger:
      return event.kind = Event::kI64, event.i64 = std::stoll(value.bytes), std::vector{event};
    case Kind::kFloat:
      std::memcpy(&event.f64, &value.bits, sizeof(event.f64));
      return event.kind = Event::kF64, std::vector{event};
    case Kind::kText:
      return event.kind = Event::kText, event.text = value.bytes, std::vector{event};
    default:
      break;
  }
  const bool is_map = value.kind == Kind::kMap;
  event.kind = is_map ? Event::kMap : Event::kList;
  std::vector<Event> out{event};
  for (size_t i = 0; i < value.items.size(); ++i) {
    for (Event& inner : flat(value.items[i], is_map && i % 2 == 0)) out.push_back(std::move(inner));
  }
  event.kind = is_map ? Event::kMapEnd : Event::kListEnd;
  out.push_back(event);
  return out;
}

const std::vector<Event>& sample_events(int64_t which) {
  static const std::vector<Event> events[] = {flat(sample(0)), flat(sample(1)), flat(sample(2))};
  return events[which];
}

coffer_status play_events(void* self, const coffer_visitor* v, coffer_sink*) {
  coffer_status status = COFFER_OK;
  for (const Event& event : *static_cast<const std::vector<Event>*>(self)) {
    switch (event.kind) {
      case Event::kNull:
        status = v->null(v->self);
        break;
      case Event::kBool:
        status = v->boolean(v->self, static_cast<uint8_t>(event.i64));
        break;
      case Event::kI64:
        status = v->i64(v->self, event.i64);
        break;
      case Event::kF64:
        status = v->f64(v->self, event.f64);
        break;
      case Event::kText:
        status = v->text(v->self, event.text.data(), event.text.size());
        break;
      case Event::kList:
        status = v->list_begin(v->self, COFFER_COUNT_UNKNOWN, COFFER_LIST);
        break;
      case Event::kListEnd:
        status = v->list_end(v->self);
        break;
      case Event::kMap:
        status = v->map_begin(v->self, COFFER_COUNT_UNKNOWN);
        break;
      case Event::kMapEnd:
        status = v->map_end(v->self);
        break;
    }
    if (status != COFFER_OK) return status;
  }
  return status;
}

using DirectWriter =
    rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::UTF8<>,
                      rapidjson::CrtAllocator, rapidjson::kWriteValidateEncodingFlag>;

bool write_event(DirectWriter& to, const Event& event) {
  switch (event.kind) {
    case Event::kNull:
      return to.Null();
    case Event::kBool:
      return to.Bool(event.i64 != 0);
    case Event::kI64:
      return to.Int64(event.i64);
    case Event::kF64:
      return to.Double(event.f64);
    case Event::kText:
      return to.String(event.text.data(), static_cast<rapidjson::SizeType>(event.text.size()));
    case Event::kList:
      return to.StartArray();
    case Event::kListEnd:
      return to.EndArray();
    case Event::kMap:
      return to.StartObject();
    case Event::kMapEnd:
      return to.EndObject();
  }
  return false;
}

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

// ---- The four
// -------------------------------------------------------------------------------------------------------

void report(benchmark::State& state, size_t bytes) {
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes));
  const char* names[] = {"records", "numbers", "texts"};
  state.SetLabel(names[state.range(0)]);
}

void decode_coffer(benchmark::State& state) {
  const std::string& bytes = sample_text(state.range(0));
  Count count;
  const coffer_visitor visitor = counter(count);
  for (auto _ : state) {
    const coffer_status status = json().table().decode(json().self(), {bytes.data(), bytes.size()},
                                                       &visitor, &kAmple, nullptr);
    if (status != COFFER_OK) return state.SkipWithError("not decoded");
  }
  benchmark::DoNotOptimize(count);
  report(state, bytes.size());
}

void decode_rapidjson(benchmark::State& state) {
  constexpr unsigned kFlags =
      rapidjson::kParseValidateEncodingFlag | rapidjson::kParseFullPrecisionFlag;
  const std::string& bytes = sample_text(state.range(0));
  CountHandler handler;
  for (auto _ : state) {
    rapidjson::Reader reader;
    rapidjson::MemoryStream in(bytes.data(), bytes.size());
    if (reader.Parse<kFlags>(in, handler).IsError()) return state.SkipWithError("not decoded");
  }
  benchmark::DoNotOptimize(handler.count);
  report(state, bytes.size());
}

void encode_coffer(benchmark::State& state) {
  const coffer_value value = {const_cast<std::vector<Event>*>(&sample_events(state.range(0))),
                              play_events};
  Memory memory;
  const coffer_writer writer = memory.writer();
  for (auto _ : state) {
    memory.clear();
    if (json().table().encode(json().self(), &value, &writer, nullptr) != COFFER_OK) {
      return state.SkipWithError("not encoded");
    }
  }
  report(state, memory.size());
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

BENCHMARK(decode_coffer)->DenseRange(0, 2);
BENCHMARK(decode_rapidjson)->DenseRange(0, 2);
BENCHMARK(encode_coffer)->DenseRange(0, 2);
BENCHMARK(encode_rapidjson)->DenseRange(0, 2);

}  // namespace

BENCHMARK_MAIN();
