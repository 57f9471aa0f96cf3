// Where a serializer writes what is too much to keep: a piece of fixed size, handed on when it is
// full.
#ifndef COFFER_CORE_VALUE_STREAM_H_
#define COFFER_CORE_VALUE_STREAM_H_

#include <cstddef>
#include <string_view>

#include "coffer/plugin/serializer.h"
#include "coffer/serializer.h"
#include "core/error/error.h"

namespace coffer::core {

// Memory is one piece, or as much as the serializer reserves at once: the longest text. One thread,
// for one value.
class StreamWriter {
 public:
  explicit StreamWriter(const coffer_output& to) : writer_{this, reserve, commit}, to_(to) {}
  StreamWriter(const StreamWriter&) = delete;
  StreamWriter& operator=(const StreamWriter&) = delete;
  ~StreamWriter();

  const coffer_writer* get() const { return &writer_; }

  // As BufferWriter::finish; hands on the last piece if all is well. A failure of the output is
  // returned as it is.
  coffer_status finish(coffer_status status, std::string_view who, coffer_sink& sink);

 private:
  static constexpr size_t kPiece = 64 << 10;

  static void* reserve(void* self, size_t size, coffer_status* status) noexcept;
  static void commit(void* self, size_t size) noexcept;
  bool make_room(size_t size) noexcept;
  bool hand_on() noexcept;

  coffer_writer writer_;
  const coffer_output& to_;
  char* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
  size_t reserved_ = 0;
  coffer_status failure_ = COFFER_OK;  // of the output, or EXHAUSTED
  bool overcommitted_ = false;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_VALUE_STREAM_H_
