// Entries in the order of how often they were used, where a use counts less the older it is.
//
// Aging means: all counts are halved now and then, so that what was popular yesterday gives way.
// Nobody walks over the entries to do it. Halving all counts and doubling what a use is worth from
// now on lead to the same order, so an entry remembers its count and the era that count is of, and
// only what comes later is worth more.
//
// Entries lie in lists, one for each level of frequency. Levels are the leading bits of a floating
// point number: counts up to 63 have a level each, higher ones share it with those at most 1/32
// above; in one level, what has been there longest comes first. An era moves the scale by one
// octave. The levels are a ring: the octave that falls off its low end (2^-7 uses and less) is
// joined to the next one. So every operation takes constant time and no memory.
#ifndef COFFER_PLUGINS_STRATEGIES_LFU_FREQUENCY_H_
#define COFFER_PLUGINS_STRATEGIES_LFU_FREQUENCY_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "plugins/strategies/list.h"

namespace coffer::strategy {

struct FrequencyNode : Link {
  float uses;    // as of `era`; stops growing at 2^24, where adding 1 changes nothing
  uint32_t era;  // how often all counts had been halved when `uses` was written
};

class FrequencyOrder {
 public:
  void add(FrequencyNode* node) { put(node, 1.0f); }

  void use(FrequencyNode* node) {
    node->unlink();
    put(node, present_uses(*node) + 1.0f);
  }

  // `fresh` takes over place and count of `old`.
  void replace(FrequencyNode* old, FrequencyNode* fresh) {
    fresh->uses = old->uses;
    fresh->era = old->era;
    old->hand_over(fresh);
  }

  void halve_all() {
    const size_t falling = lowest();  // and the levels up to the next octave
    ++era_;
    List& rest = levels_[lowest()];
    for (size_t i = kPerOctave; i > 0; --i) rest.take_before(&levels_[falling + i - 1]);
    mark(lowest());
  }

  // Calls visit(FrequencyNode*), least frequent first, until it returns false.
  template <typename Visit>
  void for_each(Visit visit);

 private:
  // 2^kPrecision levels from each power of two to the next; octaves from 2^-7 to 2^24.
  static constexpr int kPrecision = 5;
  static constexpr size_t kPerOctave = size_t{1} << kPrecision;
  static constexpr size_t kLevels = 32 * kPerOctave;
  static constexpr float kLowest = 0x1p-7f;

  float present_uses(const FrequencyNode& node) const {
    const uint32_t halvings = era_ - node.era;
    if (halvings > 126) return 0;
    return node.uses * std::bit_cast<float>((127 - halvings) << 23);  // 2^-halvings
  }

  // The place in the ring for entries with so many uses, at least kLowest.
  size_t level_of(float uses) const {
    const uint32_t leading_bits = std::bit_cast<uint32_t>(uses) >> (23 - kPrecision);
    return (leading_bits + era_ * kPerOctave) % kLevels;
  }
  size_t lowest() const { return level_of(kLowest); }

  void put(FrequencyNode* node, float uses) {
    node->uses = uses;
    node->era = era_;
    const size_t level = level_of(uses);
    levels_[level].push_back(node);
    mark(level);
  }

  // A level that is not marked is empty. The mark stays until someone finds the level empty.
  void mark(size_t level) { marks_[level / 64] |= uint64_t{1} << level % 64; }
  void unmark(size_t level) { marks_[level / 64] &= ~(uint64_t{1} << level % 64); }

  uint32_t era_ = 0;
  std::array<uint64_t, kLevels / 64> marks_ = {};
  std::array<List, kLevels> levels_;
};

template <typename Visit>
void FrequencyOrder::for_each(Visit visit) {
  for (size_t distance = 0; distance < kLevels;) {
    const size_t level = (lowest() + distance) % kLevels;
    const uint64_t marks = marks_[level / 64] >> level % 64;
    if (marks == 0) {
      distance += 64 - level % 64;
    } else if (const int empty = std::countr_zero(marks); empty > 0) {
      distance += empty;
    } else {
      if (levels_[level].empty()) unmark(level);
      for (Link* link = levels_[level].first(); link != levels_[level].end(); link = link->next) {
        if (!visit(static_cast<FrequencyNode*>(link))) return;
      }
      ++distance;
    }
  }
}

}  // namespace coffer::strategy

#endif  // COFFER_PLUGINS_STRATEGIES_LFU_FREQUENCY_H_
