#include "plugins/conformance/watched_writer.h"

namespace coffer::conformance {
namespace {

constexpr unsigned char kCanary = 0xc9;
constexpr size_t kCanarySize = 16;

}  // namespace

void* WatchedWriter::reserve(void* self, size_t size, coffer_status* status) {
  auto& writer = *static_cast<WatchedWriter*>(self);
  writer.check_room();
  ++writer.reserves_;
  writer.reserved_in_all += size;
  if (writer.full_at_ != 0 && writer.reserves_ >= writer.full_at_) {
    writer.room_.clear();
    writer.refused = true;
    *status = writer.full_;
    return nullptr;
  }
  writer.reserved_ = size;
  writer.room_.assign(size + kCanarySize, static_cast<char>(kCanary));
  writer.open_ = true;
  return writer.room_.data();
}

void WatchedWriter::commit(void* self, size_t size) {
  auto& writer = *static_cast<WatchedWriter*>(self);
  writer.check_room();
  if (!writer.open_ || size > writer.reserved_) {
    writer.problem = "it commits more than it reserved";
    return;
  }
  writer.bytes.append(writer.room_.data(), size);
  writer.open_ = false;
}

void WatchedWriter::check_room() {
  for (size_t i = reserved_; i < room_.size(); ++i) {
    if (static_cast<unsigned char>(room_[i]) != kCanary)
      problem = "it writes beyond the room it reserved";
  }
}

}  // namespace coffer::conformance
