#include "plugins/serializers/msgpack/encoder.h"

#include <span>

#include "plugins/serializers/common/output.h"
#include "plugins/serializers/msgpack/events.h"
#include "plugins/serializers/msgpack/measure.h"

namespace coffer::msgpack {
namespace {

class Encoder : public Events<Encoder, serial::Output> {
 public:
  Encoder(const Options& options, const coffer_writer& out) : Events(options, out) {}

  // Whether the play was stopped at a list that must be measured first. The value is then played
  // once more, and writing goes on with that list.
  bool paused() const { return paused_; }
  void resume(std::span<const Measured> lists) {
    paused_ = false;
    resume_at_ = event_;
    event_ = 0;
    lists_ = lists;
    measured_ = true;
  }

  // Every list got as many items as it was said to have.
  bool complete() const { return values_to_come_ == 0 && next_list_ == lists_.size(); }
  uint64_t size() const { return out_.size(); }
  coffer_status finish() { return out_.finish(); }

 private:
  friend Events;

  bool enter() {
    if (event_ < resume_at_) [[unlikely]]
      return false;
    if (values_to_come_ == 0) [[unlikely]] {
      out_of_order();
      return false;
    }
    --values_to_come_;
    return true;
  }
  coffer_status status() const {
    if (refusal_.status != COFFER_OK) [[unlikely]]
      return refusal_.status;
    return paused_ ? COFFER_CANCELLED : out_.status();
  }

  void list(uint64_t count, uint32_t kind) {
    uint64_t bytes = 0;
    if ((count == COFFER_COUNT_UNKNOWN || is_typed(kind)) && !measured(count, bytes)) return;
    if (!expect(count, count)) return;
    char* at = out_.room(2 * kHeaderRoom);
    if (is_typed(kind)) at = put_ext(at, static_cast<int8_t>(kTuple + kind - COFFER_TUPLE), bytes);
    out_.keep(put_array(at, count));
  }
  void map(uint64_t count) {
    uint64_t bytes;
    if (count == COFFER_COUNT_UNKNOWN && !measured(count, bytes)) return;
    if (expect(count, 2 * count)) out_.keep(put_map(out_.room(kHeaderRoom), count));
  }
  void end() {}

  // Takes what was measured of the list that begins, or pauses.
  bool measured(uint64_t& count, uint64_t& bytes) {
    if (!measured_) {
      paused_ = true;
      ++values_to_come_;  // it begins once more
      return false;
    }
    if (next_list_ == lists_.size()) {
      out_of_order();
      return false;
    }
    count = lists_[next_list_].count;
    bytes = lists_[next_list_].bytes;
    ++next_list_;
    return true;
  }

  bool expect(uint64_t count, uint64_t values) {
    if (count > kMostCount) [[unlikely]] {
      refuse("a list or map", "longer than MessagePack counts");
      return false;
    }
    values_to_come_ += values;
    return true;
  }

  uint64_t values_to_come_ = 1;
  uint64_t resume_at_ = 0;
  bool paused_ = false;
  bool measured_ = false;
  size_t next_list_ = 0;
  std::span<const Measured> lists_;
};

// What has come of a play: nothing, if it went well.
template <typename Self>
bool failed(const Self& events, coffer_status played, const coffer_host* host,
            const coffer_value& value, coffer_sink* sink, coffer_status& out) {
  out = events.refusal().status != COFFER_OK
            ? serial::report_refusal(host, events.refusal(), events.event(), value, sink)
            : played;
  return out != COFFER_OK;
}

coffer_status report_out_of_order(const coffer_host* host, uint64_t event,
                                  const coffer_value& value, coffer_sink* sink) {
  const serial::Refusal refusal{COFFER_INVALID_ARGUMENT, "", kOutOfOrder};
  return serial::report_refusal(host, refusal, event, value, sink);
}

}  // namespace

coffer_status encode(const coffer_host* host, const Options& options, const coffer_value& value,
                     const coffer_writer& out, coffer_sink* sink) {
  Encoder encoder(options, out);
  Measure measure(options);
  const coffer_visitor visitor = encoder.visitor();
  coffer_status status;
  coffer_status played = value.play(value.self, &visitor, sink);
  const bool paused = encoder.paused();
  if (paused) {
    const coffer_visitor measurer = measure.visitor();
    played = value.play(value.self, &measurer, sink);
    if (failed(measure, played, host, value, sink, status)) return status;
    if (!measure.complete()) return report_out_of_order(host, measure.event(), value, sink);
    encoder.resume(measure.lists());
    played = value.play(value.self, &visitor, sink);
  }
  if (failed(encoder, played, host, value, sink, status)) return status;
  // A value that changes from one play to the next is no value.
  if (!encoder.complete() || (paused && encoder.size() != measure.size())) {
    return report_out_of_order(host, encoder.event(), value, sink);
  }
  return encoder.finish();
}

}  // namespace coffer::msgpack
