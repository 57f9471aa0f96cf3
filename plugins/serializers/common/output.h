// A stream of bytes over a coffer_writer: they go where the host wants them, with no buffer in
// between. It has the names that RapidJSON wants of a stream.
#ifndef COFFER_PLUGINS_SERIALIZERS_COMMON_OUTPUT_H_
#define COFFER_PLUGINS_SERIALIZERS_COMMON_OUTPUT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "coffer/plugin/serializer.h"

namespace coffer::serial {

// After the writer has failed, everything goes nowhere and status() is the failure.
class Output {
 public:
  using Ch = char;
  static constexpr size_t kMostRoom = 256;  // of one call of room()

  explicit Output(const coffer_writer& writer) : writer_(writer) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void Put(char c) {
    if (at_ == end_) [[unlikely]]
      more(1);
    *at_++ = c;
  }
  void Flush() {}

  // Room for `size` bytes in one piece; keep() takes the end of what was written there.
  char* room(size_t size) {
    if (static_cast<size_t>(end_ - at_) < size) [[unlikely]]
      more(size);
    return at_;
  }
  void keep(char* end) { at_ = end; }

  void write(const char* data, size_t size) {
    if (static_cast<size_t>(end_ - at_) < size) [[unlikely]] {
      more(size);
      if (status_ != COFFER_OK) return;
    }
    std::memcpy(at_, data, size);
    at_ += size;
  }

  coffer_status status() const { return status_; }
  // The bytes written so far.
  uint64_t size() const { return committed_ + static_cast<uint64_t>(at_ - begin_); }

  // Hands the last piece over.
  coffer_status finish() {
    commit();
    return status_;
  }

 private:
  static constexpr size_t kFirstPiece = 256;
  static constexpr size_t kLargestPiece = 16 << 10;

  void commit() {
    committed_ = size();
    if (begin_ != at_ && status_ == COFFER_OK) {
      writer_.commit(writer_.self, static_cast<size_t>(at_ - begin_));
    }
    begin_ = at_ = end_ = nullptr;
  }

  [[gnu::noinline]] void more(size_t size) {
    commit();
    const size_t wanted = std::max(size, piece_);
    piece_ = std::min(piece_ * 2, kLargestPiece);
    void* room = nullptr;
    if (status_ == COFFER_OK) {
      coffer_status status = COFFER_EXHAUSTED;
      room = writer_.reserve(writer_.self, wanted, &status);
      if (room == nullptr) status_ = status;
    }
    begin_ = at_ = room != nullptr ? static_cast<char*>(room) : nowhere_;
    end_ = at_ + (room != nullptr ? wanted : sizeof(nowhere_));
  }

  const coffer_writer& writer_;
  char* begin_ = nullptr;
  char* at_ = nullptr;
  char* end_ = nullptr;
  uint64_t committed_ = 0;
  size_t piece_ = kFirstPiece;
  coffer_status status_ = COFFER_OK;
  char nowhere_[kMostRoom];
};

}  // namespace coffer::serial

#endif  // COFFER_PLUGINS_SERIALIZERS_COMMON_OUTPUT_H_
