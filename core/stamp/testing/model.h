// Random computations, entries and events against a model that looks at each condition: what an
// event may have changed is never fresh afterwards, and (if the stamps are exact) what it cannot
// have changed stays fresh.
#ifndef COFFER_CORE_STAMP_TESTING_MODEL_H_
#define COFFER_CORE_STAMP_TESTING_MODEL_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include "core/dependency/testing/given.h"
#include "core/stamp/pinned.h"
#include "core/stamp/stamps.h"

namespace coffer::core::testing {

using Conditions = std::map<std::string_view, int64_t>;  // column = value
struct Wants {
  std::vector<std::string_view> tags;
  std::map<std::string_view, std::vector<Conditions>> rows;
};

struct Event {
  enum Kind { kTag, kSpace, kRow } kind;
  std::string_view name;
  Conditions row;
};

enum class Effect { kNone, kMaybe, kEnds };

class StampsModel {
 public:
  // `all`: of the processes that share the stamps. `exact`: nothing is ever ended without need.
  // `tells`: the store tells of its entries.
  StampsModel(unsigned seed, std::vector<Stamps*> all, bool exact, bool tells = false)
      : random_(seed), all_(std::move(all)), exact_(exact), tells_(tells) {}

  void step() {
    switch (below(8)) {
      case 0: begin(); break;
      case 1: begin_late(); break;
      case 2:
      case 3: end(); break;
      case 4: maintain(); break;
      default: event();
    }
    while (entries_.size() > 60) {
      leave(*entries_.front());
      entries_.erase(entries_.begin());
    }
    for (const auto& entry : entries_) check(*entry);
  }

  // What another process does while one pins, or plays an event.
  void interfere() {
    if (depth_ != 1) return;
    below(2) == 0 ? begin() : event();
  }

  // Ends what is still being computed.
  void finish() {
    for (const auto& entry : entries_) {
      entry->pinned.unpin();
      leave(*entry);
    }
    for (Stamps* const stamps : all_) stamps->maintain(now_ + 1000);
  }

  uint64_t fresh = 0, dead = 0, late = 0, late_in_vain = 0;

 private:
  static constexpr std::string_view kTags[] = {"a", "b", "c"};
  static constexpr std::string_view kSpaces[] = {"posts", "users"};
  static constexpr std::string_view kColumns[] = {"x", "xy", "y", "z"};
  static constexpr int64_t kValues = 3;

  struct Entry {
    Wants wants;
    PinnedStamps pinned;
    std::vector<Stamp> stamps;
    Stamps* owner = nullptr;
    bool computing = true;
    bool stored = false;
    coffer_time until = 0;
    Effect effect = Effect::kNone;  // of all events since its computation began
  };

  static Effect effect_of(const Event& event, const Wants& wants) {
    if (event.kind == Event::kTag) {
      return std::count(wants.tags.begin(), wants.tags.end(), event.name) > 0 ? Effect::kEnds
                                                                              : Effect::kNone;
    }
    const auto rows = wants.rows.find(event.name);
    if (rows == wants.rows.end() || rows->second.empty()) return Effect::kNone;
    if (event.kind == Event::kSpace) return Effect::kEnds;
    // Which schemes others use decides what a missing column ends beyond what it must.
    Effect effect = event.row.size() < std::size(kColumns) ? Effect::kMaybe : Effect::kNone;
    for (const Conditions& conjunction : rows->second) {
      const bool possible =
          std::all_of(conjunction.begin(), conjunction.end(), [&](const auto& term) {
            const auto field = event.row.find(term.first);
            return field == event.row.end() || field->second == term.second;
          });
      if (possible) effect = Effect::kEnds;
    }
    return effect;
  }

  static Cells cells_of(const Conditions& conditions) {
    Cells out;
    for (const auto& [column, value] : conditions) out.push_back(cell(column, i64(value)));
    return out;
  }

  static std::vector<Dependency> dependencies_of(const Wants& wants) {
    Given given;
    for (const std::string_view tag : wants.tags) given.tag(tag);
    for (const auto& [space, any] : wants.rows) {
      std::vector<Cells> conjunctions;
      for (const Conditions& conditions : any) conjunctions.push_back(cells_of(conditions));
      given.rows(space, conjunctions);
    }
    return resolve(given);
  }

  int64_t below(int64_t n) { return std::uniform_int_distribution<int64_t>(0, n - 1)(random_); }
  template <typename Names>
  const auto& one_of(const Names& names) {
    return names[static_cast<size_t>(below(static_cast<int64_t>(std::size(names))))];
  }

  // Each column with a probability of so many quarters.
  Conditions conditions(int64_t quarters) {
    Conditions out;
    for (const std::string_view column : kColumns) {
      if (below(4) < quarters) out[column] = below(kValues);
    }
    return out;
  }

  Wants wants() {
    Wants out;
    for (const std::string_view tag : kTags) {
      if (below(4) == 0) out.tags.push_back(tag);
    }
    for (const std::string_view space : kSpaces) {
      if (below(2) == 0) continue;
      auto& any = out.rows[space];
      for (int64_t n = below(4); n > 0; --n) any.push_back(conditions(2));
    }
    return out;
  }

