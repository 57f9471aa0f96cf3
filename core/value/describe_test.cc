#include "core/value/describe.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "core/value/testing/recorder.h"

namespace coffer::core {
namespace {

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
  Player player(recorder.visitor());
  play(player);
  EXPECT_EQ(player.status(), COFFER_OK);
  EXPECT_EQ(recorder.heard,
            "{ name x size i5 huge u18446744073709551615 count i-3 ratio f0.500000 on true list [ "
            "null ] } ");
}

TEST(Player, StopsAtTheFirstFailureWhereverItIs) {
  Recorder whole;
  Player all(whole.visitor());
  play(all);
  for (int at = 0; at < whole.events; ++at) {
    Recorder recorder;
    recorder.fail_at = at;
    Player player(recorder.visitor());
    play(player);
    EXPECT_EQ(player.status(), COFFER_TOO_LARGE);
    EXPECT_EQ(recorder.events, at + 1);
  }
}

TEST(Player, SendsValidTextOnly) {
  Recorder recorder;
  Player player(recorder.visitor());
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
  Player player(recorder.visitor());
  player.options(options);
  EXPECT_EQ(recorder.heard, "{ capacity i100 bytes 64KiB sync true password *** } ");
}

TEST(CheckVisitor, RefusesWhatCannotBePlayedInto) {
  Recorder recorder;
  const coffer_visitor good = *recorder.visitor();
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
