#include "plugins/conformance/checks.h"

namespace coffer::conformance {

std::span<const Check> all_checks() {
#define COFFER_CHECK(function, id, rule, subject, needs, description) \
  {id, rule, Subject::subject, needs, description, checks::function},
  static const Check list[] = {
#include "plugins/conformance/checks.def"
  };
#undef COFFER_CHECK
  return list;
}

}  // namespace coffer::conformance
