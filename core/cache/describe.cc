// What a cache tells of itself.
#include <algorithm>
#include <cstring>

#include "core/cache/cache.h"
#include "core/config/url.h"

using coffer::core::Option;
using coffer::core::Options;
using coffer::core::Player;

void coffer_cache::stats(coffer_stats* out) {
  coffer_stats stats{};
  stats.struct_size = out->struct_size;
  stats.hits = counters_.sum(kHits);
  stats.null_hits = counters_.sum(kNullHits);
  stats.misses = counters_.sum(kMisses);
  stats.gets = stats.hits + stats.misses;
  stats.puts = counters_.sum(kPuts);
  stats.deletes = counters_.sum(kDeletes);
  stats.errors = counters_.sum(kErrors);
  stats.stale = counters_.sum(kStale);
  stats.leads = counters_.sum(kLeads);
  stats.waits = counters_.sum(kWaits);
  stats.bypassed = counters_.sum(kBypassed);
  stats.superseded = counters_.sum(kSuperseded);
  stats.tag_events = counters_.sum(kTagEvents);
  stats.space_events = counters_.sum(kSpaceEvents);
  stats.row_events = counters_.sum(kRowEvents);
  stats.clears = counters_.sum(kClears);
  store_->add_stats(&stats);
  std::memcpy(out, &stats, std::min<size_t>(out->struct_size, sizeof stats));
}

std::string coffer_cache::url() {
  Options options = store_->given_options();
  options.merge(config_.options.given());
  const std::lock_guard lock(serializer_mutex_);
  if (serializer_) {
    options.merge(serializer_->options().given("serializer."));
  } else {
    for (Option option : config_.serializer_options) {
      option.key.insert(0, "serializer.");
      option.secret = true;  // which ones are is known only once the serializer is open
      options.set(std::move(option));
    }
  }
  return coffer::core::to_url(store_->plugin_id(), store_->name(), options);
}

void coffer_cache::play_description(Player& player) {
  player.map_begin();
  player.field("url", url());
  player.field("namespace", config_.space);
  player.key("options");
  player.options(config_.options);
  player.key("store");
  store_->play_description(player);
  coffer_stats now{};
  now.struct_size = sizeof now;
  stats(&now);
  player.key("stats");
  player.map_begin();
  player.field("gets", now.gets);
  player.field("hits", now.hits);
  player.field("null_hits", now.null_hits);
  player.field("misses", now.misses);
  player.field("puts", now.puts);
  player.field("deletes", now.deletes);
  player.field("errors", now.errors);
  player.field("entries", now.entries);
  player.field("bytes", now.bytes);
  player.field("capacity", now.capacity);
  player.field("byte_limit", now.byte_limit);
  player.field("inserts", now.inserts);
  player.field("evictions", now.evictions);
  player.field("expirations", now.expirations);
  player.field("stale", now.stale);
  player.field("leads", now.leads);
  player.field("waits", now.waits);
  player.field("bypassed", now.bypassed);
  player.field("superseded", now.superseded);
  player.field("tag_events", now.tag_events);
  player.field("space_events", now.space_events);
  player.field("row_events", now.row_events);
  player.field("clears", now.clears);
  player.map_end();
  const coffer::core::Stamps::Counts stamps = store_->stamps().count();
  player.key("dependencies");
  player.map_begin();
  player.field("scope", config_.scope);
  player.field("stamps", stamps.stamps);
  player.field("schemes", stamps.schemes);
  player.field("spaces", stamps.spaces);
  player.field("moves", stamps.moves);
  player.field("bytes", stamps.bytes);
  player.map_end();
  player.map_end();
}
