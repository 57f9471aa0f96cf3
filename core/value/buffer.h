// Where a serializer writes: bytes that grow geometrically up to a limit.
#ifndef COFFER_CORE_VALUE_BUFFER_H_
#define COFFER_CORE_VALUE_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "coffer/plugin/serializer.h"
#include "core/error/error.h"

namespace coffer::core {

// Starts without memory. One thread at a time; may be used again and again, keeping its memory.
class BufferWriter {
 public:
  // `limit` says what `max_size` is in the message of a failure: "max_value".
  explicit BufferWriter(size_t max_size = SIZE_MAX, const char* limit = "max_size");
  BufferWriter(const BufferWriter&) = delete;
  BufferWriter& operator=(const BufferWriter&) = delete;
  ~BufferWriter();

  const coffer_writer* get() const { return &writer_; }

  // The verdict once the serializer has returned `status`: a failure of this writer, with its
  // reason, comes before what the serializer made of it. `who` is "serializer json".
  coffer_status finish(coffer_status status, std::string_view who, coffer_sink& sink) noexcept;

  const void* data() const { return data_; }
  size_t size() const { return size_; }
  coffer_bytes bytes() const { return {data_, size_}; }

  // Hands the memory (of malloc, without much slack; NULL if nothing was written) to the caller.
  void* release(size_t* size) noexcept;

  // Forgets the bytes and any failure, and keeps the memory.
  void clear();

 private:
  enum class Problem { kNone, kTooLarge, kOutOfMemory, kOvercommitted };

  static void* reserve(void* self, size_t size, coffer_status* status) noexcept;
  static void commit(void* self, size_t size) noexcept;
  bool grow(size_t needed) noexcept;

  coffer_writer writer_;
  const size_t max_size_;
  const char* const limit_;
  char* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
  size_t reserved_ = 0;  // room that may still be kept
  Problem problem_ = Problem::kNone;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_VALUE_BUFFER_H_
