// Opening caches: from a URL and options to a handle on a store.
#include <algorithm>

#include "core/cache/cache.h"
#include "core/config/url.h"

namespace core = coffer::core;
using core::failed;

namespace {

// What the caller said, by whom it is meant for.
struct Request {
  std::string store;
  std::string name;
  core::Options cache;
  core::Options serializer;
  core::Options codec;
  core::Options rest;  // the store's own and "strategy.x"
};

coffer_status read_request(const char* url, const coffer_option* options, size_t count,
                           Request& out, coffer_sink& sink) {
  core::Url parsed;
  if (url != nullptr) {
    const coffer_status status = core::parse_url(url, parsed, sink);
    if (failed(status)) return status;
  }
  core::Options given;
  const coffer_status status = core::options_from_c("cache", options, count, given, sink);
  if (failed(status)) return status;
  parsed.options.merge(given);
  core::Option store;
  if (parsed.options.take("store", &store)) parsed.store = store.text;
  if (parsed.store.empty()) {
    return sink.fail(COFFER_INVALID_ARGUMENT,
                     "a cache needs a URL (\"memory://?capacity=100k\") or the option \"store\"; "
                     "neither was given");
  }
  out.store = parsed.store;
  out.name = parsed.name;
  out.serializer = parsed.options.take_prefixed("serializer.");
  out.codec = parsed.options.take_prefixed("codec.");
  out.cache = parsed.options.take_known(core::CacheConfig::schema());
  out.rest = std::move(parsed.options);
  return COFFER_OK;
}

// The runtime's defaults, as far as nothing else was asked for.
coffer_status add_defaults(const std::string& defaults, core::Options& options, coffer_sink& sink) {
  if (defaults.empty()) return COFFER_OK;
  core::Url parsed;
  core::Options all;
  coffer_status status = core::parse_url("defaults://?" + defaults, parsed, sink);
  if (!failed(status)) {
    status = core::check_options("cache", core::CacheConfig::schema(), parsed.options, all, sink);
  }
  if (failed(status)) {
    sink.prefix("the runtime's option 'defaults'");
    return status;
  }
  parsed.options.merge(options);
  options = std::move(parsed.options);
  return COFFER_OK;
}

// Sends every hit on a shared store to the check that asks the store itself.
constinit const core::Root kForeignRoot{core::kAskForRoot};

}  // namespace

coffer_status coffer_cache::open(coffer_runtime* runtime, const char* url,
                                 const coffer_option* options, size_t count, coffer_cache** out,
                                 coffer_sink& sink) {
  Request request;
  coffer_status status = read_request(url, options, count, request, sink);
  if (failed(status)) return status;
  core::Options checked;
  status = add_defaults(runtime->cache_defaults(), request.cache, sink);
  if (failed(status)) return status;
  status = core::check_options("cache", core::CacheConfig::schema(), request.cache, checked, sink);
  if (failed(status)) return status;
  core::CacheConfig config;
  status = core::CacheConfig::from(checked, std::move(request.serializer), std::move(request.codec),
                                   nullptr, config, sink);
  if (failed(status)) return status;
  core::Ref<core::Store> store;
  status = core::Store::open(runtime, request.store, request.name, std::move(request.rest),
                             config.wire, store, sink);
  if (failed(status)) {
    sink.prefix("opening " + request.store + "://" + request.name);
    return status;
  }
  const bool names_serializer =
      !config.options.find("serializer")->defaulted || !config.serializer_options.empty();
  auto cache =
      core::Ref<coffer_cache>::adopt(new coffer_cache(std::move(store), std::move(config)));
  if (names_serializer) status = cache->check_serializer(sink);
  if (failed(status)) return status;
  *out = cache.take();
  runtime->keep_house();
  return COFFER_OK;
}

coffer_status coffer_cache::derive(const coffer_option* options, size_t count, coffer_cache** out,
                                   coffer_sink& sink) {
  core::Options given;
  coffer_status status = core::options_from_c("cache", options, count, given, sink);
  if (failed(status)) return status;

  // Start from this handle's options; its namespace is inherited as a whole, by nesting.
  core::Options wanted = config_.options;
  wanted.take("namespace");
  for (const core::Option& option : given) {
    if (!core::is_wire_option(option.key)) continue;
    sink.fail(
        COFFER_INVALID_ARGUMENT,
        "cache: '" + option.key + "' is settled when a store is opened, for all handles on it");
    sink.detail("option", option.key);
    return COFFER_INVALID_ARGUMENT;
  }
  core::Options serializer_options = given.take_prefixed("serializer.");
  const bool names_serializer = given.contains("serializer") || !serializer_options.empty();
  if (!given.contains("serializer")) {
    core::Options inherited = config_.serializer_options;
    inherited.merge(serializer_options);
    serializer_options = std::move(inherited);
  }
  wanted.merge(given);
  core::Options checked;
  status = core::check_options("cache", core::CacheConfig::schema(), wanted, checked, sink);
  if (failed(status)) return status;
  core::CacheConfig config;
  status = core::CacheConfig::from(checked, std::move(serializer_options),
                                   config_.wire.codec_options, &config_, config, sink);
  if (failed(status)) return status;
  auto cache = core::Ref<coffer_cache>::adopt(new coffer_cache(store_, std::move(config)));
  if (names_serializer) status = cache->check_serializer(sink);
  if (!failed(status)) *out = cache.take();
  return status;
}

// A serializer that was named is opened at once, so that a wrong name or option is an error here
// and not at the first value. The default one is opened when it is first needed: a cache of bytes
// needs none.
coffer_status coffer_cache::check_serializer(coffer_sink& sink) {
  core::Ref<core::Serializer> opened;
  const coffer_status status = serializer(opened, sink);
  if (failed(status)) sink.prefix("cache");
  return status;
}

coffer_cache::coffer_cache(core::Ref<core::Store> store, core::CacheConfig config)
    : store_(std::move(store)),
      config_([&] {
        config.hash_seed = store_->runtime()->hash_seed();
        constexpr uint64_t kWaiting =
            COFFER_STORE_SHARED | COFFER_STORE_PERSISTENT | COFFER_STORE_ASYNC;
        config.waits = (store_->plugin_caps() & kWaiting) != 0;
        config.reserves_nul = !store_->local();
        if (config.reserves_nul) config.direct_limit = 0;
        return std::move(config);
      }()),
      namespace_(store_->local() ? store_->roots().of(config_.space) : core::Roots::Handle()),
      root_(store_->local() ? &namespace_.root() : &kForeignRoot) {
  store_->accept(config_.max_value);
  runtime()->caches().add(this);
}

coffer_cache::~coffer_cache() { runtime()->caches().remove(this); }
