// The command `coffer`. What it can do is listed in commands.cc.
#include <cstdio>

#include "bindings/cli/commands.h"
#include "bindings/cli/output.h"
#include "bindings/cli/runfiles.h"
#include "bindings/cli/session.h"

namespace coffer::cli {
namespace {

int run(const std::vector<std::string>& words) {
  const Invocation invocation = parse(words, grammar());
  Session session(invocation);
  if (invocation.command == nullptr) {
    if (!invocation.has("help")) throw UsageFailure("no command given; try \"coffer help\"");
    session.write(help_overview());
    session.flush();
    return kYes;
  }
  const int code = run_invocation(session, invocation);
  session.flush();
  return code;
}

}  // namespace
}  // namespace coffer::cli

int main(int argc, char** argv) {
  using namespace coffer::cli;
  enter_runfiles(argv[0]);
  reserve_output();
  std::vector<std::string> words(argv + 1, argv + argc);
  if (words.empty()) words = {"help"};
  if (words.size() == 1 && words[0] == "--version") words = {"version"};
  try {
    return run(words);
  } catch (const Failure& failure) {
    std::fflush(output_file());  // what was said before the failure comes before it
    std::fprintf(stderr, "coffer: %s\n", failure.what());
    return failure.exit_code;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "coffer: %s\n", error.what());
    return kFailed;
  }
}
