#include "core/wire/sealed_store.h"

#include <vector>

#include "core/ref/entry.h"

namespace coffer::core {

// The same call of the store behind.
template <typename R, typename... Args, R (*coffer_store::*Member)(void*, Args...)>
struct SealedStore::Forward<Member> {
  static R call(void* self, Args... args) {
    SealedStore& store = of(self);
    return (store.inner_.*Member)(store.inner_self_, args...);
  }
};

SealedStore::SealedStore(const coffer_store& inner, void* inner_self,
                         std::unique_ptr<Sealer> sealer, Unreadable unreadable)
    : inner_(inner),
      inner_self_(inner_self),
      sealer_(std::move(sealer)),
      unreadable_(std::move(unreadable)),
      table_(inner) {
  table_.caps &= ~uint64_t{COFFER_STORE_COPY | COFFER_STORE_OBJECTS | COFFER_STORE_ASYNC};
  table_.destroy = &Forward<&coffer_store::destroy>::call;
  table_.get = &SealedStore::get;
  table_.read = [](void*, const coffer_key*, coffer_store_read*, coffer_sink*) {
    return coffer_status{COFFER_UNSUPPORTED};
  };
  table_.put = &SealedStore::put;
  table_.del = &Forward<&coffer_store::del>::call;
  table_.touch = &Forward<&coffer_store::touch>::call;
  table_.clear = &Forward<&coffer_store::clear>::call;
  table_.scan_open = &Forward<&coffer_store::scan_open>::call;
  table_.scan_next = &Forward<&coffer_store::scan_next>::call;
  table_.scan_close = &Forward<&coffer_store::scan_close>::call;
  table_.maintain = &Forward<&coffer_store::maintain>::call;
  table_.stats = &Forward<&coffer_store::stats>::call;
  table_.extension = &Forward<&coffer_store::extension>::call;
}

coffer_status SealedStore::get(void* self, const coffer_key* keys, size_t count, uint32_t flags,
                               coffer_time deadline, coffer_entry* out, coffer_outcome* each,
                               coffer_sink* sink) {
  const SealedStore& store = of(self);
  const bool beside = store.sealer_->scope() == Sealer::Scope::kValue;
  const bool value = (flags & COFFER_GET_NO_VALUE) == 0;
  // All there is to know of an entry may be in its bytes.
  const uint32_t inner_flags = beside ? flags : flags & ~uint32_t{COFFER_GET_NO_VALUE};
  const coffer_status status =
      store.inner_.get(store.inner_self_, keys, count, inner_flags, deadline, out, each, sink);
  if (failed(status) || (beside && !value)) return status;
  for (size_t i = 0; i < count; ++i) {
    if (each[i].status == COFFER_OK) store.open(keys[i], out[i], each[i]);
  }
  return status;
}

void SealedStore::open(const coffer_key& key, coffer_entry& entry, coffer_outcome& outcome) const {
  coffer_sink own;
  coffer_status status;
  try {
    status = sealer_->unseal(key, entry, own);
  } catch (const std::bad_alloc&) {
    status = COFFER_EXHAUSTED;
  }
  if (status == COFFER_OK) return;
  if (status == COFFER_EXHAUSTED) {
    release_entry(entry);
    outcome = {status, COFFER_FAIL_RETRIABLE};
    return;
  }
  if (failed(status)) unreadable_(key, own.error);
  Sealer::make_dead(entry);
}

coffer_status SealedStore::put(void* self, const coffer_store_put* items, size_t count,
                               coffer_time deadline, uint64_t* versions, coffer_outcome* each,
                               coffer_sink* sink) {
  const SealedStore& store = of(self);
  std::vector<coffer_store_put> sealed(items, items + count);
  std::vector<SealedBytes> bytes(count);
  for (size_t i = 0; i < count; ++i) {
    const coffer_status status = store.sealer_->seal(sealed[i], bytes[i], *sink);
    if (failed(status)) return status;
  }
  return store.inner_.put(store.inner_self_, sealed.data(), count, deadline, versions, each, sink);
}

}  // namespace coffer::core
