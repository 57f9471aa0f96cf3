// coffer/scan.hpp: the keys of a cache as a range.
//
//   auto keys = cache.keys({.prefix = "user:"});
//   for (std::string_view key : keys) use(key);    // a view until the next step
//   if (!keys.ok()) log(keys.outcome().message()); // the loop ends early if the store fails
#ifndef COFFER_SCAN_HPP_
#define COFFER_SCAN_HPP_

#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "coffer/bytes.hpp"
#include "coffer/result.hpp"
#include "coffer/scan.h"

namespace coffer {

// Which keys: all, those with a prefix, or those that match a glob ('*', '?', [a-z], [!x], '\').
// With both, keys must start with the prefix and the whole key must match the glob after it.
struct KeyFilter {
  std::string_view prefix = {};
  std::string_view glob = {};
};

// A scan in progress: an input range of std::string_view, passed once, by one thread at a time. A
// key that stays in the cache throughout comes exactly once.
class Scan {
 public:
  Scan(coffer_cache* cache, const KeyFilter& filter) {
    const std::string glob = pattern(filter);
    const Bytes text = glob.empty() ? Bytes(filter.prefix) : Bytes(glob);
    coffer_scan* scan = nullptr;
    coffer_error* error = nullptr;
    const coffer_status status =
        coffer_scan_open(cache, glob.empty() ? COFFER_SCAN_PREFIX : COFFER_SCAN_GLOB, text.data(),
                         text.size(), &scan, &error);
    outcome_ = Outcome(status, error);
    scan_.reset(scan);
    at_end_ = !outcome_.ok();
  }

  class Iterator {
   public:
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;

    explicit Iterator(Scan* scan) noexcept : scan_(scan) {}
    const std::string_view& operator*() const noexcept { return scan_->key_; }
    Iterator& operator++() noexcept {
      scan_->step();
      return *this;
    }
    void operator++(int) noexcept { scan_->step(); }
    bool operator==(std::default_sentinel_t) const noexcept { return scan_->at_end_; }

   private:
    Scan* scan_;
  };

  // Call begin() once: a scan does not start again.
  Iterator begin() noexcept {
    if (!at_end_) step();
    return Iterator(this);
  }
  std::default_sentinel_t end() const noexcept { return {}; }

  // False if the scan could not start, or stopped before the last key; outcome() tells why.
  bool ok() const noexcept { return outcome_.ok(); }
  const Outcome& outcome() const noexcept { return outcome_; }

 private:
  static constexpr std::size_t kPage = 128;

  struct Release {
    void operator()(coffer_scan* scan) const noexcept { coffer_scan_release(scan); }
  };

  // The prefix as literal text of a glob, before the glob itself.
  static std::string pattern(const KeyFilter& filter) {
    if (filter.glob.empty()) return {};
    std::string out;
    for (const char c : filter.prefix) {
      if (std::string_view("*?[\\").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
    return out.append(filter.glob);
  }

  void step() noexcept {
    while (next_ == count_) {
      if (last_page_ || !fetch()) {
        at_end_ = true;
        return;
      }
    }
    key_ = Bytes(page_[next_++]).text();
  }

  bool fetch() noexcept {
    next_ = count_ = 0;
    coffer_error* error = nullptr;
    const coffer_status status = coffer_scan_next(scan_.get(), page_, kPage, &count_, &error);
    last_page_ = status == COFFER_END;
    if (status == COFFER_OK || last_page_) return true;
    count_ = 0;
    outcome_ = Outcome(status, error);
    return false;
  }

  std::unique_ptr<coffer_scan, Release> scan_;
  Outcome outcome_;
  std::string_view key_;
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  bool last_page_ = false;
  bool at_end_ = false;
  coffer_bytes page_[kPage];
};

}  // namespace coffer

#endif  // COFFER_SCAN_HPP_
