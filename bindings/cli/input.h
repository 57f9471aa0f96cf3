// A file, or standard input, as bytes in one piece that are not in memory.
#ifndef BINDINGS_CLI_INPUT_H_
#define BINDINGS_CLI_INPUT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace coffer::cli {

// Mapped: the system reads it when it is looked at, and may forget it again. What comes through a
// pipe goes to a temporary file first.
class Input {
 public:
  // "-": standard input. Throws Failure.
  explicit Input(const std::string& path);
  ~Input();
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  std::string_view bytes() const { return {data_ + start_, size_ - start_}; }

 private:
  const char* data_ = nullptr;
  size_t start_ = 0;  // where standard input stood
  size_t size_ = 0;   // mapped
};

}  // namespace coffer::cli

#endif  // BINDINGS_CLI_INPUT_H_
