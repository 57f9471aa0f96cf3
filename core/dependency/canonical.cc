#include "core/dependency/canonical.h"

#include "core/dependency/digest.h"

namespace coffer::core {

std::string canonical_head(CanonicalKind kind, std::string_view scope, std::string_view name) {
  std::string out;
  out.reserve(1 + 4 + scope.size() + 4 + name.size());
  out += kind;
  append_part(out, scope);
  append_part(out, name);
  return out;
}

DependencyId id_of(std::string_view canonical) {
  const Digest digest = digest_of(canonical);
  return {digest.low, digest.high};
}

DependencyId tag_id(std::string_view scope, std::string_view tag) {
  return id_of(canonical_head(kCanonicalTag, scope, tag));
}

DependencyId space_id(std::string_view scope, std::string_view space) {
  return id_of(canonical_head(kCanonicalSpace, scope, space));
}

}  // namespace coffer::core
