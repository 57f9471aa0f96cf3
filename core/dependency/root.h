// The namespaces of a store that other processes see: what `clear` moves there. Each is a
// dependency of everything in it and in those nested in it.
#ifndef COFFER_CORE_DEPENDENCY_ROOT_H_
#define COFFER_CORE_DEPENDENCY_ROOT_H_

#include <string_view>
#include <vector>

#include "core/dependency/dependency.h"

namespace coffer::core {

// `path` is a whole namespace as it stands before the ':' of keys; empty: the whole store.
DependencyId root_id(std::string_view path);

// That of the whole store, and one for each level of the path.
void add_roots(std::string_view path, std::vector<Dependency>& out);

}  // namespace coffer::core

#endif  // COFFER_CORE_DEPENDENCY_ROOT_H_
