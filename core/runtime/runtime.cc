#include "core/runtime/runtime.h"

#include <sys/random.h>
#include <time.h>

#include <algorithm>

#include "core/config/text.h"
#include "core/loader/describe.h"
#include "core/runtime/fork.h"
#include "core/runtime/options.h"
#include "core/value/describe.h"
#include "core/version.h"

namespace core = coffer::core;

namespace {

uint64_t random_seed() {
  uint64_t seed = 0;
  if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == static_cast<ssize_t>(sizeof seed))
    return seed;
  timespec ts;  // early in boot: better a guessable seed than a blocked program
  clock_gettime(CLOCK_REALTIME, &ts);
  return static_cast<uint64_t>(ts.tv_nsec) * 0x9e3779b97f4a7c15 ^ static_cast<uint64_t>(ts.tv_sec);
}

coffer_status check_values(const core::Options& options, coffer_sink& sink) {
  const std::string& clock = options.find("clock")->text;
  if (clock != "system" && clock != "manual") {
    return sink.fail(COFFER_INVALID_ARGUMENT, "runtime: clock is " + core::quoted(clock) +
                                                  "; it may be 'system' or 'manual'");
  }
  const int64_t workers = options.find("workers")->i64;
  if (workers < 1 || workers > 256) {
    return sink.fail(COFFER_INVALID_ARGUMENT,
                     "runtime: workers is " + std::to_string(workers) + "; it may be 1 to 256");
  }
  return COFFER_OK;
}

}  // namespace

coffer_status coffer_runtime::create(const coffer_option* options, size_t count,
                                     coffer_runtime** out, coffer_sink& sink) {
  core::Options given;
  core::Options checked;
  coffer_status status = core::options_from_c("runtime", options, count, given, sink);
  if (status == COFFER_OK)
    status = core::check_options("runtime", core::kRuntimeOptions, given, checked, sink);
  if (status == COFFER_OK) status = check_values(checked, sink);
  if (status != COFFER_OK) return status;
  *out = new coffer_runtime(checked);
  return COFFER_OK;
}

coffer_runtime::coffer_runtime(const core::Options& options)
    : options_(options),
      hub_(std::make_shared<core::EventHub>()),
      plugins_(std::make_unique<core::Registry>(
          options.find("plugin_path")->text, options.find("plugin_exclude")->text,
          options.find("plugin_files")->i64 != 0 ? core::Registry::Paths::kAllowed
                                                 : core::Registry::Paths::kRefused,
          [this](const core::Plugin& plugin, const std::string& message) {
            hub_->log(now(), COFFER_LOG_WARNING, plugin.title, message);
          })),
      workers_(std::make_unique<core::Workers>(static_cast<size_t>(options.find("workers")->i64))) {
  if (options.find("clock")->text == "manual") clock_.set_manual();
  const core::Option* seed = options.find("hash_seed");
  hash_seed_ = seed != nullptr ? static_cast<uint64_t>(seed->i64) : random_seed();
  housekeeper_ = std::make_unique<core::Housekeeper>(
      this, std::max<int64_t>(0, options.find("housekeeping")->i64));
  core::survive_fork(this);
}

coffer_runtime::~coffer_runtime() {
  core::forget_at_fork(this);
  housekeeper_.reset();
  workers_.reset();
}

void coffer_runtime::maintain(int64_t per_store) {
  for (const auto& store : stores_.held()) {
    store->maintain(clock_.is_manual() ? coffer_time{COFFER_NEVER} : now() + per_store);
  }
  if ((hub_->wanted() & COFFER_EVENT_METRICS) == 0) return;
  for (const auto& cache : caches_.held()) {
    coffer_stats stats{};
    stats.struct_size = sizeof stats;
    cache->stats(&stats);
    hub_->metrics(now(), cache->label(), stats);
  }
}

coffer_status coffer_runtime::describe(const coffer_visitor* into, coffer_sink& sink) {
  const auto caches = caches_.held();
  const coffer_status status = core::check_visitor(into, sink);
  if (status != COFFER_OK) return status;
  core::Player player(into);
  player.map_begin();
  player.field("version", core::kVersion);
  player.field("abi", uint64_t{COFFER_ABI_VERSION});
  player.key("options");
  player.options(options_);
  player.key("plugins");
  player.list_begin();
  plugins_->each_used([&](const core::Plugin& plugin) { core::play_plugin(player, plugin); });
  player.list_end();
  player.key("caches");
  player.list_begin(caches.size());
  for (const auto& cache : caches) cache->play_description(player);
  player.list_end();
  player.map_end();
  return player.status();
}

// A plugin's own handlers run before ours and hold its locks meanwhile. So no lock may be taken
// here that is ever held around a call into a plugin: of those there is only opening_, which guards
// no data and starts anew in the child.
void coffer_runtime::before_fork() {
  housekeeper_->before_fork();
  stores_.before_fork();
  stores_.each_locked([](core::StoreMember& store) { store.before_fork(); });
  caches_.before_fork();
  workers_->before_fork();
  hub_->before_fork();
}

void coffer_runtime::after_fork(bool in_child) {
  hub_->after_fork(in_child);
  workers_->after_fork(in_child);
  caches_.after_fork();
  stores_.each_locked([&](core::StoreMember& store) { store.after_fork(in_child); });
  stores_.after_fork();
  housekeeper_->after_fork(in_child);
  if (in_child) new (&opening_) std::mutex();
}
