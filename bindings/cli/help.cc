#include "bindings/cli/commands.h"
#include "bindings/cli/session.h"

namespace coffer::cli {
namespace {

std::string option_lines(std::span<const Option> options) {
  std::string out;
  for (const Option& option : options) {
    std::string left = option.letter ? std::string("  -") + option.letter + ", " : "      ";
    left += std::string("--") + option.name;
    if (option.argument != nullptr) left += std::string(" ") + option.argument;
    left.resize(std::max<size_t>(left.size() + 1, 26), ' ');
    out += left + ' ' + option.help + '\n';
  }
  return out;
}

std::string indented(const std::string& text) {
  std::string out = "  ";
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "  ";
  }
  return out + '\n';
}

}  // namespace

std::string help_overview() {
  std::string out =
      "coffer: look into caches, try them out and measure them\n\n"
      "Usage: coffer [OPTION...] COMMAND [ARGUMENT...]\n\n"
      "Try this first: coffer shell 'put greeting hello' 'get greeting' stats\n\n"
      "Commands:\n";
  for (const Command& command : commands()) {
    std::string name = command.name;
    name.resize(12, ' ');
    out += "  " + name + command.summary + '\n';
  }
  return out + "\nOptions of all commands:\n" + option_lines(global_options()) +
         "\nA cache is named by a URL: its store plugin, then options. For example\n"
         "  memory://?capacity=100k&bytes=64MiB&strategy=lru&ttl=5m\n"
         "\"coffer plugins explain memory\" lists the options of a store.\n"
         "\nExit codes: 0 yes, 1 no (a miss, nothing found), 2 wrong usage, 3 failure.\n"
         "\"coffer help COMMAND\" tells more and has an example.\n";
}

std::string help_of(const Command& command) {
  const std::string synopsis = *command.synopsis ? std::string(" ") + command.synopsis : "";
  std::string out = std::string("coffer ") + command.name + ": " + command.summary +
                    "\n\nUsage: coffer " + command.name + synopsis + '\n';
  if (*command.details) out += std::string("\n") + command.details + '\n';
  if (!command.options.empty()) out += "\nOptions:\n" + option_lines(command.options);
  return out + "\nExample:\n" + indented(command.example) +
         "\n\"coffer help\" lists the options of all commands.\n";
}

int run_help(Session& session, const Invocation& invocation) {
  session.write(invocation.args.empty() ? help_overview()
                                        : help_of(find_command(invocation.args[0], commands())));
  return 0;
}

}  // namespace coffer::cli
