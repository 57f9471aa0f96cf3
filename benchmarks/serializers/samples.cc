#include "benchmarks/serializers/samples.h"

#include <cmath>
#include <cstring>

#include "plugins/serializers/testing/random_value.h"

namespace coffer::benchmarks {
namespace {

using namespace coffer::serializers;

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

// One kind of number alone each: what an average hides.
Value integers() {
  RandomValues random(3);
  Value out = list({});
  // Every number of digits as often as every other.
  for (int i = 0; i < 2'000; ++i) {
    const auto bits = static_cast<int64_t>(random.below(UINT64_MAX) >> random.below(64) >> 1);
    out.items.push_back(integer(random.below(4) == 0 ? -bits : bits));
  }
  return out;
}

Value prices() {
  RandomValues random(4);
  Value out = list({});
  for (int i = 0; i < 2'000; ++i) {
    out.items.push_back(real(static_cast<double>(random.below(1'000'000)) / 100));
  }
  return out;
}

// Floats that use all of their bits, as computing makes them.
Value floats() {
  RandomValues random(5);
  Value out = list({});
  for (int i = 0; i < 2'000; ++i) {
    out.items.push_back(real(std::ldexp(static_cast<double>(random.below(1ull << 53)), -53)));
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

std::vector<Event> flat(const Value& value, bool key = false) {
  using Kind = Value::Kind;
  Event event;
  event.key = key;
  switch (value.kind) {
    case Kind::kNull: return event.kind = Event::kNull, std::vector{event};
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
    default: break;
  }
  const bool is_map = value.kind == Kind::kMap;
  event.kind = is_map ? Event::kMap : Event::kList;
  event.i64 = static_cast<int64_t>(value.items.size() / (is_map ? 2 : 1));
  std::vector<Event> out{event};
  for (size_t i = 0; i < value.items.size(); ++i) {
    for (Event& inner : flat(value.items[i], is_map && i % 2 == 0)) out.push_back(std::move(inner));
  }
  event.kind = is_map ? Event::kMapEnd : Event::kListEnd;
  out.push_back(event);
  return out;
}

coffer_status play_events(void* self, const coffer_visitor* v, coffer_sink*) {
  coffer_status status = COFFER_OK;
  for (const Event& event : *static_cast<const std::vector<Event>*>(self)) {
    switch (event.kind) {
      case Event::kNull: status = v->null(v->self); break;
      case Event::kBool: status = v->boolean(v->self, static_cast<uint8_t>(event.i64)); break;
      case Event::kI64: status = v->i64(v->self, event.i64); break;
      case Event::kF64: status = v->f64(v->self, event.f64); break;
      case Event::kText: status = v->text(v->self, event.text.data(), event.text.size()); break;
      case Event::kList:
        status = v->list_begin(v->self, static_cast<uint64_t>(event.i64), COFFER_LIST);
        break;
      case Event::kListEnd: status = v->list_end(v->self); break;
      case Event::kMap: status = v->map_begin(v->self, static_cast<uint64_t>(event.i64)); break;
      case Event::kMapEnd: status = v->map_end(v->self); break;
    }
    if (status != COFFER_OK) return status;
  }
  return status;
}

}  // namespace

const Value& sample(int64_t which) {
  static const Value values[] = {records(), numbers(), texts(), integers(), prices(), floats()};
  return values[which];
}

const char* sample_name(int64_t which) {
  const char* names[] = {"records", "numbers", "texts", "integers", "prices", "floats"};
  return names[which];
}

const std::vector<Event>& sample_events(int64_t which) {
  static const std::vector<std::vector<Event>> events = [] {
    std::vector<std::vector<Event>> all;
    for (int64_t i = 0; i < kSamples; ++i) all.push_back(flat(sample(i)));
    return all;
  }();
  return events[static_cast<size_t>(which)];
}

coffer_value events_value(const std::vector<Event>& events) {
  return {const_cast<std::vector<Event>*>(&events), play_events};
}

std::vector<std::string> encodings(const Serializer& serializer) {
  std::vector<std::string> out;
  for (int64_t i = 0; i < kSamples; ++i) out.push_back(serializer.encode(sample(i)).bytes);
  return out;
}

void decode(benchmark::State& state, const Serializer& serializer, const std::string& encoding) {
  Count count;
  const coffer_visitor visitor = counter(count);
  const coffer_bytes bytes = {encoding.data(), encoding.size()};
  for (auto _ : state) {
    if (serializer.table().decode(serializer.self(), bytes, &visitor, &kAmple, nullptr) !=
        COFFER_OK) {
      return state.SkipWithError("not decoded");
    }
  }
  benchmark::DoNotOptimize(count);
  report(state, encoding.size());
}

void encode(benchmark::State& state, const Serializer& serializer,
            const std::vector<Event>& events) {
  const coffer_value value = events_value(events);
  Memory memory;
  const coffer_writer writer = memory.writer();
  for (auto _ : state) {
    memory.clear();
    if (serializer.table().encode(serializer.self(), &value, &writer, nullptr) != COFFER_OK) {
      return state.SkipWithError("not encoded");
    }
  }
  report(state, memory.size());
}

void report(benchmark::State& state, size_t bytes) {
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes));
  state.SetLabel(sample_name(state.range(0)));
}

}  // namespace coffer::benchmarks
