// How messages name a lease.
#ifndef COFFER_CORE_LEASE_NAME_H_
#define COFFER_CORE_LEASE_NAME_H_

#include <string>

#include "coffer/fetch.h"

namespace coffer::core {

inline std::string lease_name(coffer_lease id) { return "lease " + std::to_string(id); }

}  // namespace coffer::core

#endif  // COFFER_CORE_LEASE_NAME_H_
