#include "core/value/limits.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <string>
#include <utility>

#include "core/value/tape.h"

namespace coffer::core {
namespace {

using Player = LimitVisitor::Player;
using Play = std::function<coffer_status(const coffer_visitor&)>;

constexpr coffer_limits kSmall = {sizeof(coffer_limits), 3, 10, 20};

struct Verdict {
  coffer_status status;
  std::string message;
  std::string limit;
};

std::string detail(const coffer_sink& sink, std::string_view name) {
  if (sink.error == nullptr) return "";
  for (const auto& [key, value] : sink.error->details) {
    if (key == name) return value;
  }
  return "";
}

// Plays into a tape through a LimitVisitor, as one who does not care what it is answered.
Verdict judge(const Play& play, Player player = Player::kPlugin,
              const coffer_limits& limits = kSmall) {
  Tape tape;
  LimitVisitor visitor(*tape.recorder(), limits, player, "serializer x");
  coffer_sink sink;
  const coffer_status status = visitor.finish(play(*visitor.get()), sink);
  EXPECT_TRUE(status != COFFER_OK || tape.complete());
  return {status, sink.error != nullptr ? sink.error->message : "", detail(sink, "limit")};
}

coffer_status text(const coffer_visitor& v, std::string_view text) {
  return v.text(v.self, text.data(), text.size());
}

TEST(Limits, DefaultsStandForNullAndZero) {
  coffer_sink sink;
  coffer_limits out;
  ASSERT_EQ(complete_limits(nullptr, out, sink), COFFER_OK);
  EXPECT_EQ(out.max_depth, 128u);
  EXPECT_EQ(out.max_items, 10'000'000u);
  EXPECT_EQ(out.max_bytes, 1u << 30);
  const coffer_limits some = {sizeof(some), 0, 5, 0};
  ASSERT_EQ(complete_limits(&some, out, sink), COFFER_OK);
  EXPECT_EQ(out.max_depth, 128u);
  EXPECT_EQ(out.max_items, 5u);
  const coffer_limits zero = {};
  EXPECT_EQ(complete_limits(&zero, out, sink), COFFER_INVALID_ARGUMENT);
}

TEST(Limits, HandsOnEveryKindOfEvent) {
  const coffer_limits limits = {sizeof(limits), 9, 99, 999};
  EXPECT_EQ(judge(
                [](const coffer_visitor& v) {
                  v.map_begin(v.self, COFFER_COUNT_UNKNOWN);
                  text(v, "a");
                  v.list_begin(v.self, 9, COFFER_SET);
                  v.null(v.self);
                  v.boolean(v.self, 1);
                  v.i64(v.self, INT64_MIN);
                  v.u64(v.self, UINT64_MAX);
                  v.bigint(v.self, "18446744073709551616", 20);
                  v.f64(v.self, -0.0);
                  v.blob(v.self, nullptr, 0);
                  v.ext(v.self, COFFER_EXT_UUID, "0123456789abcdef", 16);
                  v.map_begin(v.self, 0);
                  v.map_end(v.self);
                  v.list_end(v.self);
                  return v.map_end(v.self);
                },
                Player::kPlugin, limits)
                .message,
            "");
}

// Each limit: reaching it is fine, passing it is TOO_LARGE and names it.
TEST(Limits, AreKept) {
  const auto nested = [](int depth) {
    return [depth](const coffer_visitor& v) {
      for (int i = 0; i < depth; ++i) v.list_begin(v.self, COFFER_COUNT_UNKNOWN, COFFER_LIST);
      coffer_status status = COFFER_OK;
      for (int i = 0; i < depth; ++i) status = v.list_end(v.self);
      return status;
    };
  };
  const auto items = [](int count) {
    return [count](const coffer_visitor& v) {
      v.list_begin(v.self, count, COFFER_LIST);
      for (int i = 0; i < count; ++i) v.i64(v.self, i);
      return v.list_end(v.self);
    };
  };
  const auto bytes = [](size_t size) {
    return [size](const coffer_visitor& v) { return text(v, std::string(size, 'x')); };
  };
  const struct {
    Play fits, over;
    std::string limit, number;
  } cases[] = {{nested(3), nested(4), "max_depth", "3"},
               {items(9), items(10), "max_items", "10"},
               {bytes(20), bytes(21), "max_bytes", "20"}};
  for (const auto& c : cases) {
    EXPECT_EQ(judge(c.fits).status, COFFER_OK) << c.limit;
    const Verdict over = judge(c.over);
    EXPECT_EQ(over.status, COFFER_TOO_LARGE) << c.limit;
    EXPECT_EQ(over.limit, c.limit);
    EXPECT_NE(over.message.find(c.limit), std::string::npos) << over.message;
    EXPECT_NE(over.message.find(" " + c.number + " "), std::string::npos) << over.message;
  }
}

TEST(Limits, BytesOfAllKindsAddUpAndCannotOverflow) {
  EXPECT_EQ(judge([](const coffer_visitor& v) {
              v.list_begin(v.self, COFFER_COUNT_UNKNOWN, COFFER_LIST);
              text(v, "1234567");
              v.blob(v.self, "1234567", 7);
              return v.ext(v.self, 2000, "1234567", 7);
            }).status,
            COFFER_TOO_LARGE);
  EXPECT_EQ(judge([](const coffer_visitor& v) {
              v.list_begin(v.self, COFFER_COUNT_UNKNOWN, COFFER_LIST);
              text(v, "1234567");
              return v.blob(v.self, "1234567", SIZE_MAX);
            }).limit,
            "max_bytes");
}

TEST(Limits, DepthBeyondTheInlineFrames) {
  const coffer_limits deep = {sizeof(deep), 100'000, 1'000'000, 1};
  const auto nested = [](const coffer_visitor& v) {
    for (int i = 0; i < 50'000; ++i) {
      v.list_begin(v.self, 1, COFFER_LIST);
      v.map_begin(v.self, 1);
      v.i64(v.self, i);
    }
    v.null(v.self);
    coffer_status status = COFFER_OK;
    for (int i = 0; i < 50'000; ++i) {
      v.map_end(v.self);
      status = v.list_end(v.self);
    }
    return status;
  };
  EXPECT_EQ(judge(nested, Player::kPlugin, deep).message, "");
}

// Every way to break the order or the form: the fault of the plugin or of the program.
TEST(Limits, NonsenseIsRefusedAndNamesThePlayer) {
  const struct {
    const char* message;
    Play play;
  } cases[] = {
      {"no value", [](const coffer_visitor&) { return COFFER_OK; }},
      {"a second value", [](const coffer_visitor& v) { return v.null(v.self), v.null(v.self); }},
      {"end of a list that was not begun",
       [](const coffer_visitor& v) { return v.list_end(v.self); }},
      {"end of a list that was not begun",
       [](const coffer_visitor& v) { return v.map_begin(v.self, 0), v.list_end(v.self); }},
      {"end of a map that was not begun",
       [](const coffer_visitor& v) {
         return v.list_begin(v.self, 0, COFFER_LIST), v.map_end(v.self);
       }},
      {"a list without its end",
       [](const coffer_visitor& v) { return v.list_begin(v.self, 0, COFFER_LIST); }},
      {"a map without its end", [](const coffer_visitor& v) { return v.map_begin(v.self, 0); }},
      {"a key and no value",
       [](const coffer_visitor& v) {
         v.map_begin(v.self, COFFER_COUNT_UNKNOWN);
         v.null(v.self);
         return v.map_end(v.self);
       }},
      {"a list of 1 that was announced as 2",
       [](const coffer_visitor& v) {
         return v.list_begin(v.self, 2, COFFER_LIST), v.null(v.self), v.list_end(v.self);
       }},
      {"more than the 1 announced for a map",
       [](const coffer_visitor& v) {
         v.map_begin(v.self, 1);
         for (int i = 0; i < 4; ++i) v.i64(v.self, i);
         return v.map_end(v.self);
       }},
      {"a boolean of 2", [](const coffer_visitor& v) { return v.boolean(v.self, 2); }},
      {"5 as u64", [](const coffer_visitor& v) { return v.u64(v.self, 5); }},
      {"a bigint that is not", [](const coffer_visitor& v) { return v.bigint(v.self, "12", 2); }},
      {"not UTF-8 at byte 2", [](const coffer_visitor& v) { return text(v, "ab\xff"); }},
      {"unknown kind 4", [](const coffer_visitor& v) { return v.list_begin(v.self, 0, 4); }},
      {"type 2 in a wrong form",
       [](const coffer_visitor& v) { return v.ext(v.self, COFFER_EXT_UUID, "short", 5); }},
      {"3 bytes at NULL", [](const coffer_visitor& v) { return v.blob(v.self, nullptr, 3); }},
      {"and returned MISS", [](const coffer_visitor& v) { return v.null(v.self), COFFER_MISS; }},
  };
  for (const auto& c : cases) {
    const Verdict plugin = judge(c.play, Player::kPlugin);
    EXPECT_EQ(plugin.status, COFFER_PLUGIN_FAULT) << c.message;
    EXPECT_NE(plugin.message.find("serializer x played "), std::string::npos) << plugin.message;
    EXPECT_NE(plugin.message.find(c.message), std::string::npos) << plugin.message;
    EXPECT_EQ(judge(c.play, Player::kProgram).status, COFFER_INVALID_ARGUMENT) << c.message;
  }
}

TEST(Limits, AnswerStaysTheSameAfterAFailure) {
  Tape tape;
  LimitVisitor visitor(*tape.recorder(), kSmall, Player::kPlugin, "serializer x");
  const coffer_visitor& v = *visitor.get();
  EXPECT_EQ(v.boolean(v.self, 7), COFFER_PLUGIN_FAULT);
  EXPECT_EQ(v.null(v.self), COFFER_PLUGIN_FAULT);
  EXPECT_EQ(v.list_begin(v.self, 0, COFFER_LIST), COFFER_PLUGIN_FAULT);
  EXPECT_EQ(v.map_end(v.self), COFFER_PLUGIN_FAULT);
  EXPECT_EQ(tape.bytes(), 0u);  // the receiver saw nothing of it
  coffer_sink sink;
  EXPECT_EQ(visitor.finish(COFFER_OK, sink), COFFER_PLUGIN_FAULT);
  EXPECT_EQ(detail(sink, "reason"), "PLUGIN_MISBEHAVING");
}

// A receiver that answers `status` to the first null.
struct Stopper {
  explicit Stopper(coffer_status status) : status(status), visitor(*tape.recorder()) {
    visitor.self = this;
    visitor.null = [](void* self) { return static_cast<Stopper*>(self)->status; };
  }
  coffer_status status;
  Tape tape;
  coffer_visitor visitor;
};

TEST(Limits, TheReceiversFailureIsPassedOn) {
  Stopper stopper(COFFER_CANCELLED);
  LimitVisitor visitor(stopper.visitor, kSmall, Player::kPlugin, "serializer x");
  EXPECT_EQ(visitor.get()->null(visitor.get()->self), COFFER_CANCELLED);
  coffer_sink sink;
  // The player swallowed it, and says another thing: what the receiver said counts.
  EXPECT_EQ(visitor.finish(COFFER_IO, sink), COFFER_CANCELLED);
  EXPECT_EQ(sink.error->message, "the receiver of the value stopped with CANCELLED");

  // A reason that is in the sink already stays.
  coffer_sink told;
  told.fail(COFFER_CANCELLED, "enough");
  EXPECT_EQ(visitor.finish(COFFER_CANCELLED, told), COFFER_CANCELLED);
  EXPECT_EQ(told.error->message, "enough");
}

TEST(Limits, AnOutcomeIsNoAnswer) {
  Stopper stopper(COFFER_MISS);
  LimitVisitor visitor(stopper.visitor, kSmall, Player::kPlugin, "serializer x");
  EXPECT_EQ(visitor.get()->null(visitor.get()->self), COFFER_INVALID_ARGUMENT);
  coffer_sink sink;
  EXPECT_EQ(visitor.finish(COFFER_INVALID_ARGUMENT, sink), COFFER_INVALID_ARGUMENT);
  EXPECT_NE(sink.error->message.find("MISS"), std::string::npos);
}

TEST(Limits, NoExceptionOfTheReceiverReachesThePlayer) {
  for (const auto& [player, status] : {std::pair{Player::kPlugin, COFFER_INVALID_ARGUMENT},
                                       {Player::kProgram, COFFER_PLUGIN_FAULT}}) {
    Tape tape;
    coffer_visitor throws = *tape.recorder();
    throws.text = [](void*, const char*, size_t) -> coffer_status { throw 1; };
    LimitVisitor visitor(throws, kSmall, player, "serializer x");
    EXPECT_EQ(text(*visitor.get(), "x"), status);
    coffer_sink sink;
    EXPECT_EQ(visitor.finish(status, sink), status);
    EXPECT_EQ(sink.error->message, "the receiver of the value let an exception escape");
  }
}

TEST(Limits, ThePlayersOwnFailureIsPassedOn) {
  Tape tape;
  LimitVisitor visitor(*tape.recorder(), kSmall, Player::kPlugin, "serializer x");
  coffer_sink sink;
  EXPECT_EQ(visitor.finish(COFFER_CORRUPT, sink), COFFER_CORRUPT);
  EXPECT_EQ(sink.error->message, "serializer x stopped with CORRUPT");
}

}  // namespace
}  // namespace coffer::core
