#include "bindings/cli/trace.h"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "bindings/cli/failure.h"
#include "bindings/cli/format.h"

namespace coffer::cli {
namespace {

// A file read line by line; zlib passes through what is not compressed.
class LineReader {
 public:
  explicit LineReader(const std::string& path)
      : name_(path == "-" ? "standard input" : path),
        file_(path == "-" ? gzdopen(dup(STDIN_FILENO), "rb") : gzopen(path.c_str(), "rb")) {
    if (file_ == nullptr) throw Failure("cannot open the trace " + name_ + ": " + error_text());
    gzbuffer(file_, 1 << 17);
  }
  ~LineReader() { gzclose(file_); }
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  // False at the end of the file. The line is valid until the next call, and cut at 1 KiB.
  bool next(std::string_view* line) {
    errno = 0;
    const z_off_t begin = gztell(file_);
    if (gzgets(file_, buffer_, sizeof(buffer_)) == nullptr) {
      check_read();
      return false;
    }
    ++number_;
    *line = std::string_view(buffer_, static_cast<size_t>(gztell(file_) - begin));
    while (!line->empty() && (line->back() == '\n' || line->back() == '\r')) line->remove_suffix(1);
    return true;
  }

  std::string place() const { return name_ + ':' + std::to_string(number_); }

 private:
  void check_read() {
    int code = Z_OK;
    const char* text = gzerror(file_, &code);
    if (code == Z_OK || code == Z_STREAM_END) return;
    const std::string why = code == Z_ERRNO       ? error_text()
                            : code == Z_BUF_ERROR ? "the compressed file ends too early"
                                                  : std::string(text);
    throw Failure("cannot read the trace after " + place() + ": " + why);
  }

  static std::string error_text() { return errno == 0 ? "out of memory" : std::strerror(errno); }

  const std::string name_;
  gzFile file_;
  uint64_t number_ = 0;
  char buffer_[1024];
};

}  // namespace

void Trace::add(uint64_t key) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof(digits), key).ptr;
  text_.append(digits, end);
  ends_.push_back(text_.size());
}

size_t Trace::count_distinct() const {
  std::vector<std::string_view> keys;
  keys.reserve(size());
  for (size_t i = 0; i < size(); ++i) keys.push_back(key(i));
  std::sort(keys.begin(), keys.end());
  return static_cast<size_t>(std::unique(keys.begin(), keys.end()) - keys.begin());
}

Trace read_trace(const std::string& path, uint64_t limit) {
  LineReader reader(path);
  Trace trace;
  std::string_view line;
  while ((limit == 0 || trace.size() < limit) && reader.next(&line)) {
    const auto key = parse_unsigned(line);
    if (!key) {
      throw Failure(reader.place() + ": \"" + printable(line.substr(0, 40)) +
                    "\" is not a key; a trace has one decimal number of 64 bits per line");
    }
    trace.add(*key);
  }
  if (trace.size() == 0) throw Failure("the trace " + path + " has no requests");
  return trace;
}

}  // namespace coffer::cli
