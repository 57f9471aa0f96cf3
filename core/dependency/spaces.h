// The declared columns of the spaces of one store.
#ifndef COFFER_CORE_DEPENDENCY_SPACES_H_
#define COFFER_CORE_DEPENDENCY_SPACES_H_

#include <map>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "coffer/dependency.h"
#include "core/error/error.h"

namespace coffer::core {

// [any-thread]
class Spaces {
 public:
  // All or none of `columns` are declared.
  coffer_status declare(std::string_view scope, std::string_view space, const coffer_column* columns, size_t count,
                        coffer_sink& sink);
  // COFFER_COLUMN_*, ANY if it is not declared.
  int32_t type_of(std::string_view scope, std::string_view space, std::string_view column) const;

  // Around a fork.
  void before_fork() { mutex_.lock(); }
  void after_fork() { mutex_.unlock(); }

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::map<std::string, int32_t, std::less<>>, std::less<>> spaces_;  // by scope, NUL, space
};

}  // namespace coffer::core

#endif  // COFFER_CORE_DEPENDENCY_SPACES_H_
