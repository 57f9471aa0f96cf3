// Short forms of fetching, committing and invalidating, for tests through the public header.
#ifndef COFFER_CAPI_TESTING_FRESHNESS_H_
#define COFFER_CAPI_TESTING_FRESHNESS_H_

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "capi/testing/fixture.h"
#include "coffer/fetch.h"

namespace coffer::testing {

inline coffer_bytes bytes(std::string_view text) { return {text.data(), text.size()}; }

// Dependencies that own what they point to. Values are integers: column "a" = 1.
class Depends {
 public:
  Depends() = default;
  Depends(const Depends&) = delete;
  Depends& operator=(const Depends&) = delete;

  Depends& tag(std::string_view name) {
    tags_.push_back(bytes(keep(name)));
    return *this;
  }
  using Conjunction = std::vector<std::pair<std::string, int64_t>>;
  Depends& rows(std::string_view space, std::initializer_list<Conjunction> any) {
    return rows(space, std::vector<Conjunction>(any));
  }
  Depends& rows(std::string_view space, const std::vector<Conjunction>& any) {
    auto& conjunctions = *conjunctions_.emplace_back(std::make_unique<std::vector<coffer_cells>>());
    for (const Conjunction& conjunction : any) conjunctions.push_back(cells(conjunction));
    rows_.push_back({bytes(keep(space)), conjunctions.data(), conjunctions.size()});
    return *this;
  }
  coffer_cells cells(const Conjunction& conjunction) {
    auto& cells = *cells_.emplace_back(std::make_unique<std::vector<coffer_cell>>());
    for (const auto& [column, value] : conjunction) {
      coffer_cell cell{};
      cell.column = bytes(keep(column));
      cell.value.type = COFFER_DATUM_I64;
      cell.value.i64 = value;
      cells.push_back(cell);
    }
    return {cells.data(), cells.size()};
  }
  const coffer_dependencies* get() {
    dependencies_ = {
        sizeof(coffer_dependencies), 0, tags_.data(), tags_.size(), rows_.data(), rows_.size()};
    return &dependencies_;
  }

 private:
  std::string_view keep(std::string_view text) {
    return *names_.emplace_back(std::make_unique<std::string>(text));
  }

  std::vector<std::unique_ptr<std::string>> names_;
  std::vector<coffer_bytes> tags_;
  std::vector<coffer_rows> rows_;
  std::vector<std::unique_ptr<std::vector<coffer_cells>>> conjunctions_;
  std::vector<std::unique_ptr<std::vector<coffer_cell>>> cells_;
  coffer_dependencies dependencies_{};
};

inline coffer_fetch_options fetch_options(uint32_t flags = 0) {
  coffer_fetch_options options{};
  options.struct_size = sizeof options;
  options.flags = flags;
  return options;
}

// What a fetch or a wait gave. Releases the entry, not the lease.
struct Fetch {
  Fetch() = default;
  Fetch(Fetch&& other) noexcept
      : call(other.call),
        error(std::move(other.error)),
        fetched(std::exchange(other.fetched, {})) {}
  Fetch& operator=(Fetch&& other) noexcept {
    std::swap(call, other.call);
    std::swap(error, other.error);
    std::swap(fetched, other.fetched);
    return *this;
  }
  ~Fetch() { coffer_entry_release(&fetched.entry); }

  // "HIT v", "STALE v", "STALE+lease v", "LEAD", "WAIT", "MISS" or "(STATUS)".
  std::string text() const {
    if (call != COFFER_OK) return std::string("(") + coffer_status_name(call) + ")";
    static constexpr const char* kNames[] = {"?", "HIT", "STALE", "LEAD", "WAIT", "MISS"};
    std::string out = kNames[fetched.state];
    const bool leased = fetched.lease != 0 &&
                        (fetched.state == COFFER_FETCH_HIT || fetched.state == COFFER_FETCH_STALE);
    if (leased) out += "+lease";
    if (fetched.entry.version == 0 && fetched.entry.release == nullptr) return out;
    out += ' ';
    if ((fetched.entry.flags & COFFER_ENTRY_NULL) != 0) return out + "(null)";
    return out.append(static_cast<const char*>(fetched.entry.data), fetched.entry.size);
  }
  coffer_lease lease() const { return fetched.lease; }

  coffer_status call = COFFER_OK;
  std::string error;
  coffer_fetched fetched{};
};

inline Fetch fetch(coffer_cache* cache, std::string_view key,
                   const coffer_fetch_options& options = fetch_options()) {
  Fetch result;
  coffer_error* error = nullptr;
  result.call = coffer_fetch(cache, key.data(), key.size(), &options, &result.fetched, &error);
  result.error = message_of(error);
  return result;
}

inline Fetch fetch_with(coffer_cache* cache, std::string_view key, Depends& depends,
                        uint32_t flags = 0) {
  coffer_fetch_options options = fetch_options(flags);
  options.dependencies = depends.get();
  return fetch(cache, key, options);
}

inline Fetch wait(coffer_cache* cache, coffer_lease lease, int64_t timeout = 0) {
  Fetch result;
  coffer_error* error = nullptr;
  result.call = coffer_lease_wait(cache, lease, timeout, &result.fetched, &error);
  result.error = message_of(error);
  return result;
}

inline coffer_commit value_commit(std::string_view value, coffer_ttl ttl = COFFER_TTL_DEFAULT) {
  coffer_commit commit{};
  commit.struct_size = sizeof commit;
  commit.value = bytes(value);
  commit.ttl = ttl;
  return commit;
}

inline coffer_status commit(coffer_cache* cache, coffer_lease lease, const coffer_commit& what,
                            std::string* error = nullptr) {
  coffer_error* failure = nullptr;
  const coffer_status status = coffer_lease_commit(cache, lease, &what, nullptr, &failure);
  const std::string message = message_of(failure);
  if (error != nullptr) *error = message;
  return status;
}
inline coffer_status commit(coffer_cache* cache, coffer_lease lease, std::string_view value,
                            coffer_ttl ttl = COFFER_TTL_DEFAULT) {
  return commit(cache, lease, value_commit(value, ttl));
}

inline coffer_status abandon(coffer_cache* cache, coffer_lease lease,
                             const char* why = "the source is down") {
  return coffer_lease_abandon(cache, lease, COFFER_IO, why, nullptr);
}

inline coffer_status invalidate(coffer_cache* cache, std::string_view tag,
                                coffer_txn* txn = nullptr) {
  const coffer_bytes name = bytes(tag);
  return coffer_invalidate_tags(cache, txn, &name, 1, nullptr);
}

inline coffer_status row_event(coffer_cache* cache, std::string_view space,
                               const Depends::Conjunction* before,
                               const Depends::Conjunction* after, coffer_txn* txn = nullptr) {
  Depends keep;
  coffer_cells old_row{};
  coffer_cells new_row{};
  if (before != nullptr) old_row = keep.cells(*before);
  if (after != nullptr) new_row = keep.cells(*after);
  return coffer_row_event(cache, txn, bytes(space), before != nullptr ? &old_row : nullptr,
                          after != nullptr ? &new_row : nullptr, nullptr);
}

// Computes and stores if there is nothing fresh; returns what is fresh then.
inline std::string load(coffer_cache* cache, std::string_view key, std::string_view value,
                        Depends& depends) {
  Fetch got = fetch_with(cache, key, depends);
  if (got.fetched.state != COFFER_FETCH_LEAD) return got.text();
  EXPECT_EQ(commit(cache, got.lease(), value), COFFER_OK);
  return "loaded";
}

}  // namespace coffer::testing

#endif  // COFFER_CAPI_TESTING_FRESHNESS_H_
