#include "core/stamp/store_keeper.h"

#include <algorithm>

#include "core/dependency/canonical.h"

namespace coffer::core {
namespace {

constexpr size_t kStampSize = 8;
// A list of schemes that would be longer starts anew, with another stamp: so no list grows for
// ever.
constexpr size_t kMostSchemes = 256;

bool same(const coffer_stamp_id& a, const coffer_stamp_id& b) {
  return a.low == b.low && a.high == b.high;
}

// 0 if it is damaged, which is as good as missing.
uint64_t stamp_of(const StampStore::Item& item) {
  if (!item.done || item.value.size() < kStampSize) return 0;
  uint64_t stamp = 0;
  for (size_t i = kStampSize; i > 0; --i)
    stamp = stamp << 8 | static_cast<unsigned char>(item.value[i - 1]);
  return stamp;
}

std::string value_of(uint64_t stamp, std::span<const Scheme> schemes = {}) {
  std::string out;
  append_fixed(out, stamp, kStampSize);
  for (const Scheme& scheme : schemes) append_part(out, scheme);
  return out;
}

// False if the value is damaged.
bool schemes_of(std::string_view value, std::vector<Scheme>& out) {
  if (value.size() < kStampSize) return false;
  value.remove_prefix(kStampSize);
  while (!value.empty()) {
    if (value.size() < 4) return false;
    size_t size = 0;
    for (size_t i = 4; i > 0; --i) size = size << 8 | static_cast<unsigned char>(value[i - 1]);
    value.remove_prefix(4);
    if (size > value.size()) return false;
    out.emplace_back(value.substr(0, size));
    if (!is_scheme(out.back())) return false;
    value.remove_prefix(size);
  }
  return true;
}

std::vector<StampStore::Item> items_of(std::span<const coffer_stamp_id> ids) {
  std::vector<StampStore::Item> out(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) out[i].key = stamp_key(ids[i]);
  return out;
}

}  // namespace

std::string stamp_key(const coffer_stamp_id& id) {
  std::string out(kStampKeyStart, sizeof kStampKeyStart);
  append_fixed(out, id.low, 8);
  append_fixed(out, id.high, 8);
  return out;
}

void StoreKeeper::Met::note(const coffer_stamp_id& space, const std::vector<Scheme>& schemes) {
  if (schemes.empty()) return;
  const std::lock_guard lock(mutex);
  if (spaces_.size() >= kMostSpaces) spaces_.clear();
  spaces_[{space.low, space.high}] = schemes;
}

std::vector<Scheme> StoreKeeper::Met::of(const coffer_stamp_id& space) {
  const std::lock_guard lock(mutex);
  const auto found = spaces_.find({space.low, space.high});
  return found == spaces_.end() ? std::vector<Scheme>() : found->second;
}

// One pin: read, make what is missing, and read again what others made meanwhile.
class StoreKeeper::Pinning {
 public:
  Pinning(StampStore& store, Met& met, std::span<coffer_stamp_pin> items, coffer_time deadline,
          coffer_sink& sink)
      : store_(store), met_(met), pins_(items), deadline_(deadline), sink_(sink) {}

  coffer_status run() {
    std::vector<size_t> open(pins_.size());
    for (size_t i = 0; i < open.size(); ++i) {
      open[i] = i;
      pins_[i].stamp = 0;
    }
    for (int attempt = 0; attempt < kAttempts && !open.empty(); ++attempt) {
      coffer_status status = look(open);
      if (!failed(status)) status = make(open);
      if (failed(status)) return status;
      std::erase_if(open, [&](size_t i) { return pins_[i].stamp != 0; });
    }
    // A stamp that is nowhere is safe: what depends on it is never fresh.
    for (const size_t i : open) pins_[i].stamp = pins_[i].fresh;
    return COFFER_OK;
  }

 private:
  static constexpr int kAttempts = 4;

  coffer_status look(const std::vector<size_t>& open) {
    items_.assign(open.size(), {});
    for (size_t i = 0; i < open.size(); ++i) items_[i].key = stamp_key(pins_[open[i]].id);
    coffer_status status = store_.get(items_, deadline_, sink_);
    std::vector<StampStore::Item> old;
    for (const StampStore::Item& item : items_) {
      if (item.done && item.left >= 0 && item.left < kStampLifetime / 2) old.push_back(item);
    }
    if (!failed(status) && !old.empty())
      status = store_.touch(old, kStampLifetime, deadline_, sink_);
    return status;
  }

