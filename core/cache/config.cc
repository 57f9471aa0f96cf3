#include "core/cache/config.h"

#include "coffer/fetch.h"
#include "core/config/text.h"

namespace coffer::core {
namespace {

constexpr coffer_option_spec kCacheOptions[] = {
    {"ttl", "forever", "time to live of entries put with the default", COFFER_TYPE_DURATION, 0},
    {"namespace", "", "prefix of all keys, nested by '/'", COFFER_TYPE_TEXT, 0},
    {"serializer", "json", "plugin that encodes neutral values", COFFER_TYPE_TEXT, 0},
    {"deadline", "5s", "how long a call may take on stores that can wait", COFFER_TYPE_DURATION, 0},
    {"max_value", "64MiB", "largest value accepted", COFFER_TYPE_SIZE, 0},
    {"null_ttl", nullptr,
     "time to live of cached nulls put with the default; by null_ratio if not given",
     COFFER_TYPE_DURATION, 0},
    {"null_ratio", "0.1", "cached nulls live for this part of ttl", COFFER_TYPE_FLOAT, 0},
    {"null_cap", "5m", "but no longer than this", COFFER_TYPE_DURATION, 0},
    {"grace", "0", "how long after its ttl an entry may be served stale", COFFER_TYPE_DURATION, 0},
    {"jitter", "0", "up to this part of a ttl is taken off, at random", COFFER_TYPE_FLOAT, 0},
    {"sliding", "false", "each use gives an entry its ttl anew", COFFER_TYPE_BOOL, 0},
    {"max_age", "forever", "but sliding entries live no longer than this", COFFER_TYPE_DURATION, 0},
    {"early", "1", "weight of early refresh by what a value cost to compute; 0 turns it off",
     COFFER_TYPE_FLOAT, 0},
    {"soft", "0", "how long to rather wait for a computation than take a stale entry",
     COFFER_TYPE_DURATION, 0},
    {"hard", "30s", "how long a computation may take before the next in line takes over",
     COFFER_TYPE_DURATION, 0},
    {"on_error", "retry", "when a computation fails, those who wait: retry, fail or stale",
     COFFER_TYPE_TEXT, 0},
    {"throttle", "10s",
     "how long a stale entry is served after a failed computation before the next attempt",
     COFFER_TYPE_DURATION, 0},
    {"hit_for_miss", "10s",
     "how long nobody waits for a key whose computation came to nothing that could be stored",
     COFFER_TYPE_DURATION, 0},
    {"codec", "", "plugins that go over the bytes of entries, in this order: 'zstd,aes_gcm'",
     COFFER_TYPE_TEXT, 0},
    {"checksum", "false", "entries outside the process carry one, of key, fields and value",
     COFFER_TYPE_BOOL, 0},
    {"raw", "false", "entries outside the process are bare values, for other programs to read",
     COFFER_TYPE_BOOL, 0},
    {"scope", nullptr,
     "whose tags and spaces the handle uses; the namespace it was opened with if not given",
     COFFER_TYPE_TEXT, 0},
};

// Reads options one after the other; after the first that is wrong, nothing.
class Reader {
 public:
  Reader(const Options& options, coffer_sink& sink) : options_(options), sink_(sink) {}

  // `least`: the smallest value allowed. COFFER_TTL_FOREVER is allowed if `forever`.
  void duration(const char* key, int64_t least, bool forever, int64_t& out) {
    const Option* option = find(key);
    if (option == nullptr) return;
    if (option->i64 < least && !(forever && option->i64 == COFFER_TTL_FOREVER)) {
      refuse(*option, std::string("it must be ") +
                          (least > 0 ? "a positive duration" : "a duration or 0") +
                          (forever ? " or 'forever'" : ""));
      return;
    }
    out = option->i64;
  }

  void fraction(const char* key, double most, double& out) {
    const Option* option = find(key);
    if (option == nullptr) return;
    if (!(option->f64 >= 0 && option->f64 <= most)) {
      refuse(*option, "it may be 0 to " + std::to_string(static_cast<int>(most)));
      return;
    }
    out = option->f64;
  }

  void on_error(int32_t& out) {
    const Option* option = find("on_error");
    if (option == nullptr) return;
    if (option->text == "retry") {
      out = COFFER_ON_ERROR_RETRY;
    } else if (option->text == "fail") {
      out = COFFER_ON_ERROR_FAIL;
    } else if (option->text == "stale") {
      out = COFFER_ON_ERROR_STALE;
    } else {
      refuse(*option, "it may be 'retry', 'fail' or 'stale'");
    }
  }

  coffer_status status() const { return status_; }

