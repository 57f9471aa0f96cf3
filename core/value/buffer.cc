#include "core/value/buffer.h"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <string>
#include <utility>

namespace coffer::core {
namespace {

constexpr size_t kFirstCapacity = 256;

// What a serializer may reserve beyond what it will write: coffer/plugin/serializer.h promises it.
constexpr size_t kReserveSlack = 64 << 10;

size_t saturated_sum(size_t a, size_t b) { return a > SIZE_MAX - b ? SIZE_MAX : a + b; }

}  // namespace

BufferWriter::BufferWriter(size_t max_size, const char* limit)
    : writer_{this, reserve, commit}, max_size_(max_size), limit_(limit) {}

BufferWriter::~BufferWriter() { std::free(data_); }

void BufferWriter::clear() {
  size_ = reserved_ = 0;
  problem_ = Problem::kNone;
}

void* BufferWriter::reserve(void* self, size_t size, coffer_status* status) noexcept {
  auto& w = *static_cast<BufferWriter*>(self);
  w.reserved_ = 0;
  const size_t needed = saturated_sum(w.size_, size);
  if (needed > saturated_sum(w.max_size_, kReserveSlack)) w.problem_ = Problem::kTooLarge;
  if (w.problem_ == Problem::kNone && needed > w.capacity_ && !w.grow(needed)) {
    w.problem_ = Problem::kOutOfMemory;
  }
  if (w.problem_ != Problem::kNone) [[unlikely]] {
    *status = w.problem_ == Problem::kOutOfMemory ? COFFER_EXHAUSTED : COFFER_TOO_LARGE;
    return nullptr;
  }
  w.reserved_ = w.capacity_ - w.size_;
  return w.data_ + w.size_;
}

void BufferWriter::commit(void* self, size_t size) noexcept {
  auto& w = *static_cast<BufferWriter*>(self);
  if (size > w.reserved_) [[unlikely]] {
    w.problem_ = Problem::kOvercommitted;
    return;
  }
  w.reserved_ = 0;
  w.size_ += size;
  if (w.size_ > w.max_size_) [[unlikely]]
    w.problem_ = Problem::kTooLarge;
}

bool BufferWriter::grow(size_t needed) noexcept {
  const size_t doubled = std::max(kFirstCapacity, saturated_sum(capacity_, capacity_));
  // No more than the limit asks for, so that the last doubling does not double the peak.
  const size_t most = std::max(needed, saturated_sum(max_size_, kReserveSlack));
  const size_t capacity = std::min(std::max(needed, doubled), most);
  void* data = std::realloc(data_, capacity);
  if (data == nullptr) return false;
  data_ = static_cast<char*>(data);
  capacity_ = capacity;
  return true;
}

void* BufferWriter::release(size_t* size) noexcept {
  if (size_ == 0) {
    std::free(std::exchange(data_, nullptr));
  } else if (capacity_ - size_ > size_ / 8 + 64) {
    if (void* fit = std::realloc(data_, size_)) data_ = static_cast<char*>(fit);
  }
  *size = std::exchange(size_, 0);
  capacity_ = reserved_ = 0;
  return std::exchange(data_, nullptr);
}

coffer_status BufferWriter::finish(coffer_status status, std::string_view who,
                                   coffer_sink& sink) noexcept {
  try {
    switch (problem_) {
      case Problem::kNone: return status;
      case Problem::kTooLarge:
        sink.fail(COFFER_TOO_LARGE, "the encoded value is larger than " +
                                        std::to_string(max_size_) + " bytes (limit " + limit_ +
                                        ")");
        sink.detail("limit", limit_);
        return COFFER_TOO_LARGE;
      case Problem::kOutOfMemory: return sink.fail(COFFER_EXHAUSTED, "out of memory");
      case Problem::kOvercommitted:
        sink.fail(COFFER_PLUGIN_FAULT,
                  std::string(who) + " kept more bytes than it had reserved room for");
        sink.detail("reason", "PLUGIN_MISBEHAVING");
        return COFFER_PLUGIN_FAULT;
    }
  } catch (const std::bad_alloc&) {
  }
  return COFFER_EXHAUSTED;
}

}  // namespace coffer::core
