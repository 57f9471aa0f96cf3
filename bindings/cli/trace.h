// A recorded sequence of requests: which keys a program asked its cache for, in order.
#ifndef BINDINGS_CLI_TRACE_H_
#define BINDINGS_CLI_TRACE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::cli {

// All requests, in memory, so that a replay times the cache and not the reading of a file.
class Trace {
 public:
  void add(uint64_t key);

  size_t size() const { return ends_.size(); }

  // Request number i as the key that goes to the cache: the number's decimal digits.
  std::string_view key(size_t i) const {
    const size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(text_).substr(begin, ends_[i] - begin);
  }

  // How many different keys there are.
  size_t count_distinct() const;

 private:
  std::string text_;
  std::vector<size_t> ends_;
};

// Reads a file of one decimal 64-bit number per line, plain or gzip; "-" is standard input. At most
// `limit` requests, 0: all. Throws Failure, which names file and line.
Trace read_trace(const std::string& path, uint64_t limit);

}  // namespace coffer::cli

#endif  // BINDINGS_CLI_TRACE_H_
