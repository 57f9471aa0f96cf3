// The bytes of a pickle, read from front to back. Nothing is believed that the input does not have.
#ifndef COFFER_PLUGINS_SERIALIZERS_PICKLE_READER_H_
#define COFFER_PLUGINS_SERIALIZERS_PICKLE_READER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "plugins/serializers/pickle/failure.h"

namespace coffer::pickle {

class Reader {
 public:
  Reader(const char* data, size_t size) : begin_(data), at_(data), end_(data + size) {}

  // The next instruction; offset() is its own from now on.
  unsigned char instruction() {
    instruction_ = at_;
    if (at_ == end_) [[unlikely]]
      corrupt(size(), at_ == begin_ ? "there is nothing" : "it ends without its end mark");
    return static_cast<unsigned char>(*at_++);
  }

  // An unsigned number, least byte first.
  template <typename T>
  T number() {
    T value;
    std::memcpy(&value, bytes(sizeof(T)), sizeof(T));
    return value;
  }

  // A float, greatest byte first.
  double float_number() {
    const uint64_t bits = __builtin_bswap64(number<uint64_t>());
    double value;
    std::memcpy(&value, &bits, sizeof(value));
    return value;
  }

  const char* bytes(uint64_t size) {
    if (size > left()) [[unlikely]]
      short_of(size);
    const char* const bytes = at_;
    at_ += size;
    return bytes;
  }

  // Up to the next line feed, which is passed over.
  std::string_view line() {
    const void* const feed = left() == 0 ? nullptr : std::memchr(at_, '\n', left());
    if (feed == nullptr) corrupt(size(), "it ends in the middle of a line");
    const std::string_view line(at_, static_cast<size_t>(static_cast<const char*>(feed) - at_));
    at_ += line.size() + 1;
    return line;
  }

  size_t offset() const { return static_cast<size_t>(instruction_ - begin_); }
  size_t position() const { return static_cast<size_t>(at_ - begin_); }
  size_t left() const { return static_cast<size_t>(end_ - at_); }
  size_t size() const { return static_cast<size_t>(end_ - begin_); }

 private:
  [[noreturn, gnu::cold]] void short_of(uint64_t size) const {
    corrupt(offset(), std::to_string(size) + " bytes are said to follow, but there are " +
                          std::to_string(left()));
  }

  const char* const begin_;
  const char* at_;
  const char* const end_;
  const char* instruction_ = at_;
};

}  // namespace coffer::pickle

#endif  // COFFER_PLUGINS_SERIALIZERS_PICKLE_READER_H_
