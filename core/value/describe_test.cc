#include "core/value/describe.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace coffer::core {
namespace {

// Writes what it hears in one line, and fails at the event numbered `fail_at`.
struct Recorder {
  std::string heard;
  int events = 0;
  int fail_at = -1;

  coffer_status event(std::string text) {
    heard += text + " ";
    return events++ == fail_at ? COFFER_TOO_LARGE : COFFER_OK;
  }
};

Recorder& of(void* self) { return *static_cast<Recorder*>(self); }

coffer_visitor visitor_for(Recorder& recorder) {
  coffer_visitor v = {};
  v.struct_size = sizeof(v);
  v.self = &recorder;
  v.null = [](void* s) { return of(s).event("null"); };
  v.boolean = [](void* s, uint8_t b) { return of(s).event(b != 0 ? "true" : "false"); };
  v.i64 = [](void* s, int64_t n) { return of(s).event("i" + std::to_string(n)); };
  v.u64 = [](void* s, uint64_t n) { return of(s).event("u" + std::to_string(n)); };
  v.bigint = [](void* s, const char* t, size_t n) { return of(s).event(std::string(t, n)); };
  v.f64 = [](void* s, double d) { return of(s).event("f" + std::to_string(d)); };
  v.text = [](void* s, const char* t, size_t n) { return of(s).event(std::string(t, n)); };
  v.blob = [](void* s, const void*, size_t) { return of(s).event("blob"); };
  v.list_begin = [](void* s, uint64_t, uint32_t) { return of(s).event("["); };
  v.list_end = [](void* s) { return of(s).event("]"); };
  v.map_begin = [](void* s, uint64_t) { return of(s).event("{"); };
  v.map_end = [](void* s) { return of(s).event("}"); };
  v.ext = [](void* s, uint32_t, const void*, size_t) { return of(s).event("ext"); };
  return v;
}

void play(Player& p) {
  p.map_begin();
  p.field("name", "x");
  p.field("size", uint64_t{5});
  p.field("huge", std::numeric_limits<uint64_t>::max());
  p.field("count", -3);
  p.field("ratio", 0.5);
  p.field("on", true);
  p.key("list");
  p.list_begin();
  p.null();
  p.list_end();
  p.map_end();
}

TEST(Player, PlaysWhatIsWritten) {
  Recorder recorder;
  const coffer_visitor visitor = visitor_for(recorder);
  Player player(&visitor);
  play(player);
  EXPECT_EQ(player.status(), COFFER_OK);
  EXPECT_EQ(recorder.heard,
            "{ name x size i5 huge u18446744073709551615 count i-3 ratio f0.500000 on true list [ "
            "null ] } ");
}

TEST(Player, StopsAtTheFirstFailureWhereverItIs) {
  Recorder whole;
  const coffer_visitor listener = visitor_for(whole);
  Player all(&listener);
  play(all);
  for (int at = 0; at < whole.events; ++at) {
    Recorder recorder;
    recorder.fail_at = at;
    const coffer_visitor visitor = visitor_for(recorder);
    Player player(&visitor);
    play(player);
    EXPECT_EQ(player.status(), COFFER_TOO_LARGE);
    EXPECT_EQ(recorder.events, at + 1);
  }
}

TEST(Player, SendsValidTextOnly) {
  Recorder recorder;
  const coffer_visitor visitor = visitor_for(recorder);
  Player player(&visitor);
  player.text("/tmp/\xff\xc3(");
  EXPECT_EQ(recorder.heard, "/tmp/\uFFFD\uFFFD( ");
}

TEST(Player, ShowsOptionsInTheirTypesAndHidesSecrets) {
  Options options;
  options.set(int_option("capacity", 100));
  Option size = int_option("bytes", 65'536);
  size.type = COFFER_TYPE_SIZE;
  options.set(size);
  Option sync = int_option("sync", 1);
  sync.type = COFFER_TYPE_BOOL;
  options.set(sync);
  Option secret = text_option("password", "hunter2");
  secret.secret = true;
  options.set(secret);
  Recorder recorder;
  const coffer_visitor visitor = visitor_for(recorder);
  Player player(&visitor);
  player.options(options);
  EXPECT_EQ(recorder.heard, "{ capacity i100 bytes 64KiB sync true password *** } ");
}

TEST(CheckVisitor, RefusesWhatCannotBePlayedInto) {
  Recorder recorder;
  const coffer_visitor good = visitor_for(recorder);
  coffer_sink sink;
  EXPECT_EQ(check_visitor(&good, sink), COFFER_OK);
  EXPECT_EQ(check_visitor(nullptr, sink), COFFER_INVALID_ARGUMENT);
  for (uint32_t size : {0u, 119u, 4097u, 0xFFFFFFFFu}) {
    coffer_visitor bad = good;
    bad.struct_size = size;
    EXPECT_EQ(check_visitor(&bad, sink), COFFER_INVALID_ARGUMENT) << size;
  }
  coffer_visitor bad = good;
  bad.reserved = 1;
  EXPECT_EQ(check_visitor(&bad, sink), COFFER_INVALID_ARGUMENT);
  bad = good;
  bad.map_end = nullptr;
  EXPECT_EQ(check_visitor(&bad, sink), COFFER_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace coffer::core