  coffer_status make(const std::vector<size_t>& open) {
    std::vector<StampStore::Item> missing, wider;
    std::vector<size_t> missing_of, wider_of;
    for (size_t i = 0; i < open.size(); ++i) {
      coffer_stamp_pin& pin = pins_[open[i]];
      const uint64_t present = stamp_of(items_[i]);
      StampStore::Item wanted{items_[i].key, value_of(pin.fresh), false, 0};
      std::vector<Scheme> schemes;
      const bool more = is_space(pin) && add_schemes(pin, items_[i], schemes);
      if (more) wanted.value = value_of(pin.fresh, schemes);
      if (!items_[i].done) {
        missing.push_back(std::move(wanted));
        missing_of.push_back(open[i]);
      } else if (present == 0 || more) {
        wider.push_back(std::move(wanted));
        wider_of.push_back(open[i]);
      } else {
        pin.stamp = present;
      }
    }
    coffer_status status = COFFER_OK;
    if (!missing.empty()) status = store_.add(missing, kStampLifetime, deadline_, sink_);
    if (!failed(status) && !wider.empty())
      status = store_.set(wider, kStampLifetime, deadline_, sink_);
    if (failed(status)) return status;
    for (size_t i = 0; i < missing.size(); ++i) {
      if (missing[i].done) pins_[missing_of[i]].stamp = pins_[missing_of[i]].fresh;
    }
    for (const size_t i : wider_of) pins_[i].stamp = pins_[i].fresh;
    return status;
  }

  static bool is_space(const coffer_stamp_pin& pin) { return same(pin.space, pin.id); }

  static void add(std::vector<Scheme>& to, Scheme scheme) {
    if (std::find(to.begin(), to.end(), scheme) == to.end()) to.push_back(std::move(scheme));
  }

  // The schemes that the space is to have; false if it has all that are needed.
  bool add_schemes(const coffer_stamp_pin& space, const StampStore::Item& item,
                   std::vector<Scheme>& out) {
    if (item.done && !schemes_of(item.value, out)) out.clear();
    std::vector<Scheme> needed;
    for (const coffer_stamp_pin& pin : pins_) {
      if (pin.scheme.size == 0 || !same(pin.space, space.id)) continue;
      add(needed, Scheme(static_cast<const char*>(pin.scheme.data), pin.scheme.size));
    }
    const size_t before = out.size();
    for (const Scheme& scheme : needed) add(out, scheme);
    const bool more = out.size() > before;
    if (more || !item.done) {
      for (Scheme& scheme : met_.of(space.id)) add(out, std::move(scheme));
      if (out.size() > kMostSchemes) out = std::move(needed);
    }
    met_.note(space.id, out);
    return out.size() != before;
  }

  StampStore& store_;
  Met& met_;
  const std::span<coffer_stamp_pin> pins_;
  const coffer_time deadline_;
  coffer_sink& sink_;
  std::vector<StampStore::Item> items_;
};

coffer_status StoreKeeper::pin(std::span<coffer_stamp_pin> items, coffer_time deadline,
                               coffer_sink& sink) {
  return Pinning(*store_, met_, items, deadline, sink).run();
}

coffer_status StoreKeeper::read(std::span<const coffer_stamp_id> ids, coffer_time deadline,
                                std::span<uint64_t> stamps, coffer_sink& sink) {
  std::vector<StampStore::Item> items = items_of(ids);
  const coffer_status status = store_->get(items, deadline, sink);
  if (failed(status)) return status;
  for (size_t i = 0; i < items.size(); ++i) stamps[i] = stamp_of(items[i]);
  return COFFER_OK;
}

coffer_status StoreKeeper::move(std::span<const coffer_stamp_id> ids, coffer_time deadline,
                                coffer_sink& sink) {
  std::vector<StampStore::Item> items = items_of(ids);
  return store_->remove(items, deadline, sink);
}

coffer_status StoreKeeper::schemes(const coffer_stamp_id& space, coffer_time deadline,
                                   std::vector<Scheme>& out, coffer_sink& sink) {
  std::vector<StampStore::Item> items = items_of({&space, 1});
  const coffer_status status = store_->get(items, deadline, sink);
  if (failed(status) || !items[0].done || schemes_of(items[0].value, out)) return status;
  // Damaged: nobody knows what depends on it.
  out.clear();
  return store_->remove(items, deadline, sink);
}

}  // namespace coffer::core
