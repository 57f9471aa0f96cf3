// A value kept as the events it was played with, to be played again.
#ifndef COFFER_CORE_VALUE_TAPE_H_
#define COFFER_CORE_VALUE_TAPE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "coffer/value.h"

namespace coffer::core {

// Records what is played into recorder(), and plays it with exact counts, whatever was announced.
// Two tapes are equal if they play the same events: -0.0 is not 0.0, and a NaN is equal to itself.
class Tape {
 public:
  Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  // Answers COFFER_EXHAUSTED when out of memory, COFFER_INVALID_ARGUMENT to events out of order.
  const coffer_visitor* recorder() const { return &visitor_; }

  // The value, once it is complete. Borrows this tape.
  coffer_value value() const;
  coffer_status play(const coffer_visitor& into, coffer_sink* sink) const;
  bool complete() const { return !tape_.empty() && open_.empty(); }
  void clear();

  // Size of the recording in memory.
  size_t bytes() const { return tape_.size(); }

  friend bool operator==(const Tape& a, const Tape& b) { return a.tape_ == b.tape_; }

 private:
  friend struct TapeEvents;

  // A list or map whose end has not come yet.
  struct Open {
    size_t count_at;  // where its count stands on the tape
    uint64_t seen;    // values begun in it
    bool map;
  };

  coffer_status append(const void* data, size_t size);
  coffer_status begin(uint8_t op, const void* data, size_t size);
  coffer_status open(uint8_t op, bool map);
  coffer_status close(uint8_t op, bool map);

  coffer_visitor visitor_;
  std::vector<uint8_t> tape_;
  std::vector<Open> open_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_VALUE_TAPE_H_
