// Why an entry is fresh, stale or missing.
#include <string>
#include <vector>

#include "core/cache/cache.h"
#include "core/dependency/describe.h"

using coffer::core::Judgement;
using coffer::core::LeaseTable;
using coffer::core::Player;
using coffer::core::Stamp;
using coffer::core::StoreKey;
using coffer::core::Verdict;

namespace {

// What explain found out before it tells.
struct Finding {
  bool there = false;
  coffer_entry entry{};
  Judgement judged;
  bool cleared = false;
  std::vector<Stamp> stamps;
  std::vector<bool> moved;

  std::string state() const {
    if (!there) return "missing";
    switch (judged.verdict) {
      case Verdict::kFresh: return "fresh";
      case Verdict::kStale: return "stale";
      default: return "dead";
    }
  }
};

}  // namespace

coffer_status coffer_cache::explain(std::string_view key, const coffer_visitor* into,
                                    coffer_sink& sink) {
  coffer_status status = coffer::core::check_visitor(into, sink);
  StoreKey store_key;
  if (!coffer::core::failed(status)) status = store_key.set(config_, key, sink);
  if (coffer::core::failed(status)) return status;
  Finding finding;
  coffer_entry& entry = finding.entry;
  status = get_raw(store_key.get(), COFFER_GET_NO_VALUE | COFFER_GET_NO_USE, &entry, sink);
  if (coffer::core::failed(status)) return status;
  finding.there = status == COFFER_OK;
  coffer::core::Stamps& stamps = store_->stamps();
  if (finding.there) {
    finding.judged = judge_quietly(store_key.get(), entry);
    const coffer::core::MetaView& meta = finding.judged.meta;
    finding.cleared = store_->local() && meta.root() != root_of(store_key.get());
    finding.stamps = meta.stamps();
    for (const Stamp& stamp : finding.stamps) {
      coffer_sink ignored;
      finding.moved.push_back(stamps.check({&stamp, 1}, deadline(), nullptr, ignored) != COFFER_OK);
    }
  }
  const coffer_time now = runtime()->now();
  const coffer::core::MetaView& meta = finding.judged.meta;
  std::string reason =
      "nothing is stored under this key: it never was, expired, was deleted or was evicted";
  if (finding.there) {
    reason = "nothing it depends on has changed";
    if (finding.judged.fresh_until != COFFER_NEVER) reason += ", and its time has not passed";
    if (finding.judged.verdict == Verdict::kStale)
      reason = "its time to live has passed; it is within its grace";
    if (finding.judged.verdict == Verdict::kDead) reason = "its max_age has passed";
    for (size_t i = finding.stamps.size(); i-- > 0;) {
      if (finding.moved[i]) reason = stamps.name(finding.stamps[i]) + " was invalidated";
    }
    if (finding.cleared) reason = "its namespace was cleared";
  }

  Player player(into);
  player.map_begin();
  player.field("key", coffer::core::printable(key, 200));
  player.field("namespace", config_.space);
  player.field("state", finding.state());
  player.field("reason", reason);
  if (finding.there) {
    player.field("version", entry.version);
    player.field("format", uint64_t{entry.format});
    player.field("null", (entry.flags & COFFER_ENTRY_NULL) != 0);
    if (meta.created() != 0) player.field("age", now - meta.created());
    if (meta.cost() != 0) player.field("cost", meta.cost());
    if (finding.judged.fresh_until != COFFER_NEVER)
      player.field("fresh_for", finding.judged.fresh_until - now);
    if (meta.times().grace != 0) player.field("served_for", entry.expires_at - now);
    if (meta.times().sliding != 0) player.field("sliding", meta.times().sliding);
    player.key("dependencies");
    player.list_begin(finding.stamps.size());
    for (size_t i = 0; i < finding.stamps.size(); ++i) {
      player.map_begin();
      player.field("on", stamps.name(finding.stamps[i]));
      player.field("state", finding.moved[i] ? "moved" : "present");
      player.map_end();
    }
    player.list_end();
  }
  const LeaseTable::View line = store_->leases().look(store_key.get());
  if (line.computing) {
    player.key("computing");
    player.map_begin();
    player.field("for", now - line.since);
    player.field("left", line.deadline - now);
    player.field("waiting", uint64_t{line.waiting});
    player.map_end();
  }
  if (line.not_before != COFFER_NEVER && line.not_before > now)
    player.field("resting_for", line.not_before - now);
  if (line.unqueued_until != COFFER_NEVER && line.unqueued_until > now)
    player.field("unqueued_for", line.unqueued_until - now);
  player.map_end();
  coffer::core::release_entry(entry);
  return player.status();
}
