// The declared columns of the spaces of one store.
#ifndef COFFER_CORE_DEPENDENCY_SPACES_H_
#define COFFER_CORE_DEPENDENCY_SPACES_H_

#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "coffer/dependency.h"
#include "core/error/error.h"

namespace coffer::core {

// The columns of one space as they were declared at some moment.
class Columns {
 public:
  // COFFER_COLUMN_*, ANY if it is not declared.
  int32_t type_of(std::string_view column) const {
    const auto found = types_.find(column);
    return found == types_.end() ? COFFER_COLUMN_ANY : found->second;
  }

 private:
  friend class Spaces;
  std::map<std::string, int32_t, std::less<>> types_;
};

// [any-thread]
class Spaces {
 public:
  // All or none of `columns` are declared.
  coffer_status declare(std::string_view scope, std::string_view space,
                        const coffer_column* columns, size_t count, coffer_sink& sink);
  // Never NULL: of a space that is not declared, no columns.
  std::shared_ptr<const Columns> columns(std::string_view scope, std::string_view space) const;

  // Around a fork.
  void before_fork() { mutex_.lock(); }
  void after_fork() { mutex_.unlock(); }

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::shared_ptr<const Columns>, std::less<>>
      spaces_;  // by the canonical form of the space
  const std::shared_ptr<const Columns> none_ = std::make_shared<const Columns>();
};

}  // namespace coffer::core

#endif  // COFFER_CORE_DEPENDENCY_SPACES_H_
