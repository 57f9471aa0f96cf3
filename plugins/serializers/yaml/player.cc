#include "plugins/serializers/yaml/player.h"

#include <string>
#include <utility>
#include <vector>

#include "plugins/serializers/yaml/budget.h"
#include "plugins/serializers/yaml/loader.h"
#include "plugins/serializers/yaml/merge.h"
#include "plugins/serializers/yaml/scalar.h"

namespace coffer::yaml {
namespace {

// Nesting costs no stack: it is a list of frames. Every function returns whether to go on.
class Player : public Listener {
 public:
  Player(const Document& document, const coffer_visitor& into, const coffer_limits& limits,
         uint64_t expansion, Failure& failure)
      : document_(document), into_(into), budget_(limits, expansion, failure), failure_(failure) {}

  bool run() {
    if (!begin(0)) return false;
    while (!frames_.empty()) {
      if (!step()) return false;
    }
    return true;
  }

  // A plain text, as it is read.
  bool begin(const Node& collection) override {
    return open({Frame::kAll, collection.kind == Node::kMapping, false, false, 0, 0, {}},
                COFFER_LIST);
  }
  bool scalar() override { return scalar(document_[0]); }
  bool end() override {
    const bool map = frames_.back().map;
    if (frames_.back().alias) --aliases_;
    frames_.pop_back();
    budget_.leave();
    return pass(map ? into_.map_end(into_.self) : into_.list_end(into_.self));
  }

 private:
  // A list or map that is being played.
  struct Frame {
    enum Mode : uint8_t {
      kAll,    // every child: of a list, or of a map keys and values in turn
      kKeys,   // of a set
      kTuples  // of !!omap and !!pairs: maps of one pair, each as a tuple
    };

    Mode mode;
    bool map;        // ends with map_end
    bool alias;      // is played in the place of an alias
    bool merged;     // its pairs are in `pairs`; at and end count the nodes there
    size_t at, end;  // what comes next
    std::vector<Pair> pairs;
  };

  bool step() {
    Frame& frame = frames_.back();
    if (frame.at >= frame.end) return end();
    if (frame.merged) {
      const Pair& pair = frame.pairs[frame.at / 2];
      const size_t child = frame.at % 2 == 0 ? pair.key : pair.value;
      frame.at += frame.mode == Frame::kKeys ? 2 : 1;
      return begin(child);
    }
    const size_t child = frame.at;
    frame.at = document_.next(child);
    if (frame.mode == Frame::kKeys) frame.at = document_.next(frame.at);
    return frame.mode == Frame::kTuples ? tuple(child) : begin(child);
  }

  bool begin(size_t index) {
    const size_t target = document_.resolved(index);
    const Node& node = document_[target];
    const bool alias = target != index;
    if (alias) ++aliases_;
    if (!charge(node)) return false;
    if (node.kind != Node::kScalar) return begin_collection(target, alias);
    if (!scalar(node)) return false;
    if (alias) --aliases_;
    return true;
  }

  // What an alias plays costs more than it did in the text.
  bool charge(const Node& node) {
    return aliases_ == 0 || budget_.expand(node.kind == Node::kScalar ? node.size : 0);
  }

  bool begin_collection(size_t index, bool alias) {
    const Node& node = document_[index];
    const bool map = node.tag == Tag::kMap;
    Frame frame = {Frame::kAll, map, alias, false, index + 1, document_.next(index), {}};
    if (node.tag == Tag::kSet) frame.mode = Frame::kKeys;
    if (node.tag == Tag::kOmap || node.tag == Tag::kPairs) frame.mode = Frame::kTuples;
    if (node.merges) {
      if (!merge_pairs(document_, index, budget_, frame.pairs, failure_)) return false;
      frame.merged = true;
      frame.at = 0;
      frame.end = 2 * frame.pairs.size();
    }
    return open(std::move(frame), frame.mode == Frame::kKeys ? COFFER_SET : COFFER_LIST);
  }

  // The one pair of a map.
  bool tuple(size_t index) {
    const size_t target = document_.resolved(index);
    const size_t end = document_.next(target);
    const bool alias = target != index;
    const size_t value = target + 1 < end ? document_.next(target + 1) : end;
    if (document_[target].kind != Node::kMapping || value == end || document_.next(value) != end) {
      return corrupt(failure_, document_[index].offset,
                     "in !!omap and !!pairs there are maps of one pair and nothing else");
    }
    if (alias) ++aliases_;
    return charge(document_[target]) &&
           open({Frame::kAll, false, alias, false, target + 1, end, {}}, COFFER_TUPLE);
  }

  bool open(Frame frame, uint32_t list_kind) {
    if (!budget_.item() || !budget_.enter()) return false;
    const bool map = frame.map;
    frames_.push_back(std::move(frame));
    return pass(map ? into_.map_begin(into_.self, COFFER_COUNT_UNKNOWN)
                    : into_.list_begin(into_.self, COFFER_COUNT_UNKNOWN, list_kind));
  }

  bool scalar(const Node& node) {
    const Scalar scalar = read_scalar(node.tag, document_.text(node), room_);
    if (scalar.kind == Scalar::Kind::kInvalid) {
      return corrupt(failure_, node.offset, scalar.problem);
    }
    if (!budget_.item() || !budget_.bytes(scalar.bytes.size())) return false;
    void* self = into_.self;
    const char* data = scalar.bytes.data();
    const size_t size = scalar.bytes.size();
    switch (scalar.kind) {
      case Scalar::Kind::kBool: return pass(into_.boolean(self, scalar.boolean ? 1 : 0));
      case Scalar::Kind::kI64: return pass(into_.i64(self, scalar.i64));
      case Scalar::Kind::kU64: return pass(into_.u64(self, scalar.u64));
      case Scalar::Kind::kF64: return pass(into_.f64(self, scalar.f64));
      case Scalar::Kind::kBigint: return pass(into_.bigint(self, data, size));
      case Scalar::Kind::kText: return pass(into_.text(self, data, size));
      case Scalar::Kind::kBlob: return pass(into_.blob(self, data, size));
      case Scalar::Kind::kExt: return pass(into_.ext(self, scalar.type, data, size));
      default: return pass(into_.null(self));
    }
  }

  bool pass(coffer_status answer) {
    failure_.status = answer;
    return answer == COFFER_OK;
  }

  const Document& document_;
  const coffer_visitor& into_;
  Budget budget_;
  Failure& failure_;
  std::vector<Frame> frames_;
  size_t aliases_ = 0;  // that are being played
  std::string room_;
};

}  // namespace

bool play(const Document& document, const coffer_visitor& into, const coffer_limits& limits,
          uint64_t expansion, Failure& failure) {
  return Player(document, into, limits, expansion, failure).run();
}

bool play_as_read(coffer_bytes plain, const coffer_visitor& into, const coffer_limits& limits,
                  uint64_t expansion, Failure& failure) {
  Document node;
  Player player(node, into, limits, expansion, failure);
  return load(plain, limits, node, failure, &player);
}

}  // namespace coffer::yaml
