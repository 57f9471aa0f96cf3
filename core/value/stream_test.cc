#include "core/value/stream.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace coffer::core {
namespace {

// Takes bytes, up to a limit.
struct Sink {
  std::string bytes;
  size_t largest = 0;
  size_t room = SIZE_MAX;
  coffer_status full = COFFER_IO;

  coffer_output output() {
    return {this, [](void* self, const void* data, size_t size) {
              auto& sink = *static_cast<Sink*>(self);
              if (sink.bytes.size() + size > sink.room) return sink.full;
              sink.largest = std::max(sink.largest, size);
              sink.bytes.append(static_cast<const char*>(data), size);
              return coffer_status{COFFER_OK};
            }};
  }
};

coffer_status write(const coffer_writer& out, std::string_view bytes) {
  coffer_status status = COFFER_OK;
  void* room = out.reserve(out.self, bytes.size() + 10, &status);
  if (room == nullptr) return status;
  std::memcpy(room, bytes.data(), bytes.size());
  out.commit(out.self, bytes.size());
  return COFFER_OK;
}

TEST(Stream, HandsOnPiecesInOrder) {
  Sink to;
  const coffer_output output = to.output();
  StreamWriter writer(output);
  std::string expected;
  for (int i = 0; i < 100'000; ++i) {
    const std::string piece = std::to_string(i) + ",";
    ASSERT_EQ(write(*writer.get(), piece), COFFER_OK);
    expected += piece;
  }
  EXPECT_GT(to.bytes.size(), 400'000u);
  coffer_sink sink;
  EXPECT_EQ(writer.finish(COFFER_OK, "serializer x", sink), COFFER_OK);
  EXPECT_EQ(to.bytes, expected);
  EXPECT_LE(to.largest, size_t{64} << 10);
}

TEST(Stream, GrowsForWhatIsReservedAtOnce) {
  Sink to;
  const coffer_output output = to.output();
  StreamWriter writer(output);
  coffer_sink sink;
  const std::string large(1'000'000, 'x');
  for (const std::string& piece : {std::string("a"), large, std::string("b"), large}) {
    ASSERT_EQ(write(*writer.get(), piece), COFFER_OK);
  }
  EXPECT_EQ(writer.finish(COFFER_OK, "serializer x", sink), COFFER_OK);
  EXPECT_EQ(to.bytes, "a" + large + "b" + large);
}

TEST(Stream, AFailureOfTheOutputEndsIt) {
  for (const coffer_status full : {COFFER_IO, COFFER_CANCELLED, COFFER_MISS}) {
    Sink to;
    to.room = 100'000;
    to.full = full;
    const coffer_output output = to.output();
    StreamWriter writer(output);
    coffer_status status = COFFER_OK;
    int pieces = 0;
    for (; status == COFFER_OK && pieces < 1000; ++pieces)
      status = write(*writer.get(), std::string(1000, 'x'));
    EXPECT_LT(pieces, 250);
    EXPECT_EQ(status, full == COFFER_MISS ? COFFER_IO : full);
    coffer_sink sink;
    EXPECT_EQ(writer.finish(status, "serializer x", sink), status);
    ASSERT_NE(sink.error, nullptr);
    EXPECT_EQ(sink.error->message, "the bytes could not be written where they go");
  }
}

TEST(Stream, AFailureOfTheSerializerHandsOnNoMore) {
  Sink to;
  const coffer_output output = to.output();
  StreamWriter writer(output);
  write(*writer.get(), "half");
  coffer_sink sink;
  EXPECT_EQ(writer.finish(COFFER_UNSUPPORTED, "serializer x", sink), COFFER_UNSUPPORTED);
  EXPECT_EQ(to.bytes, "");
}

TEST(Stream, KeepingMoreThanReservedIsAFault) {
  Sink to;
  const coffer_output output = to.output();
  StreamWriter writer(output);
  coffer_status status = COFFER_OK;
  writer.get()->reserve(writer.get()->self, 10, &status);
  writer.get()->commit(writer.get()->self, 1'000'000);
  coffer_sink sink;
  EXPECT_EQ(writer.finish(COFFER_OK, "serializer x", sink), COFFER_PLUGIN_FAULT);
  EXPECT_EQ(sink.error->message, "serializer x kept more bytes than it had reserved room for");
}

}  // namespace
}  // namespace coffer::core
