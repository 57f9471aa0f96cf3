// What a serializer does with values that are well.
#include <algorithm>

#include "plugins/conformance/checks.h"
#include "plugins/conformance/serializer_driver.h"

namespace coffer::conformance::checks {
namespace {

constexpr size_t kMemory = 8 << 20;

// A value that plays events by hand and then fails.
struct FailingValue {
  const coffer_host* host;
  uint64_t events;

  static coffer_status play(void* self, const coffer_visitor* into, coffer_sink* sink) {
    const auto& value = *static_cast<FailingValue*>(self);
    coffer_status status = into->list_begin(into->self, COFFER_COUNT_UNKNOWN, COFFER_LIST);
    for (uint64_t i = 0; status == COFFER_OK && i < value.events; ++i) {
      status = into->i64(into->self, 7);
    }
    if (status != COFFER_OK) return status;
    value.host->fail(value.host, sink, COFFER_UNAVAILABLE, 0, "the value is gone", 17);
    return COFFER_UNAVAILABLE;
  }
};

}  // namespace

void serializer_format(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Serializer serializer(c, host);
  if (serializer.table().format < 16) {
    c.fail("format is " + str(serializer.table().format) + "; 0 to 15 belong to the core");
  }
  const std::string media_type = serializer.table().media_type;
  if (media_type.find('/') == std::string::npos || !is_utf8(media_type)) {
    c.fail("the media type is " + quoted(media_type));
  }
  c.check(host);
}

void serializer_scalars(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Serializer serializer(c, host);
  GuardedMemory memory(kMemory);
  size_t refused = 0, total = 0;
  for (const Value& sample : scalar_samples()) {
    for (const Value& value :
         {sample, Value::list({sample, sample}), Value::map({Value::text("key"), sample}),
          Value::map({sample, Value::null()})}) {
      ++total;
      refused += serializer.round_trip(value, memory) ? 0 : 1;
    }
  }
  if (refused == total) c.fail("it refuses every value");
  if (refused > 0) c.note(str(refused) + " of " + str(total) + " values are refused");
  serializer.destroy();
  host.expect_silence();
  c.check(host, true);
}

void serializer_trees(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Serializer serializer(c, host);
  GuardedMemory memory(kMemory);
  const Palette held = serializer.palette();
  Palette any = held;
  any.scalars = scalar_samples();
  size_t refused = 0;
  for (int i = 0; i < 400; ++i) {
    if (!serializer.round_trip(random_tree(c.random(), held, 2 + i % 4), memory)) {
      c.fail("it refuses a tree of values that it accepts one by one");
    }
    refused += serializer.round_trip(random_tree(c.random(), any, 2), memory) ? 0 : 1;
  }
  for (int depth : {1, 10, 100, 127}) {
    Value deep = Value::integer(1);
    for (int i = 0; i < depth && !held.lists.empty(); ++i) deep = Value::list({std::move(deep)});
    if (!serializer.round_trip(deep, memory)) c.fail("it refuses lists " + str(depth) + " deep");
  }
  c.note(str(refused) + " of 400 trees of all kinds are refused");
  c.check(host);
}

void serializer_refusals(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Serializer serializer(c, host);
  size_t refused = 0;
  for (const Value& sample : scalar_samples()) {
    const Encoded alone = serializer.encode(sample);
    if (alone.status != COFFER_UNSUPPORTED) continue;
    ++refused;
    const auto expect_path = [&](const Value& value, const std::string& path) {
      const Encoded encoded = serializer.encode(value);
      const std::string* at = encoded.failure.detail("at");
      if (encoded.status != COFFER_UNSUPPORTED) c.fail("a refused value is accepted in a tree");
      if (at == nullptr) c.fail("the failure has no detail \"at\": " + encoded.failure.message);
      if (*at != path) c.fail("detail \"at\" is " + quoted(*at) + ", not " + quoted(path));
    };
    expect_path(sample, "$");
    const Value list = Value::list({Value::integer(1), sample});
    expect_path(list, "$[1]");
    expect_path(Value::map({Value::text("items"), list}), "$.items[1]");
  }
  if (refused == 0) c.note("it refuses nothing");
}

void serializer_deterministic(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Serializer first(c, host), second(c, host);
  const Palette palette = first.palette();
  for (int i = 0; i < 200; ++i) {
    const Value tree = random_tree(c.random(), palette, 4);
    const std::string bytes = first.encode(tree).bytes;
    if (first.encode(tree).bytes != bytes || second.encode(tree).bytes != bytes) {
      c.fail("the same value gives other bytes the second time");
    }
  }
  c.check(host);
}

void serializer_text(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Serializer serializer(c, host);
  for (const Value& sample : scalar_samples()) {
    const Encoded encoded = serializer.encode(sample);
    if (encoded.status != COFFER_OK) continue;
    if (!is_utf8(encoded.bytes)) c.fail("bytes that are not UTF-8");
    for (unsigned char byte : encoded.bytes) {
      const bool space = byte == '\n' || byte == '\r' || byte == '\t';
      if (byte < 0x20 && !space) c.fail("a control character in " + quoted(encoded.bytes));
    }
  }
}

void serializer_writer(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Serializer serializer(c, host);
  Value value = Value::list({Value::integer(1), Value::text(std::string(5000, 'x'))});
  for (coffer_status full : {COFFER_EXHAUSTED, COFFER_TOO_LARGE}) {
    for (uint64_t k = 1;; ++k) {
      const Encoded encoded = serializer.encode(playable(value), k, full);
      if (encoded.status == COFFER_OK && k > 1) break;
      if (encoded.status != full) {
        c.fail("the writer said " + status_text(full) + ", but encode returned " +
               status_text(encoded.status));
      }
      if (k > 100000) c.fail("a small value takes more than 100000 reserves");
    }
  }
  if (serializer.encode(value).status != COFFER_OK) c.fail("it does not recover");
  c.check(host);
}

void serializer_player(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Serializer serializer(c, host);
  if (serializer.palette().lists.empty()) return c.note("it holds no lists");
  for (uint64_t events : {0, 1, 100}) {
    FailingValue value = {serializer.host(), events};
    const Encoded encoded = serializer.encode({&value, FailingValue::play});
    if (encoded.status != COFFER_UNAVAILABLE || encoded.failure.message != "the value is gone") {
      c.fail("the value said UNAVAILABLE, but encode returned " + status_text(encoded.status) +
             ": " + encoded.failure.message);
    }
  }
  c.check(host);
}

void serializer_threads(Case& c) {
  FakeHost host;
  prepare(c, &host);
  Serializer serializer(c, host);
  const Palette palette = serializer.palette();
  const uint64_t seed = c.random().next();
  c.threads(4, [&](size_t thread) {
    Random random(seed + thread);
    GuardedMemory memory(kMemory);
    for (int i = 0; i < 150; ++i) serializer.round_trip(random_tree(random, palette, 4), memory);
  });
  serializer.destroy();
  c.check(host, true);
}

}  // namespace coffer::conformance::checks
