// The pass before the encoder's, for values that need one. MessagePack says how long a list is
// before its items, and how many bytes a tuple takes before its first one; a value that does not
// know the former, and every one with the latter, is played once to find out. That keeps 8 bytes
// for each such list; the alternative is to keep all of the output.
#ifndef COFFER_PLUGINS_SERIALIZERS_MSGPACK_MEASURE_H_
#define COFFER_PLUGINS_SERIALIZERS_MSGPACK_MEASURE_H_

#include <cstdint>
#include <vector>

#include "plugins/serializers/msgpack/events.h"

namespace coffer::msgpack {

// Counts bytes, in the place of a serial::Output.
class ByteCounter {
 public:
  char* room(size_t) { return room_; }
  void keep(const char* end) { size_ += static_cast<uint64_t>(end - room_); }
  void write(const char*, size_t size) { size_ += size; }
  uint64_t size() const { return size_; }

 private:
  uint64_t size_ = 0;
  char room_[256];
};

// What the encoder cannot know when a list or map begins.
struct Measured {
  uint32_t count;  // of items or pairs
  uint32_t bytes;  // of a tuple or set: of the array that holds its items
};

class Measure : public Events<Measure, ByteCounter> {
 public:
  explicit Measure(const Options& options) : Events(options) {}

  // Of each list of unknown count and each tuple or set, in the order in which they begin.
  const std::vector<Measured>& lists() const { return measured_; }
  // The bytes of the whole value.
  uint64_t size() const { return out_.size(); }
  bool complete() const { return values_ == 1 && open_.empty(); }

 private:
  friend Events;

  struct Open {
    uint64_t values = 0;      // begun in it
    uint64_t start = 0;       // bytes in front of its items, its own beginning aside
    size_t index = kNoIndex;  // in measured_
    uint32_t kind = COFFER_LIST;
    bool map = false;
  };
  static constexpr size_t kNoIndex = SIZE_MAX;

  bool enter();
  void list(uint64_t count, uint32_t kind);
  void map(uint64_t count);
  void end();
  coffer_status status() const { return refusal_.status; }
  void begin(uint64_t count, uint32_t kind, bool map);

  std::vector<Measured> measured_;
  std::vector<Open> open_;
  uint64_t values_ = 0;
};

}  // namespace coffer::msgpack

#endif  // COFFER_PLUGINS_SERIALIZERS_MSGPACK_MEASURE_H_
