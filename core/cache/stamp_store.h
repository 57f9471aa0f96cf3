// Stamps kept as entries of a store that other processes use.
#ifndef COFFER_CORE_CACHE_STAMP_STORE_H_
#define COFFER_CORE_CACHE_STAMP_STORE_H_

#include <memory>

#include "core/stamp/stamps.h"

namespace coffer::core {

class Store;

// The stamps of a store whose entries are not only of this process: kept by the plugin if it offers
// that (coffer.store.stamps/1), else as entries of it. `store` outlives the result.
std::unique_ptr<Stamps> shared_stamps(Store& store);

}  // namespace coffer::core

#endif  // COFFER_CORE_CACHE_STAMP_STORE_H_
