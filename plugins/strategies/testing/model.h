// What a strategy should do, said in the plainest way, and a long random walk that compares.
#ifndef COFFER_PLUGINS_STRATEGIES_TESTING_MODEL_H_
#define COFFER_PLUGINS_STRATEGIES_TESTING_MODEL_H_

#include <cstdint>
#include <map>

#include "plugins/strategies/testing/driver.h"

namespace coffer::strategy {

struct ModelEntry {
  uint64_t weight = 0;
  coffer_time expires_at = COFFER_NEVER;
  double uses = 0;
  uint64_t turn = 0;  // when the entry came to its place: breaks ties
};

// The order is recomputed from the entries whenever somebody asks for it.
class Model {
 public:
  virtual ~Model() = default;

  virtual void insert(ModelEntry* entry) = 0;
  virtual void use(ModelEntry* entry) = 0;
  virtual void change_expiry(ModelEntry* entry, coffer_time expires_at) = 0;
  virtual void end_call(uint64_t uses) = 0;  // after each call that used entries
  virtual bool before(const ModelEntry& a, const ModelEntry& b) const = 0;

  Keys order() const;

  std::map<uint64_t, ModelEntry> entries;
  uint64_t turns = 0;
};

// Random inserts, batches of hits, overwrites, removals and evictions on both; the orders must be
// the same all the time.
void random_walk(Driver* driver, Model* model, int steps, uint64_t seed);

}  // namespace coffer::strategy

#endif  // COFFER_PLUGINS_STRATEGIES_TESTING_MODEL_H_
