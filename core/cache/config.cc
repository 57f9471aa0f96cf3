#include "core/cache/config.h"

namespace coffer::core {
namespace {

constexpr coffer_option_spec kCacheOptions[] = {
    {"ttl", "forever", "time to live of entries put with the default", COFFER_TYPE_DURATION, 0},
    {"namespace", "", "prefix of all keys, nested by '/'", COFFER_TYPE_TEXT, 0},
    {"serializer", "json", "plugin that encodes neutral values", COFFER_TYPE_TEXT, 0},
    {"deadline", "5s", "how long a call may take on stores that can wait", COFFER_TYPE_DURATION, 0},
    {"max_value", "64MiB", "largest value accepted", COFFER_TYPE_SIZE, 0},
    {"null_ttl", nullptr, "time to live of cached nulls put with the default; as ttl if not given",
     COFFER_TYPE_DURATION, 0},
};

coffer_status duration(const Options& options, const char* key, coffer_ttl& out, coffer_sink& sink) {
  const Option* option = options.find(key);
  if (option == nullptr) return COFFER_OK;
  if (option->i64 <= 0 && option->i64 != COFFER_TTL_FOREVER) {
    return sink.fail(COFFER_INVALID_ARGUMENT, std::string("cache: ") + key + " is " + to_text(*option) +
                                                  "; it must be a positive duration or 'forever'");
  }
  out = option->i64;
  return COFFER_OK;
}

}  // namespace

std::span<const coffer_option_spec> CacheConfig::schema() { return kCacheOptions; }

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

coffer_status CacheConfig::from(const Options& checked, Options serializer_options, std::string_view parent,
                                CacheConfig& out, coffer_sink& sink) {
  coffer_status status = duration(checked, "ttl", out.ttl, sink);
  if (failed(status)) return status;
  out.null_ttl = out.ttl;
  status = duration(checked, "null_ttl", out.null_ttl, sink);
  if (failed(status)) return status;
  out.deadline = checked.find("deadline")->i64;
  if (out.deadline <= 0) {
    return sink.fail(COFFER_INVALID_ARGUMENT, "cache: deadline must be a positive duration");
  }
  const int64_t max_value = checked.find("max_value")->i64;
  if (max_value < 0) return sink.fail(COFFER_INVALID_ARGUMENT, "cache: max_value must not be negative");
  out.max_value = static_cast<uint64_t>(max_value);
  out.space = parent;
  const std::string& own = checked.find("namespace")->text;
  if (!own.empty()) {
    if (!out.space.empty()) out.space += '/';
    out.space += escape_namespace(own);
  }
  if (out.space.size() + 1 > COFFER_MAX_KEY / 2) {
    return sink.fail(COFFER_TOO_LARGE, "cache: namespace has " + std::to_string(out.space.size()) +
                                           " bytes; it may have " + std::to_string(COFFER_MAX_KEY / 2));
  }
  out.prefix = out.space.empty() ? "" : out.space + ":";
  out.direct_limit = out.space.empty() ? COFFER_MAX_KEY + 1 : 0;
  out.options = checked;
  out.serializer_options = std::move(serializer_options);
  return COFFER_OK;
}

}  // namespace coffer::core
