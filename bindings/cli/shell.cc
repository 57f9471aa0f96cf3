// The shell: many commands on one cache, in one process.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "bindings/cli/commands.h"
#include "bindings/cli/session.h"

namespace coffer::cli {
namespace {

// Options that belong to the whole shell, unless a command has one of that name for itself.
void refuse_shell_options(const Invocation& invocation) {
  for (const std::string name : {"cache", "namespace", "plugin-path", "plugin-files"}) {
    if (!invocation.has(name)) continue;
    const auto& own = invocation.command->options;
    if (std::any_of(own.begin(), own.end(), [&](const Option& o) { return name == o.name; })) {
      continue;
    }
    throw UsageFailure("--" + name + " holds for the whole shell: coffer --" + name + " … shell");
  }
}

enum class Next { kGoOn, kStop };

Next run_line(Session& session, std::string_view line, int* code) {
  *code = kYes;
  try {
    const std::vector<std::string> words = split_words(line);
    if (words.empty()) return Next::kGoOn;
    if (words.size() == 1 && (words[0] == "exit" || words[0] == "quit")) return Next::kStop;
    const Invocation invocation = parse(words, grammar());
    if (invocation.command == nullptr) throw UsageFailure("a command is missing");
    if (invocation.command->run == run_shell) throw UsageFailure("this is a shell already");
    refuse_shell_options(invocation);
    *code = run_invocation(session, invocation);
  } catch (const Failure& failure) {
    session.note(failure.what());
    *code = failure.exit_code;
  }
  show_watched(session);
  session.flush();
  return Next::kGoOn;
}

// One line of standard input without its end; false at the end of the input.
bool read_line(std::string* line) {
  line->clear();
  int c;
  while ((c = std::getchar()) != EOF && c != '\n') *line += static_cast<char>(c);
  return c != EOF || !line->empty();
}

int run_input(Session& session) {
  const bool interactive = isatty(STDIN_FILENO) != 0;
  if (interactive) session.note("\"help\" lists the commands, \"exit\" ends the shell");
  int worst = kYes;
  std::string line;
  for (;;) {
    if (interactive) std::fputs("coffer> ", stderr);
    if (!read_line(&line)) break;
    int code = kYes;
    if (run_line(session, line, &code) == Next::kStop) break;
    worst = std::max(worst, code);
  }
  return interactive ? kYes : worst;
}

}  // namespace

int run_shell(Session& session, const Invocation& invocation) {
  session.enter_shell();
  if (invocation.args.empty()) return run_input(session);
  int worst = kYes;
  for (const std::string& line : invocation.args) {
    int code = kYes;
    if (run_line(session, line, &code) == Next::kStop) break;
    worst = std::max(worst, code);
  }
  return worst;
}

}  // namespace coffer::cli