  std::shared_ptr<Entry> make_entry() {
    auto entry = std::make_shared<Entry>();
    entry->wants = wants();
    entry->owner = one_of(all_);
    return entry;
  }

  // Pins, then computes.
  void begin() {
    const auto entry = make_entry();
    ++depth_;
    const coffer_status status =
        entry->pinned.pin(*entry->owner, dependencies_of(entry->wants), COFFER_NEVER, sink_);
    --depth_;
    ASSERT_EQ(status, COFFER_OK) << message(sink_);
    entries_.push_back(entry);
    keep(*entry);
  }

  // Computes first, while events come, and tells then what it depends on.
  void begin_late() {
    const auto entry = make_entry();
    const uint64_t began = entry->owner->now();
    entries_.push_back(entry);
    for (int64_t n = below(3); n > 0; --n) {
      event();
      if (below(2) == 0) maintain();
    }
    ++late;
    ++depth_;
    const coffer_status status = entry->pinned.pin_late(
        *entry->owner, dependencies_of(entry->wants), began, COFFER_NEVER, sink_);
    --depth_;
    if (status == COFFER_SUPERSEDED) {
      late_in_vain += entry->effect == Effect::kNone;
      std::erase(entries_, entry);
      return;
    }
    ASSERT_EQ(status, COFFER_OK) << message(sink_);
    keep(*entry);
  }

  void keep(Entry& entry) {
    entry.stamps.assign(entry.pinned.list().begin(), entry.pinned.list().end());
  }

  void end() {
    if (entries_.empty()) return;
    Entry& entry = *one_of(entries_);
    if (!entry.computing) return;
    entry.computing = false;
    entry.until = below(5) == 0 ? coffer_time{COFFER_NEVER} : now_ + below(50);
    entry.pinned.used_until(entry.until);
    entry.stored = true;
    if (tells_) {
      for (const Stamp& stamp : entry.stamps) entry.owner->hold(stamp);
    }
    entry.pinned.unpin();
  }

  void leave(Entry& entry) {
    if (!tells_ || !entry.stored) return;
    for (const Stamp& stamp : entry.stamps) entry.owner->let_go(stamp);
    entry.stored = false;
  }

  void event() {
    Event out{below(8) < 6 ? Event::kRow : below(2) == 0 ? Event::kTag : Event::kSpace, {}, {}};
    out.name = out.kind == Event::kTag ? one_of(kTags) : one_of(kSpaces);
    if (out.kind == Event::kRow) out.row = conditions(below(8) == 0 ? 3 : 4);
    // What begins while the event is under way has seen the change that it tells of.
    const auto before = entries_;
    ++depth_;
    play(out);
    --depth_;
    for (const auto& entry : before)
      entry->effect = std::max(entry->effect, effect_of(out, entry->wants));
    if (entries_.size() == before.size()) return;
    for (const auto& entry : entries_) {
      if (effect_of(out, entry->wants) != Effect::kNone)
        entry->effect = std::max(entry->effect, Effect::kMaybe);
    }
  }

  void play(const Event& event) {
    Stamps& stamps = *one_of(all_);
    if (event.kind == Event::kRow) {
      const Row what = row(event.name, cells_of(event.row));
      ASSERT_EQ(stamps.move_rows({&what, 1}, COFFER_NEVER, sink_), COFFER_OK) << message(sink_);
      return;
    }
    const DependencyId id =
        event.kind == Event::kTag ? tag_id("scope", event.name) : space_id("scope", event.name);
    ASSERT_EQ(stamps.move({&id, 1}, COFFER_NEVER, sink_), COFFER_OK) << message(sink_);
  }

  void maintain() {
    now_ += below(20);
    for (Stamps* const stamps : all_) stamps->maintain(now_);
  }

  void check(const Entry& entry) {
    if (entry.stamps.empty()) return;
    // Whoever reads need not be who stored it.
    const bool is_fresh =
        one_of(all_)->check(entry.stamps, COFFER_NEVER, nullptr, sink_) == COFFER_OK;
    const bool lives = entry.computing || entry.until == COFFER_NEVER || entry.until >= now_;
    ASSERT_FALSE(is_fresh && entry.effect == Effect::kEnds) << "a stale entry reads as fresh";
    ASSERT_FALSE(exact_ && !is_fresh && lives && entry.effect == Effect::kNone)
        << "ended without need";
    is_fresh ? ++fresh : ++dead;
  }

  std::mt19937 random_;
  const std::vector<Stamps*> all_;
  const bool exact_;
  const bool tells_;
  coffer_sink sink_;
  coffer_time now_ = 1;
  int depth_ = 0;  // of calls within calls
  std::vector<std::shared_ptr<Entry>> entries_;
};

}  // namespace coffer::core::testing

#endif  // COFFER_CORE_STAMP_TESTING_MODEL_H_
