#include "core/value/buffer.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <string>

// Running out of memory is tested here: sanitizers shall answer it as malloc does.
#define COFFER_VISIBLE __attribute__((visibility("default")))
extern "C" COFFER_VISIBLE const char* __asan_default_options() {
  return "allocator_may_return_null=1";
}
extern "C" COFFER_VISIBLE const char* __tsan_default_options() {
  return "allocator_may_return_null=1";
}

namespace coffer::core {
namespace {

constexpr size_t kSlack = 64 << 10;

// Writes as a serializer does: reserves, copies, keeps.
coffer_status write(const coffer_writer& out, std::string_view bytes, size_t more_room = 0) {
  coffer_status status = COFFER_OK;
  void* room = out.reserve(out.self, bytes.size() + more_room, &status);
  if (room == nullptr) return status;
  std::memcpy(room, bytes.data(), bytes.size());
  out.commit(out.self, bytes.size());
  return COFFER_OK;
}

std::string_view text(const BufferWriter& buffer) {
  return {static_cast<const char*>(buffer.data()), buffer.size()};
}

TEST(Buffer, GrowsAndKeepsWhatWasWritten) {
  BufferWriter buffer;
  std::string expected;
  for (int i = 0; i < 20'000; ++i) {
    const std::string piece = std::to_string(i) + ",";
    ASSERT_EQ(write(*buffer.get(), piece, i % 50), COFFER_OK);
    expected += piece;
  }
  EXPECT_EQ(text(buffer), expected);
  size_t size = 0;
  void* data = buffer.release(&size);
  EXPECT_EQ(std::string_view(static_cast<char*>(data), size), expected);
  std::free(data);
  EXPECT_EQ(buffer.size(), 0u);
  EXPECT_EQ(buffer.release(&size), nullptr);
  EXPECT_EQ(size, 0u);
}

TEST(Buffer, TheLimitCountsWhatIsKept) {
  BufferWriter buffer(100, "max_value");
  coffer_sink sink;
  // Room for the worst case is no offence.
  ASSERT_EQ(write(*buffer.get(), std::string(100, 'x'), 5'000), COFFER_OK);
  EXPECT_EQ(buffer.finish(COFFER_OK, "serializer x", sink), COFFER_OK);
  ASSERT_EQ(write(*buffer.get(), "y"), COFFER_OK);
  EXPECT_EQ(write(*buffer.get(), "z"), COFFER_TOO_LARGE);
  // What the serializer makes of it does not matter.
  EXPECT_EQ(buffer.finish(COFFER_OK, "serializer x", sink), COFFER_TOO_LARGE);
  EXPECT_EQ(sink.error->message, "the encoded value is larger than 100 bytes (limit max_value)");
  buffer.clear();
  EXPECT_EQ(write(*buffer.get(), "z"), COFFER_OK);
  EXPECT_EQ(text(buffer), "z");
}

TEST(Buffer, NoRoomFarBeyondTheLimit) {
  BufferWriter buffer(100);
  coffer_status status = COFFER_OK;
  EXPECT_NE(buffer.get()->reserve(buffer.get()->self, 100 + kSlack, &status), nullptr);
  EXPECT_EQ(buffer.get()->reserve(buffer.get()->self, 101 + kSlack, &status), nullptr);
  EXPECT_EQ(status, COFFER_TOO_LARGE);
}

TEST(Buffer, OutOfMemoryIsAFailure) {
  BufferWriter buffer;
  coffer_status status = COFFER_OK;
  ASSERT_EQ(write(*buffer.get(), "abc"), COFFER_OK);
  EXPECT_EQ(buffer.get()->reserve(buffer.get()->self, SIZE_MAX / 4, &status), nullptr);
  EXPECT_EQ(status, COFFER_EXHAUSTED);
  coffer_sink sink;
  EXPECT_EQ(buffer.finish(status, "serializer x", sink), COFFER_EXHAUSTED);
  EXPECT_EQ(text(buffer), "abc");
}

TEST(Buffer, KeepingMoreThanReservedIsAFault) {
  BufferWriter buffer;
  coffer_status status = COFFER_OK;
  buffer.get()->commit(buffer.get()->self, 1);
  EXPECT_EQ(buffer.get()->reserve(buffer.get()->self, 1, &status), nullptr);
  coffer_sink sink;
  EXPECT_EQ(buffer.finish(COFFER_OK, "serializer x", sink), COFFER_PLUGIN_FAULT);
  EXPECT_EQ(sink.error->message, "serializer x kept more bytes than it had reserved room for");

  buffer.clear();  // room can be kept from once
  ASSERT_NE(buffer.get()->reserve(buffer.get()->self, 10, &status), nullptr);
  buffer.get()->commit(buffer.get()->self, 5);
  buffer.get()->commit(buffer.get()->self, 5);
  EXPECT_EQ(buffer.finish(COFFER_OK, "serializer x", sink), COFFER_PLUGIN_FAULT);
}

}  // namespace
}  // namespace coffer::core
