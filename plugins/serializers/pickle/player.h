// From what the machine built to events.
#ifndef COFFER_PLUGINS_SERIALIZERS_PICKLE_PLAYER_H_
#define COFFER_PLUGINS_SERIALIZERS_PICKLE_PLAYER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "coffer/value.h"
#include "plugins/serializers/pickle/failure.h"
#include "plugins/serializers/pickle/memory.h"
#include "plugins/serializers/pickle/options.h"
#include "plugins/serializers/pickle/slot.h"

namespace coffer::pickle {

// What is shared is played each time, and the limits count it each time.
class Player {
 public:
  Player(const Options& options, coffer_bytes input, const coffer_visitor& into,
         const coffer_limits& limits, const coffer_host* host)
      : options_(options),
        input_(input),
        into_(into),
        limits_(limits),
        frames_(host, input.size),
        scratch_(host) {}

  // The visitor's answer. Throws Failure for what cannot be played, and beyond a limit.
  coffer_status play(const Slot& root);

 private:
  // A container being played. Nesting may be as deep as the input is long, so it is small.
  struct Frame {
    Container* container;
    const Segment* segment;
    uint32_t index;  // in the segment
    bool in_base;    // the segment is of what it is a copy of
    bool map;        //
    bool key;        // of a map: a key comes next
    bool hashable;   // its items must be
  };

  static const Slot* next(Frame& frame);
  static const Slot* next_slowly(Frame& frame);
  static const Slot* begin_pair(Copy& copy, const Slot& pair);
  coffer_status event(const Slot& slot, bool hashable);
  coffer_status rare_event(const Slot& slot);
  coffer_status open(Container& container, bool hashable);
  coffer_status close();
  coffer_status latin1(const Latin1& latin1);
  coffer_status string8(std::string_view text);
  coffer_status moment(const Slot& slot);
  coffer_status extension(uint32_t type, const void* data, size_t size) {
    count_bytes(size);
    return into_.ext(into_.self, type, data, size);
  }

  void count_item() {
    if (items_ == limits_.max_items) [[unlikely]]
      too_large("max_items", limits_.max_items);
    ++items_;
  }
  void count_bytes(size_t size) {
    if (size > limits_.max_bytes - bytes_) [[unlikely]]
      too_large("max_bytes", limits_.max_bytes);
    bytes_ += size;
  }
  // Where in the input `data` lies; its end for what is not there as it is.
  size_t offset_of(const char* data) const;

  const Options& options_;
  const coffer_bytes input_;
  const coffer_visitor& into_;
  const coffer_limits& limits_;
  uint64_t items_ = 0;
  uint64_t bytes_ = 0;
  Stack<Frame, 16> frames_;
  Stack<char, 128> scratch_;
};

}  // namespace coffer::pickle

#endif  // COFFER_PLUGINS_SERIALIZERS_PICKLE_PLAYER_H_
