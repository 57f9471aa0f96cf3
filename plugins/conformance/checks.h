// The list of checks (checks.def) as data.
#ifndef COFFER_PLUGINS_CONFORMANCE_CHECKS_H_
#define COFFER_PLUGINS_CONFORMANCE_CHECKS_H_

#include <span>

#include "coffer/plugin/store_async.h"
#include "plugins/conformance/case.h"

namespace coffer::conformance {

// What a check is about: the file as such, any plugin in it, or plugins of one kind.
enum class Subject {
  kFile = -1,
  kAny = 0,
  kStore = COFFER_KIND_STORE,
  kStrategy = COFFER_KIND_STRATEGY,
  kSerializer = COFFER_KIND_SERIALIZER,
  kCodec = COFFER_KIND_CODEC
};

struct Check {
  const char* id;
  const char* rule;  // P..: duty in coffer/plugin/plugin.h; R..: binary hygiene; else the header
  Subject subject;
  uint64_t needs;           // capability bits without which there is nothing to check
  const char* description;  // what a plugin does that passes
  void (*run)(Case&);
};

std::span<const Check> all_checks();

#define COFFER_CHECK(function, id, rule, subject, needs, description) void function(Case&);
namespace checks {
#include "plugins/conformance/checks.def"
}  // namespace checks
#undef COFFER_CHECK

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_CHECKS_H_
