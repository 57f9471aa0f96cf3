// The command line: which command, its options, the rest.
#ifndef BINDINGS_CLI_ARGS_H_
#define BINDINGS_CLI_ARGS_H_

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::cli {

class Session;
class Invocation;

// One option. With an `argument` it takes a value, without one it is a flag.
struct Option {
  const char* name;  // without dashes
  char letter;       // short form or 0
  const char* argument;
  const char* help;
};

// One command: all that parsing, help and running need to know.
struct Command {
  const char* name;
  const char* synopsis;  // of what follows the name
  const char* summary;   // one line
  const char* details;   // paragraphs, "" if the summary says it all
  const char* example;   // lines to copy
  std::vector<Option> options;
  size_t min_args;
  size_t max_args;
  int (*run)(Session& session, const Invocation& invocation);
};

// What a command line may say.
struct Grammar {
  std::span<const Option> global_options;  // of every command
  std::span<const Command> commands;
};

// A parsed command line.
class Invocation {
 public:
  const Command* command = nullptr;  // NULL if there was none
  std::vector<std::string> args;

  bool has(const std::string& option) const { return options_.count(option) > 0; }
  // The last value given, or `fallback`.
  std::string value(const std::string& option, const std::string& fallback = "") const;
  std::vector<std::string> values(const std::string& option) const;

  void set(const Option& option, std::string value) { options_[option.name].push_back(value); }

 private:
  std::map<std::string, std::vector<std::string>> options_;
};

// Global options may stand before the command too; "--" ends options; a negative number is none.
// Throws UsageFailure, which names the nearest valid word. The number of arguments is checked too,
// unless help is asked for.
Invocation parse(const std::vector<std::string>& words, const Grammar& grammar);

// The command of that name; throws UsageFailure that names the nearest one.
const Command& find_command(std::string_view name, std::span<const Command> commands);

// The candidate that is the fewest typing errors away from `word`, or "" if none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

// Splits a line into words as a shell does: spaces, 'quotes', "quotes with \ escapes", # comments.
// Throws UsageFailure if a quote is not closed.
std::vector<std::string> split_words(std::string_view line);

}  // namespace coffer::cli

#endif  // BINDINGS_CLI_ARGS_H_
