#include "core/dependency/root.h"

#include "core/dependency/canonical.h"

namespace coffer::core {
namespace {

void add_root(std::string_view path, std::vector<Dependency>& out) {
  Dependency root;
  root.kind = Dependency::kTag;
  root.id = root_id(path);
  root.text = path.empty() ? "the store" : "namespace " + std::string(path);
  out.push_back(std::move(root));
}

}  // namespace

DependencyId root_id(std::string_view path) {
  return id_of(canonical_head(kCanonicalRoot, path, ""));
}

void add_roots(std::string_view path, std::vector<Dependency>& out) {
  add_root("", out);
  for (size_t end = 0; end < path.size() && end != path.npos;) {
    end = path.find('/', end + 1);
    add_root(path.substr(0, end), out);
  }
}

}  // namespace coffer::core
