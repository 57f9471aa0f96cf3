#include "core/value/stream.h"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace coffer::core {

StreamWriter::~StreamWriter() { std::free(data_); }

void* StreamWriter::reserve(void* self, size_t size, coffer_status* status) noexcept {
  auto& w = *static_cast<StreamWriter*>(self);
  w.reserved_ = 0;
  if (w.failure_ != COFFER_OK || !w.make_room(size)) [[unlikely]] {
    *status = w.failure_;
    return nullptr;
  }
  w.reserved_ = w.capacity_ - w.size_;
  return w.data_ + w.size_;
}

void StreamWriter::commit(void* self, size_t size) noexcept {
  auto& w = *static_cast<StreamWriter*>(self);
  if (size > w.reserved_) [[unlikely]] {
    w.overcommitted_ = true;
    return;
  }
  w.reserved_ = 0;
  w.size_ += size;
}

bool StreamWriter::make_room(size_t size) noexcept {
  if (size <= capacity_ - size_) return true;
  if (!hand_on()) return false;
  if (size <= capacity_) return true;
  std::free(data_);
  capacity_ = std::max(size, kPiece);
  data_ = static_cast<char*>(std::malloc(capacity_));
  if (data_ != nullptr) return true;
  capacity_ = 0;
  failure_ = COFFER_EXHAUSTED;
  return false;
}

bool StreamWriter::hand_on() noexcept {
  if (size_ == 0) return true;
  const coffer_status status = to_.write(to_.self, data_, size_);
  size_ = 0;
  // An outcome is no answer that the output may give.
  if (status != COFFER_OK) failure_ = failed(status) ? status : COFFER_IO;
  return failure_ == COFFER_OK;
}

coffer_status StreamWriter::finish(coffer_status status, std::string_view who, coffer_sink& sink) {
  if (overcommitted_) {
    sink.fail(COFFER_PLUGIN_FAULT,
              std::string(who) + " kept more bytes than it had reserved room for");
    sink.detail("reason", "PLUGIN_MISBEHAVING");
    return COFFER_PLUGIN_FAULT;
  }
  if (status == COFFER_OK) hand_on();
  if (failure_ == COFFER_OK) return status;
  return sink.fail(failure_, failure_ == COFFER_EXHAUSTED
                                 ? "out of memory, here or where the bytes go"
                                 : "the bytes could not be written where they go");
}

}  // namespace coffer::core
