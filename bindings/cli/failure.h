// How a command ends before its end: an exception that main turns into a message and an exit code.
#ifndef BINDINGS_CLI_FAILURE_H_
#define BINDINGS_CLI_FAILURE_H_

#include <stdexcept>
#include <string>

namespace coffer::cli {

enum ExitCode { kYes = 0, kNo = 1, kUsage = 2, kFailed = 3 };

struct Failure : std::runtime_error {
  explicit Failure(const std::string& message, ExitCode code = kFailed)
      : std::runtime_error(message), exit_code(code) {}
  ExitCode exit_code;
};

struct UsageFailure : Failure {
  explicit UsageFailure(const std::string& message) : Failure(message, kUsage) {}
};

}  // namespace coffer::cli

#endif  // BINDINGS_CLI_FAILURE_H_
