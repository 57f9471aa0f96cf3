#include "bindings/cli/input.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "bindings/cli/failure.h"

namespace coffer::cli {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

[[noreturn]] void fail(const std::string& path) {
  throw Failure("cannot read " + (path == "-" ? "standard input" : path) + ": " +
                std::strerror(errno));
}

// A copy that is gone with its last descriptor.
File spooled(std::FILE* from, const std::string& path) {
  File copy(std::tmpfile(), std::fclose);
  if (copy == nullptr)
    throw Failure(std::string("cannot make a temporary file: ") + std::strerror(errno));
  char buffer[1 << 16];
  while (const size_t n = std::fread(buffer, 1, sizeof buffer, from)) {
    if (std::fwrite(buffer, 1, n, copy.get()) != n) {
      throw Failure(std::string("cannot write a temporary file: ") + std::strerror(errno));
    }
  }
  if (std::ferror(from) != 0) fail(path);
  if (std::fflush(copy.get()) != 0)
    throw Failure(std::string("cannot write a temporary file: ") + std::strerror(errno));
  return copy;
}

}  // namespace

Input::Input(const std::string& path) {
  const bool standard = path == "-";
  const File opened(standard ? nullptr : std::fopen(path.c_str(), "rb"), std::fclose);
  std::FILE* file = standard ? stdin : opened.get();
  if (file == nullptr) fail(path);
  struct stat about;
  if (fstat(fileno(file), &about) != 0) fail(path);
  File copy(nullptr, std::fclose);
  if (S_ISREG(about.st_mode)) {
    const off_t at = lseek(fileno(file), 0, SEEK_CUR);
    start_ = at > 0 ? static_cast<size_t>(at) : 0;
  } else {
    copy = spooled(file, path);
    file = copy.get();
    if (fstat(fileno(file), &about) != 0) fail(path);
  }
  size_ = static_cast<size_t>(about.st_size);
  if (start_ >= size_) {
    start_ = size_ = 0;
    return;
  }
  void* const mapped = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fileno(file), 0);
  if (mapped == MAP_FAILED) fail(path);
  madvise(mapped, size_, MADV_SEQUENTIAL);
  data_ = static_cast<const char*>(mapped);
}

Input::~Input() {
  if (data_ != nullptr) munmap(const_cast<char*>(data_), size_);
}

}  // namespace coffer::cli
