// The command: which plugin, which checks.
#include <regex.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <sstream>

#include "plugins/conformance/report.h"
#include "plugins/conformance/runner.h"

namespace coffer::conformance {
namespace {

constexpr char kUsage[] =
    "usage: conformance PLUGIN.so [options]\n"
    "Tells whether a plugin keeps what coffer/plugin/*.h promise. Each check runs in a process of\n"
    "its own.\n"
    "  --only REGEX          run the checks whose id matches (see --list)\n"
    "  --list                print the checks and what each enforces\n"
    "  --json                print JSON\n"
    "  --seed N              repeat a run; also taken from COFFER_CONFORMANCE_SEED\n"
    "  --option KEY=VALUE    an option for every instance of the plugin (repeatable)\n"
    "  --strategy-path DIR   let stores use the strategies of this folder, not the kit's own\n"
    "  --timeout SECONDS     limit for one check, default 20\n"
    "  --quirks FILE         known faults: lines \"CHECK-ID why\"; they count as warnings\n"
    "  --in-process          no processes and no limit, for debuggers\n"
    "Exit code: 0 all good, 1 some check failed, 2 wrong usage, 3 the file cannot be loaded.\n";

struct Command {
  Settings settings;
  std::shared_ptr<regex_t> only;  // NULL: all
  std::map<std::string, std::string> quirks;
  bool list = false, json = false, in_process = false;
};

[[noreturn]] void wrong_usage(const std::string& text) {
  fprintf(stderr, "conformance: %s\n%s", text.c_str(), kUsage);
  exit(2);
}

uint64_t number(const std::string& flag, const std::string& text) {
  char* end = nullptr;
  const uint64_t value = strtoull(text.c_str(), &end, 10);
  if (text.empty() || *end != 0) wrong_usage(flag + " takes a number, not \"" + text + "\"");
  return value;
}

bool is_check(const std::string& id) {
  for (const Check& check : all_checks()) {
    if (check.id == id) return true;
  }
  return false;
}

std::map<std::string, std::string> read_quirks(const std::string& path) {
  std::ifstream in(path);
  if (!in) wrong_usage("the quirks file " + path + " cannot be read");
  std::map<std::string, std::string> quirks;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string id, why;
    if (!(words >> id) || id[0] == '#') continue;
    std::getline(words >> std::ws, why);
    if (!is_check(id)) wrong_usage(path + ": no check is named \"" + id + "\"");
    if (why.empty()) wrong_usage(path + ": say why \"" + id + "\" is a known fault");
    quirks[id] = why;
  }
  return quirks;
}

uint64_t first_seed() {
  if (const char* given = getenv("COFFER_CONFORMANCE_SEED")) {
    return number("COFFER_CONFORMANCE_SEED", given);
  }
  return std::random_device()();
}

void set(Command* command, const std::string& flag, const std::string& value) {
  Settings& settings = command->settings;
  if (flag == "--only") {
    auto only = std::make_unique<regex_t>();
    if (regcomp(only.get(), value.c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
      wrong_usage("--only takes a regular expression, not \"" + value + "\"");
    }
    command->only = {only.release(), [](regex_t* used) {
                       regfree(used);
                       delete used;
                     }};
  } else if (flag == "--seed") {
    settings.seed = number(flag, value);
  } else if (flag == "--timeout") {
    settings.limit = std::chrono::seconds(number(flag, value));
  } else if (flag == "--strategy-path") {
    settings.strategy_folder = value;
  } else if (flag == "--quirks") {
    command->quirks = read_quirks(value);
  } else if (flag == "--option") {
    const size_t equals = value.find('=');
    if (equals == std::string::npos) wrong_usage("--option takes KEY=VALUE");
    settings.options[value.substr(0, equals)] = value.substr(equals + 1);
  } else {
    wrong_usage("unknown option " + flag);
  }
}

Command parse(int argc, char** argv) {
  Command command;
  command.settings.seed = first_seed();
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--help" || word == "-h") {
      fputs(kUsage, stdout);
      exit(0);
    } else if (word == "--list") {
      command.list = true;
    } else if (word == "--json") {
      command.json = true;
    } else if (word == "--in-process") {
      command.in_process = true;
    } else if (word[0] == '-') {
      if (i + 1 == argc) wrong_usage(word + " takes a value");
      set(&command, word, argv[++i]);
    } else if (!command.settings.path.empty()) {
      wrong_usage("one plugin at a time");
    } else {
      command.settings.path = word;
    }
  }
  if (command.settings.path.empty() && !command.list) wrong_usage("no plugin is named");
  return command;
}

// A failure that is known already counts as a warning, but is shown.
void apply_quirk(const Command& command, Outcome* outcome) {
  auto quirk = command.quirks.find(outcome->check->id);
  if (quirk == command.quirks.end()) return;
  Result& result = outcome->result;
  if (result.status < Status::kFail) {
    result.message += " [quirk not needed: " + quirk->second + "]";
    return;
  }
  result.status = Status::kWarn;
  result.message += " [quirk: " + quirk->second + "]";
}

bool concerns(const Check& check, const Subplugin& plugin) {
  return check.subject == Subject::kAny || static_cast<int32_t>(check.subject) == plugin.kind;
}

bool wanted(const Command& command, const Check& check) {
  return command.only == nullptr || regexec(command.only.get(), check.id, 0, nullptr, 0) == 0;
}

int run(const Command& command) {
  const Runner runner(command.settings, command.in_process);
  const Probe probe = runner.probe();
  Report report(command.settings, command.json);
  report.begin(probe);
  size_t ran = 0;
  const auto run_one = [&](const Check& check, const Subplugin& plugin, size_t index) {
    if (!wanted(command, check)) return;
    Outcome outcome = runner.run(check, plugin, index);
    apply_quirk(command, &outcome);
    report.add(outcome);
    ++ran;
  };
  for (const Check& check : all_checks()) {
    if (check.subject == Subject::kFile) run_one(check, {}, 0);
  }
  // A list without end is one fault, not hundreds.
  const size_t count = probe.plugins.size() == kMostPlugins ? 1 : probe.plugins.size();
  for (size_t i = 0; i < count; ++i) {
    for (const Check& check : all_checks()) {
      if (concerns(check, probe.plugins[i])) run_one(check, probe.plugins[i], i);
    }
  }
  report.end();
  if (!probe.error.empty()) {
    fprintf(stderr, "conformance: %s cannot be loaded: %s\n", command.settings.path.c_str(),
            probe.error.c_str());
    return 3;
  }
  if (ran == 0) wrong_usage("no check of this plugin matches --only");
  return report.good() ? 0 : 1;
}

}  // namespace
}  // namespace coffer::conformance

int main(int argc, char** argv) {
  using namespace coffer::conformance;
  const Command command = parse(argc, argv);
  if (command.list) {
    print_checks(command.json);
    return 0;
  }
  return run(command);
}