 private:
  const Option* find(const char* key) const {
    return failed(status_) ? nullptr : options_.find(key);
  }
  void refuse(const Option& option, const std::string& rule) {
    status_ =
        sink_.fail(COFFER_INVALID_ARGUMENT,
                   "cache: " + option.key + " is " +
                       (option.type == COFFER_TYPE_TEXT ? quoted(option.text) : to_text(option)) +
                       "; " + rule);
  }

  const Options& options_;
  coffer_sink& sink_;
  coffer_status status_ = COFFER_OK;
};

coffer_status read_times(const Options& checked, CacheConfig& out, coffer_sink& sink) {
  Reader reader(checked, sink);
  LifeRules& life = out.life;
  reader.duration("ttl", 1, true, life.ttl);
  reader.duration("null_ttl", 1, true, life.null_ttl);
  reader.fraction("null_ratio", 1, life.null_ratio);
  reader.duration("null_cap", 1, false, life.null_cap);
  reader.duration("grace", 0, false, life.grace);
  reader.fraction("jitter", 1, life.jitter);
  life.sliding = checked.find("sliding")->i64 != 0;
  reader.duration("max_age", 1, true, life.max_age);
  reader.fraction("early", 100, life.early);
  reader.duration("soft", 0, false, out.soft);
  reader.duration("hard", 1, false, out.hard);
  reader.duration("throttle", 0, false, out.throttle);
  reader.duration("hit_for_miss", 0, false, out.hit_for_miss);
  reader.on_error(out.on_error);
  reader.duration("deadline", 1, false, out.deadline);
  return reader.status();
}

// What a bare value has no room for must not be asked for.
coffer_status check_raw(const CacheConfig& config, coffer_sink& sink) {
  if (!config.wire.raw) return COFFER_OK;
  const char* const lost = !config.wire.codec.empty() ? "codec"
                           : config.wire.checksum     ? "checksum"
                           : config.life.grace != 0   ? "grace"
                           : config.life.sliding      ? "sliding"
                                                      : nullptr;
  if (lost == nullptr) return COFFER_OK;
  return sink.fail(COFFER_INVALID_ARGUMENT,
                   std::string("cache: raw and ") + lost +
                       " exclude each other: a bare value says nothing but itself");
}

}  // namespace

std::span<const coffer_option_spec> CacheConfig::schema() { return kCacheOptions; }

bool is_wire_option(std::string_view key) {
  return key == "codec" || key.starts_with("codec.") || key == "checksum" || key == "raw";
}

std::string escape_namespace(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == ':') {
      escaped += "%3A";
    } else if (c == '%') {
      escaped += "%25";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

coffer_status CacheConfig::from(const Options& checked, Options serializer_options,
                                Options codec_options, const CacheConfig* parent, CacheConfig& out,
                                coffer_sink& sink) {
  const coffer_status status = read_times(checked, out, sink);
  if (failed(status)) return status;
  const int64_t max_value = checked.find("max_value")->i64;
  if (max_value < 0)
    return sink.fail(COFFER_INVALID_ARGUMENT, "cache: max_value must not be negative");
  out.max_value = static_cast<uint64_t>(max_value);
  if (parent != nullptr) out.space = parent->space;
  const std::string& own = checked.find("namespace")->text;
  if (!own.empty()) {
    if (own[0] == '\0')
      return sink.fail(COFFER_INVALID_ARGUMENT, "cache: a namespace may not start with a NUL byte");
    if (!out.space.empty()) out.space += '/';
    out.space += escape_namespace(own);
  }
  if (out.space.size() + 1 > COFFER_MAX_KEY / 2) {
    return sink.fail(COFFER_TOO_LARGE, "cache: namespace has " + std::to_string(out.space.size()) +
                                           " bytes; it may have " +
                                           std::to_string(COFFER_MAX_KEY / 2));
  }
  const Option* scope = checked.find("scope");
  if (scope != nullptr) {
    out.scope = scope->text;
  } else {
    out.scope = parent != nullptr ? parent->scope : out.space;
  }
  out.prefix = out.space.empty() ? "" : out.space + ":";
  out.direct_limit = out.space.empty() ? COFFER_MAX_KEY + 1 : 0;
  out.wire.codec = checked.find("codec")->text;
  out.wire.codec_options = std::move(codec_options);
  out.wire.checksum = checked.find("checksum")->i64 != 0;
  out.wire.raw = checked.find("raw")->i64 != 0;
  out.options = checked;
  out.serializer_options = std::move(serializer_options);
  return check_raw(out, sink);
}

}  // namespace coffer::core
