// Reproducible randomness: the same seed gives the same run on every machine.
#ifndef COFFER_PLUGINS_CONFORMANCE_RANDOM_H_
#define COFFER_PLUGINS_CONFORMANCE_RANDOM_H_

#include <cstdint>
#include <string>

namespace coffer::conformance {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {  // splitmix64
    uint64_t x = state_ += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }
  uint64_t below(uint64_t n) { return n == 0 ? 0 : next() % n; }
  bool one_in(uint64_t n) { return below(n) == 0; }

  std::string bytes(size_t n) {
    std::string out(n, '\0');
    for (char& c : out) c = static_cast<char>(next());
    return out;
  }

 private:
  uint64_t state_;
};

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_RANDOM_H_
