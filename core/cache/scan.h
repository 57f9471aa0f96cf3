// A scan over the keys of a cache.
#ifndef COFFER_CORE_CACHE_SCAN_H_
#define COFFER_CORE_CACHE_SCAN_H_

#include <optional>
#include <string>
#include <string_view>

#include "coffer/scan.h"
#include "core/cache/cache.h"

struct coffer_scan {
 public:
  static coffer_status open(coffer_cache* cache, int32_t kind, std::string_view pattern,
                            coffer_scan** out, coffer_sink& sink);
  ~coffer_scan();

  coffer_status next(coffer_bytes* keys, size_t capacity, size_t* count, coffer_sink& sink);

 private:
  coffer_scan(coffer_cache* cache, std::optional<std::string> glob)
      : cache_(coffer::core::Ref<coffer_cache>::share(cache)), glob_(std::move(glob)) {}

  bool is_fresh(const coffer_bytes& key) const;

  const coffer::core::Ref<coffer_cache> cache_;
  const std::optional<std::string> glob_;  // none: every key the store reports
  void* scan_ = nullptr;
};

#endif  // COFFER_CORE_CACHE_SCAN_H_
