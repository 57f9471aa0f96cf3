// coffer/batch.hpp: many operations in one call.
//
//   auto found = cache.get_many({"user:1", "user:2"});
//   for (const coffer::Item& user : *found) {
//     if (user.ok()) use(user.text());
//   }
#ifndef COFFER_BATCH_HPP_
#define COFFER_BATCH_HPP_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <ranges>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "coffer/batch.h"
#include "coffer/bytes.hpp"
#include "coffer/entry.hpp"
#include "coffer/put_options.hpp"
#include "coffer/result.hpp"

namespace coffer {

// A range of keys. Its elements must be lvalues or views: a batch borrows them.
template <typename R>
concept BytesRange = std::ranges::input_range<const R> &&
    std::convertible_to<std::ranges::range_reference_t<const R>, Bytes> &&
    (std::is_lvalue_reference_v<std::ranges::range_reference_t<const R>> ||
     std::is_trivially_copyable_v<std::ranges::range_value_t<const R>>);

// A range of pairs of key and value: a map, or a vector of pairs.
template <typename R>
concept PairRange = std::ranges::input_range<const R> &&
    std::is_lvalue_reference_v<std::ranges::range_reference_t<const R>> &&
    requires(std::ranges::range_reference_t<const R> item) {
  { item.first } -> std::convertible_to<Bytes>;
  { item.second } -> std::convertible_to<Bytes>;
};

// Operations to run together, in order. Keys and values are borrowed until the batch was run or
// submitted. May be cleared and filled again.
class Batch {
 public:
  Batch& get(Bytes key) { return add(COFFER_OP_GET, key); }
  Batch& put(Bytes key, Bytes value, const PutOptions& options = {}) {
    add(COFFER_OP_PUT, key);
    ops_.back().value = value.raw();
    ops_.back().put = options.raw();
    return *this;
  }
  Batch& erase(Bytes key) { return add(COFFER_OP_DELETE, key); }
  Batch& touch(Bytes key, Ttl ttl) {
    add(COFFER_OP_TOUCH, key);
    ops_.back().put = PutOptions{.ttl = ttl}.raw();
    return *this;
  }
  Batch& exists(Bytes key) { return add(COFFER_OP_EXISTS, key); }
  // As Cache::incr: an absent key starts from `initial` with `ttl`.
  Batch& incr(Bytes key, std::int64_t delta = 1, std::int64_t initial = 0, Ttl ttl = {}) {
    add(COFFER_OP_INCR, key);
    ops_.back().number = delta;
    ops_.back().initial = initial;
    ops_.back().put = PutOptions{.ttl = ttl}.raw();
    return *this;
  }

  // One operation for each element.
  template <BytesRange Keys>
  Batch& get_all(const Keys& keys) {
    for (const auto& key : keys) get(key);
    return *this;
  }
  template <PairRange Items>
  Batch& put_all(const Items& items, const PutOptions& options = {}) {
    for (const auto& item : items) put(item.first, item.second, options);
    return *this;
  }
  template <BytesRange Keys>
  Batch& erase_all(const Keys& keys) {
    for (const auto& key : keys) erase(key);
    return *this;
  }
  template <BytesRange Keys>
  Batch& touch_all(const Keys& keys, Ttl ttl) {
    for (const auto& key : keys) touch(key, ttl);
    return *this;
  }

  void clear() noexcept { ops_.clear(); }
  std::size_t size() const noexcept { return ops_.size(); }
  const coffer_op* data() const noexcept { return ops_.data(); }

 private:
  Batch& add(std::int32_t kind, Bytes key) {
    coffer_op& op = ops_.emplace_back();
    op.struct_size = sizeof(op);
    op.kind = kind;
    op.key = key.raw();
    return *this;
  }

  std::vector<coffer_op> ops_;
};

// The answer to one operation of a batch; for a get also the entry, which lives as long as the
// results do unless it is taken out.
class Item : public EntryAccess<Item> {
 public:
  explicit Item(coffer_result& raw) noexcept : raw_(&raw) {}

  Status status() const noexcept { return static_cast<Status>(raw_->status); }
  bool ok() const noexcept { return raw_->status == COFFER_OK; }
  explicit operator bool() const noexcept { return ok(); }
  bool missed() const noexcept { return raw_->status == COFFER_MISS; }
  bool failed() const noexcept { return raw_->status >= COFFER_INVALID_ARGUMENT; }
  // COFFER_FAIL_* of a failure.
  std::uint32_t failure_flags() const noexcept { return raw_->flags; }

  // Of the entry got or put.
  std::uint64_t version() const noexcept {
    return raw_->version != 0 ? raw_->version : raw_->entry.version;
  }
  // The sum, after incr.
  std::int64_t number() const noexcept { return raw_->number; }
  // Moves the entry of a get out of the results.
  Entry take() const noexcept { return Entry(raw_->entry); }

  const coffer_entry& raw_entry() const noexcept { return raw_->entry; }

 private:
  coffer_result* raw_;
};

// A view of results in the order of the operations.
class ResultsView {
 public:
  class Iterator {
   public:
    using value_type = Item;
    using difference_type = std::ptrdiff_t;

    Iterator() noexcept = default;
    explicit Iterator(coffer_result* at) noexcept : at_(at) {}
    Item operator*() const noexcept { return Item(*at_); }
    Iterator& operator++() noexcept {
      ++at_;
      return *this;
    }
    Iterator operator++(int) noexcept { return Iterator(at_++); }
    bool operator==(const Iterator&) const noexcept = default;

   private:
    coffer_result* at_ = nullptr;
  };

  ResultsView() noexcept = default;
  explicit ResultsView(std::span<coffer_result> raw) noexcept : raw_(raw) {}

  std::size_t size() const noexcept { return raw_.size(); }
  bool empty() const noexcept { return raw_.empty(); }
  Item operator[](std::size_t index) const noexcept { return Item(raw_[index]); }
  Iterator begin() const noexcept { return Iterator(raw_.data()); }
  Iterator end() const noexcept { return Iterator(raw_.data() + raw_.size()); }

 private:
  std::span<coffer_result> raw_;
};

// The results of a batch that was run; unpins its entries at the end. Move-only.
class Results {
 public:
  Results() = default;
  explicit Results(std::size_t count) : raw_(count) {}
  Results(Results&& other) noexcept : raw_(std::exchange(other.raw_, {})) {}
  Results& operator=(Results&& other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~Results() {
    for (coffer_result& result : raw_) coffer_entry_release(&result.entry);
  }

  std::size_t size() const noexcept { return raw_.size(); }
  bool empty() const noexcept { return raw_.empty(); }
  Item operator[](std::size_t index) noexcept { return Item(raw_[index]); }
  ResultsView::Iterator begin() noexcept { return ResultsView::Iterator(raw_.data()); }
  ResultsView::Iterator end() noexcept { return ResultsView::Iterator(raw_.data() + raw_.size()); }

  // For calls of the C ABI.
  coffer_result* data() noexcept { return raw_.data(); }

 private:
  std::vector<coffer_result> raw_;
};

}  // namespace coffer

#endif  // COFFER_BATCH_HPP_
