#include "plugins/serializers/msgpack/encoder.h"

#include "plugins/serializers/common/measured.h"
#include "plugins/serializers/common/output.h"
#include "plugins/serializers/msgpack/events.h"

namespace coffer::msgpack {
namespace {

using serial::Measured;

class Encoder : public serial::Encoder<Encoder, Events<Encoder, serial::Output>> {
 public:
  using serial::Encoder<Encoder, Events<Encoder, serial::Output>>::Encoder;

 private:
  friend class serial::EventWriter<Encoder>;

  void put_list(uint64_t count, uint32_t kind) {
    Measured known{};
    if (!may_begin(kind)) return;
    if (needs_measure(count, kind)) {
      if (!take(known)) return;
      count = known.count;
    }
    if (!may_count(count)) return;
    expect(count);
    char* at = out_.room(2 * kHeaderRoom);
    if (is_typed(kind)) at = begin_ext(at, tuple_type(kind), known.bytes);
    out_.keep(begin_array(at, count));
  }
  void put_map(uint64_t count) {
    Measured known{};
    if (count == COFFER_COUNT_UNKNOWN) {
      if (!take(known)) return;
      count = known.count;
    }
    if (!may_count(count)) return;
    expect(2 * count);
    out_.keep(begin_map(out_.room(kHeaderRoom), count));
  }
  void put_end() {}
};

// A tuple says how many bytes the array takes that holds its items, and where all lists say their
// count: so that is what is measured.
class Measure : public serial::Measure<Measure, Events<Measure, serial::ByteCounter>> {
 public:
  using serial::Measure<Measure, Events<Measure, serial::ByteCounter>>::Measure;

 private:
  friend class serial::EventWriter<Measure>;
  friend class serial::Measure<Measure, Events<Measure, serial::ByteCounter>>;

  void put_list(uint64_t count, uint32_t kind) {
    if (may_begin(kind)) begin(kind, false, needs_measure(count, kind));
  }
  void put_map(uint64_t count) { begin(COFFER_LIST, true, count == COFFER_COUNT_UNKNOWN); }

  void finish_list(const Open& list, uint64_t count, Measured& out) {
    if (!may_count(count)) return;
    char* const header = out_.room(kHeaderRoom);
    out_.keep(list.map ? begin_map(header, count) : begin_array(header, count));
    const uint64_t bytes = out_.size() - list.start;
    if (is_typed(list.kind)) {
      if (bytes > kMostCount) return refuse("a tuple or set", kTooLong);
      out_.keep(begin_ext(out_.room(kHeaderRoom), tuple_type(list.kind), bytes));
    }
    out = {static_cast<uint32_t>(count), static_cast<uint32_t>(bytes)};
  }
};

}  // namespace

coffer_status encode(const coffer_host* host, const Options& options, const coffer_value& value,
                     const coffer_writer& out, coffer_sink* sink) {
  Encoder encoder(options, out);
  Measure measure(options);
  return serial::encode_measured(host, encoder, measure, value, sink);
}

}  // namespace coffer::msgpack
