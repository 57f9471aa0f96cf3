#include "bindings/cli/output.h"

#include <fcntl.h>
#include <unistd.h>

namespace coffer::cli {
namespace {

std::FILE* reserved = nullptr;

}  // namespace

void reserve_output() {
  const int own = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  if (own < 0) return;  // closed: writing will say so
  if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    close(own);
    return;
  }
  reserved = fdopen(own, "w");
}

std::FILE* output_file() { return reserved != nullptr ? reserved : stdout; }

}  // namespace coffer::cli
