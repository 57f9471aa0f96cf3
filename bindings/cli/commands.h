// The table of commands and where each is done.
#ifndef BINDINGS_CLI_COMMANDS_H_
#define BINDINGS_CLI_COMMANDS_H_

#include <span>

#include "bindings/cli/args.h"

namespace coffer::cli {

std::span<const Command> commands();
std::span<const Option> global_options();
inline Grammar grammar() { return {global_options(), commands()}; }

// Runs the command, or shows its help if that is asked for. Throws Failure.
int run_invocation(Session& session, const Invocation& invocation);

// Each returns 0 for yes or 1 for no, and throws Failure. entry_commands.cc:
int run_get(Session& session, const Invocation& invocation);
int run_put(Session& session, const Invocation& invocation);
int run_add(Session& session, const Invocation& invocation);
int run_del(Session& session, const Invocation& invocation);
int run_incr(Session& session, const Invocation& invocation);

// fresh_commands.cc:
int run_invalidate(Session& session, const Invocation& invocation);
int run_explain(Session& session, const Invocation& invocation);
int run_watch(Session& session, const Invocation& invocation);
// In a shell after each command: what happened, if it is watched.
void show_watched(Session& session);

// look_commands.cc:
int run_keys(Session& session, const Invocation& invocation);
int run_stats(Session& session, const Invocation& invocation);
int run_plugins(Session& session, const Invocation& invocation);
int run_version(Session& session, const Invocation& invocation);

// work_commands.cc:
int run_replay(Session& session, const Invocation& invocation);
int run_convert(Session& session, const Invocation& invocation);

// shell.cc:
int run_shell(Session& session, const Invocation& invocation);

// help.cc:
int run_help(Session& session, const Invocation& invocation);
std::string help_overview();
std::string help_of(const Command& command);

}  // namespace coffer::cli

#endif  // BINDINGS_CLI_COMMANDS_H_
