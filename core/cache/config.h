// The options of a cache handle, checked and ready for use.
#ifndef COFFER_CORE_CACHE_CONFIG_H_
#define COFFER_CORE_CACHE_CONFIG_H_

#include <span>
#include <string>
#include <string_view>

#include "coffer/base.h"
#include "coffer/plugin/plugin.h"
#include "core/config/options.h"
#include "core/error/error.h"
#include "core/freshness/life.h"

namespace coffer::core {

// What becomes of entries that leave the process; all handles on a store share it.
struct WireConfig {
  std::string codec;
  Options codec_options;  // "zstd.level", as given: what they mean depends on the codec
  bool checksum = false;
  bool raw = false;

  bool operator==(const WireConfig&) const = default;
};

struct CacheConfig {
  // The schema, as coffer/cache.h documents it.
  static std::span<const coffer_option_spec> schema();

  // From checked options, "serializer.x" and "codec.x" options. `parent` is the handle this one is
  // derived from, or NULL.
  static coffer_status from(const Options& checked, Options serializer_options,
                            Options codec_options, const CacheConfig* parent, CacheConfig& out,
                            coffer_sink& sink);

  Options options;             // checked, with defaults
  Options serializer_options;  // as given
  std::string space;           // the whole namespace, escaped; empty: none
  std::string prefix;          // of every key: space and ':', or empty
  std::string scope;           // of tags and spaces
  LifeRules life;
  WireConfig wire;
  int64_t soft = 0;      // of waits with a stale value at hand, 0: none
  int64_t hard = 0;      // of leads
  int64_t throttle = 0;  // after a failed refresh
  // For how long nobody waits for a key after a computation that came to nothing.
  int64_t hit_for_miss = 0;
  int32_t on_error = 0;  // COFFER_ON_ERROR_*
  int64_t deadline = 0;
  uint64_t max_value = 0;
  uint64_t hash_seed = 0;
  size_t direct_limit =
      0;  // keys shorter than this go to the store as they are: all, or none with a namespace
  bool waits = false;         // the store may wait, so calls carry a deadline
  bool reserves_nul = false;  // keys that start with NUL are core's own, for stamps
};

// A namespace as it stands before the ':' of a key: ':' and '%' are written as %3A and %25, so that
// the first ':' of a key always ends its namespace, and no two namespaces share keys.
std::string escape_namespace(std::string_view text);

// Whether the option, or what it is prefixed with, is one of WireConfig's.
bool is_wire_option(std::string_view key);

}  // namespace coffer::core

#endif  // COFFER_CORE_CACHE_CONFIG_H_
