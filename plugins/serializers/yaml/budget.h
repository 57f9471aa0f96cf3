// What may still be played: the host's limits, and how much aliases may add.
#ifndef COFFER_PLUGINS_SERIALIZERS_YAML_BUDGET_H_
#define COFFER_PLUGINS_SERIALIZERS_YAML_BUDGET_H_

#include "coffer/value.h"
#include "plugins/serializers/yaml/failure.h"

namespace coffer::yaml {

// Every function says whether it is within the limits; if not, the failure says which was passed.
class Budget {
 public:
  // What one value costs beside its text, for the option "expansion".
  static constexpr uint64_t kValueCost = 16;

  Budget(const coffer_limits& limits, uint64_t expansion, Failure& failure)
      : limits_(limits), expansion_(expansion), failure_(failure) {}

  bool item() {
    if (items_ == limits_.max_items) [[unlikely]]
      return too_large(failure_, "max_items", limits_.max_items);
    ++items_;
    return true;
  }
  bool bytes(size_t size) {
    if (size > limits_.max_bytes - bytes_) [[unlikely]]
      return too_large(failure_, "max_bytes", limits_.max_bytes);
    bytes_ += size;
    return true;
  }
  bool enter() {
    if (depth_ == limits_.max_depth) [[unlikely]]
      return too_large(failure_, "max_depth", limits_.max_depth);
    ++depth_;
    return true;
  }
  void leave() { --depth_; }

  // A value that stands in the text once and is played, or merged, once more.
  bool expand(size_t text_size) {
    const uint64_t cost = kValueCost + text_size;
    if (cost > expansion_ - expanded_) [[unlikely]]
      return too_large(failure_, "expansion", expansion_);
    expanded_ += cost;
    return true;
  }

 private:
  const coffer_limits& limits_;
  const uint64_t expansion_;
  Failure& failure_;
  uint64_t items_ = 0;
  uint64_t bytes_ = 0;
  uint32_t depth_ = 0;
  uint64_t expanded_ = 0;
};

}  // namespace coffer::yaml

#endif  // COFFER_PLUGINS_SERIALIZERS_YAML_BUDGET_H_
