// Formats that say how long a list is before its items come. What the player does not know then is
// measured in a play of its own: it keeps 8 bytes for each list of which that is so, where the
// alternative is to keep all of the output. Values that need no measuring are played once.
#ifndef COFFER_PLUGINS_SERIALIZERS_COMMON_MEASURED_H_
#define COFFER_PLUGINS_SERIALIZERS_COMMON_MEASURED_H_

#include <cstdint>
#include <span>
#include <vector>

#include "plugins/serializers/common/event_writer.h"

namespace coffer::serial {

// What was found out about a list or map.
struct Measured {
  uint32_t count;  // of items or pairs
  uint32_t bytes;  // as the format counts them
};

// Counts bytes, in the place of an Output.
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

// The measuring side of `Base`, an EventWriter that writes to `out_`, a ByteCounter. `Self` calls
// begin(), and has
//   void finish_list(const Open&, uint64_t count, Measured& out): writes what comes before the
//   items
template <typename Self, typename Base>
class Measure : public Base {
 public:
  // Of each list that needed it, in the order in which they begin.
  const std::vector<Measured>& lists() const { return measured_; }
  // The bytes of the whole value.
  uint64_t size() const { return this->out_.size(); }
  bool complete() const { return values_ == 1 && open_.empty(); }

 protected:
  friend class EventWriter<Self>;

  struct Open {
    uint64_t values = 0;  // begun in it
    uint64_t start = 0;   // bytes in front of its items
    size_t index = kNoIndex;
    uint32_t kind = COFFER_LIST;
    bool map = false;
  };

  using Base::Base;

  coffer_status status() const { return this->stopped_; }

  bool enter() {
    ++(open_.empty() ? values_ : open_.back().values);
    return true;
  }
  // A list or map begins; `measured` if the encoder will ask for it.
  void begin(uint32_t kind, bool map, bool measured) {
    Open open{0, this->out_.size(), kNoIndex, kind, map};
    if (measured) {
      open.index = measured_.size();
      measured_.push_back({});
    }
    open_.push_back(open);
  }
  void put_end() {
    if (open_.empty() || (open_.back().map && open_.back().values % 2 != 0)) {
      return this->out_of_order();
    }
    const Open open = open_.back();
    open_.pop_back();
    Measured unused;
    static_cast<Self*>(this)->finish_list(open, open.map ? open.values / 2 : open.values,
                                          open.index == kNoIndex ? unused : measured_[open.index]);
  }

  bool at_top() const { return open_.empty(); }

 private:
  static constexpr size_t kNoIndex = SIZE_MAX;

  std::vector<Measured> measured_;
  std::vector<Open> open_;
  uint64_t values_ = 0;
};

// The writing side: it pauses at the first list that needs a measure, and after the measuring play
// goes on with that list in another one.
template <typename Self, typename Base>
class Encoder : public Base {
 public:
  bool paused() const { return paused_; }
  void resume(std::span<const Measured> lists) {
    paused_ = false;
    this->stop(COFFER_OK);
    resume_at_ = this->event_;
    this->event_ = 0;
    lists_ = lists;
    has_lists_ = true;
  }

  // Every list got as many items as it was said to have.
  bool complete() const { return values_to_come_ == 0 && next_list_ == lists_.size(); }
  uint64_t size() const { return this->out_.size(); }
  coffer_status finish() { return this->out_.finish(); }

 protected:
  friend class EventWriter<Self>;

  using Base::Base;

  coffer_status status() const {
    if (this->stopped_ != COFFER_OK) [[unlikely]]
      return this->stopped_;
    return this->out_.status();
  }
  // Whether the present event was written before the pause.
  bool written_before() const { return this->event_ < resume_at_; }
  bool enter() {
    if (written_before()) [[unlikely]]
      return false;
    // That as many values come as were announced is all that makes the bytes well-formed.
    if (values_to_come_ == 0) [[unlikely]] {
      this->out_of_order();
      return false;
    }
    --values_to_come_;
    return true;
  }

  // Takes what was measured of the list that begins, or pauses.
  bool take(Measured& out) {
    if (!has_lists_) {
      paused_ = true;
      this->stop(COFFER_CANCELLED);
      ++values_to_come_;  // it begins once more
      return false;
    }
    if (next_list_ == lists_.size()) {
      this->out_of_order();
      return false;
    }
    out = lists_[next_list_++];
    return true;
  }
  void expect(uint64_t values) { values_to_come_ += values; }

 private:
  uint64_t values_to_come_ = 1;
  uint64_t resume_at_ = 0;
  bool paused_ = false;
  bool has_lists_ = false;
  size_t next_list_ = 0;
  std::span<const Measured> lists_;
};

// Plays `value` as often as that takes.
template <typename Encoder, typename Measure>
coffer_status encode_measured(const coffer_host* host, Encoder& encoder, Measure& measure,
                              const coffer_value& value, coffer_sink* sink) {
  const auto play = [&](auto& into) {
    const coffer_visitor visitor = into.visitor();
    const coffer_status played = value.play(value.self, &visitor, sink);
    return into.refusal().status == COFFER_OK
               ? played
               : report_refusal(host, into.refusal(), into.event(), value, sink);
  };
  const auto out_of_order = [&](uint64_t event) {
    return report_refusal(host, {COFFER_INVALID_ARGUMENT, "", kOutOfOrder}, event, value, sink);
  };
  coffer_status status = play(encoder);
  const bool paused = encoder.paused();
  if (paused) {
    status = play(measure);
    if (status != COFFER_OK) return status;
    if (!measure.complete()) return out_of_order(measure.event());
    encoder.resume(measure.lists());
    status = play(encoder);
  }
  if (status != COFFER_OK) return status;
  // A value that changes from one play to the next is no value.
  if (!encoder.complete() || (paused && encoder.size() != measure.size())) {
    return out_of_order(encoder.event());
  }
  return encoder.finish();
}

}  // namespace coffer::serial

#endif  // COFFER_PLUGINS_SERIALIZERS_COMMON_MEASURED_H_
