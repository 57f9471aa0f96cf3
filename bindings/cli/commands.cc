#include "bindings/cli/commands.h"

#include "bindings/cli/session.h"

namespace coffer::cli {

namespace {

constexpr size_t kAnyNumber = SIZE_MAX;

const Option kGlobalOptions[] = {
    {"cache", 'c', "URL", "the cache to use; default: the variable COFFER_CACHE"},
    {"namespace", 'n', "NAME", "see only the keys of this namespace"},
    {"plugin-path", 0, "DIRS", "folders to search for plugins first, separated by ':'"},
    {"plugin-files", 0, nullptr, "cache URLs may name plugins by the path of their file"},
    {"output", 'o', "FORMAT", "table, plain or json; default: table on a terminal, else plain"},
    {"help", 'h', nullptr, "help on the command"},
};

const Option kTtl = {"ttl", 0, "TIME",
                     "how long the entry lives: 30s, 5m, 1h30m, forever; 0: not at all"};

const Command kGet = {
    "get",
    "KEY",
    "show the value under a key",
    "A value that was written through a serializer is shown as JSON, any other byte for byte. On "
    "a\n"
    "terminal and in a shell a line end follows, and bytes that are no text are shown as \\xNN.\n"
    "Ends with 1 if there is no such entry.",
    "coffer shell 'put greeting hello' 'get greeting'",
    {{"meta", 0, nullptr, "show size, version, format and expiry instead of the value"},
     {"ttl", 0, nullptr, "show how long the entry still lives"},
     {"decode", 0, nullptr, "as indented JSON, whatever it is written with"},
     {"raw", 0, nullptr, "exactly the bytes that are stored, for files and other programs"},
     {"stale", 0, nullptr, "also an entry past its time, within its grace"}},
    1,
    1,
    run_get};

const std::vector<Option> kPutOptions = {
    kTtl,
    {"grace", 0, "TIME", "how long after that it may still be served stale"},
    {"tag", 0, "TAG", "what it depends on, for \"invalidate --tag\"; may be given several times"},
    {"space", 0, "SPACE", "it depends on rows of this space (table), for \"invalidate --space\""},
    {"where", 0, "ROW", "only on those that have these values; several: any of them"},
    {"json", 0, nullptr, "VALUE is JSON: check it and store it as a value, not as bytes"},
    {"null", 0, nullptr, "store \"nothing\": found, unlike a miss; takes no VALUE"}};

const Command kPut = {"put",
                      "KEY [VALUE|-]",
                      "write a value under a key",
                      "\"-\" reads the value from standard input, any bytes up to its end. What it "
                      "depends on counts as\n"
                      "of now; \"coffer help invalidate\" tells how a ROW is written.",
                      "coffer shell 'put --ttl 5m greeting hello' \\\n"
                      "             \"put --json user '{\\\"id\\\": 7}'\" 'get user'",
                      kPutOptions,
                      1,
                      2,
                      run_put};

const Command kAdd = {
    "add",
    "KEY [VALUE|-]",
    "write a value only if the key is new",
    "Takes the options of put. Ends with 1 if there is an entry already, which stays as it is.",
    "coffer shell 'add lock mine' 'add lock yours' 'get lock'",
    kPutOptions,
    1,
    2,
    run_add};

const Command kDel = {
    "del",
    "KEY...",
    "remove entries",
    "Ends with 1 if none of the keys was there, or if it has another version than --version.",
    "coffer shell 'put a 1' 'put b 2' 'del a' keys",
    {{"version", 0, "NUMBER", "only if the entry still has it; \"get --meta\" shows it"},
     {"soft", 0, nullptr, "serve it stale within its grace, while it is computed anew"}},
    1,
    kAnyNumber,
    run_del};

const Command kIncr = {
    "incr",
    "KEY [DELTA]",
    "add to a counter and show the sum",
    "DELTA is 1 if left out and may be negative. A key that is not there starts from --initial.",
    "coffer shell 'incr visits' 'incr visits 10' 'incr visits -3'",
    {{"initial", 0, "NUMBER", "where a new counter starts; default 0"},
     {"ttl", 0, "TIME", "how long a new counter lives; an existing one keeps its time"}},
    1,
    2,
    run_incr};

const Command kInvalidate = {
    "invalidate",
    "--tag TAG... | --space SPACE | --prefix TEXT | --all",
    "end the entries that depend on something",
    "What was put with this --tag, or depends on rows of this --space, is missing from now on; "
    "that\n"
    "takes the same time however many entries it is. With --old, --new or both, the state of one "
    "row\n"
    "before and after it changed, only what depends on such rows ends; give every column that is "
    "used\n"
    "in conditions. --prefix removes keys one by one and ends with 1 if there is none.\n\n"
    "ROW is COLUMN=VALUE,...: a VALUE is a number, true, false, null, or text, \"quoted\" if it "
    "has a\n"
    "comma or looks like something else. COLUMN:TYPE=VALUE says what it is: bool, int, float,\n"
    "decimal, text, bytes (hexadecimal), date, time, datetime, instant or uuid.",
    "coffer shell 'put --tag user:7 a 1' 'put --space post --where author=7 b 2' \\\n"
    "             'invalidate --tag user:7' 'invalidate --space post --new id=1,author=8' keys",
    {{"tag", 0, "TAG", "what depends on this tag; may be given several times"},
     {"space", 0, "SPACE", "what depends on rows of this space: any, without --old and --new"},
     {"old", 0, "ROW", "the row as it was; alone: it was deleted"},
     {"new", 0, "ROW", "the row as it is; alone: it was inserted"},
     {"prefix", 0, "TEXT", "keys that start with it"},
     {"all", 0, nullptr, "everything, in the namespace if one is given"}},
    0,
    0,
    run_invalidate};

const Command kExplain = {
    "explain",
    "KEY",
    "tell why an entry is fresh, stale or missing",
    "Shows what it depends on and which of that has changed, which time has passed, and who "
    "computes\n"
    "it now. Ends with 0 if the entry is fresh or stale, 1 if it is missing.",
    "coffer shell 'put --tag user:7 --ttl 5m a 1' 'invalidate --tag user:7' 'explain a'",
    {},
    1,
    1,
    run_explain};

const Command kWatch = {
    "watch",
    "",
    "show what happens, as it happens",
    "One line for each event. In a shell it starts to watch and goes on: what a command caused is\n"
    "shown after it. With --count or --for, and outside of a shell, it waits for events; then it "
    "ends\n"
    "with 1 if none came. It hears of caches of its own process.",
    "coffer shell watch 'put --tag t a 1' 'invalidate --tag t' 'invalidate --all'",
    {{"events", 0, "LIST", "of invalidate,clear,evict,expire,log,read; default: all but read"},
     {"count", 0, "N", "end after N events"},
     {"for", 0, "TIME", "end after this time: 500ms, 10s, 5m"},
     {"off", 0, nullptr, "watch no longer"}},
    0,
    0,
    run_watch};

const Command kKeys = {
    "keys",
    "",
    "list keys",
    "One key per line, in no order, bytes that are no text as \\xNN. Ends with 1 if there is none.",
    "coffer shell 'put user:1 ada' 'put user:2 bob' 'keys --prefix user:'",
    {{"prefix", 0, "TEXT", "only keys that start with it"},
     {"glob", 0, "PATTERN", "only keys that match: * any run, ? any byte, [a-z] a set"},
     {"limit", 0, "N", "stop after N keys"}},
    0,
    0,
    run_keys};

const Command kStats = {"stats",
                        "",
                        "show the cache's counters",
                        "Counters start when the cache is opened, so they tell most in a shell.",
                        "coffer shell 'put a 1' 'get a' 'get b' stats",
                        {},
                        0,
                        0,
                        run_stats};

const Command kPlugins = {
    "plugins",
    "[explain NAME]",
    "list plugins, or tell how one is found",
    "\"explain\" shows every place where NAME is looked for, what was there, and the options the\n"
    "plugin takes. Ends with 1 if there is no such plugin.",
    "coffer plugins explain memory",
    {},
    0,
    2,
    run_plugins};

const Command kReplay = {"replay",
                         "TRACE",
                         "run recorded requests through caches, side by side",
                         "TRACE has one decimal key per line, plain or gzip; \"-\" is standard "
                         "input. Each request looks\n"
                         "the key up and puts a value on a miss. So you see, before you deploy a "
                         "cache, how often one of\n"
                         "that size and strategy would hit, how fast it is and how much memory it "
                         "takes. Requests follow\n"
                         "each other without pause: times to live play no part.",
                         "coffer replay web.txt.gz -c 'memory://?capacity=1k&strategy=lru' \\\n"
                         "                         -c 'memory://?capacity=1k&strategy=lfu'",
                         {{"cache", 'c', "URL", "a cache to try; may be given several times"},
                          {"limit", 0, "N", "only the first N requests"},
                          {"value-size", 0, "BYTES", "size of every value; default 100"}},
                         1,
                         1,
                         run_replay};

const Command kConvert = {
    "convert",
    "--from FORMAT --to FORMAT [FILE]",
    "turn a value from one serializer's format into another's",
    "Reads FILE or standard input and writes standard output, as it goes: files may be larger "
    "than\n"
    "memory. FORMAT is a serializer plugin; \"coffer plugins\" lists them,\n"
    "and \"coffer plugins explain FORMAT\" their options.",
    "echo '{\"b\": [1, 2.50], \"a\": null}' | coffer convert --from json --to json",
    {{"from", 0, "FORMAT", "format of the input"},
     {"to", 0, "FORMAT", "format of the output"},
     {"from-option", 0, "KEY=VALUE", "an option of the input's serializer"},
     {"to-option", 0, "KEY=VALUE", "an option of the output's serializer"}},
    0,
    1,
    run_convert};

const Command kShell = {
    "shell",
    "[COMMAND...]",
    "run many commands on one cache",
    "Each COMMAND is one argument, quoted. Without any, commands are read from standard input, "
    "one\n"
    "per line, with 'quotes' and # comments. Without --cache the shell has a cache in memory, "
    "which\n"
    "ends with it. On a terminal the shell ends with 0, else with the highest code of its "
    "commands.",
    "coffer -c 'memory://?capacity=2' shell 'put a 1' 'put b 2' 'put c 3' keys stats",
    {},
    0,
    kAnyNumber,
    run_shell};

const Command kHelp = {
    "help", "[COMMAND]", "show this, or help on a command", "", "coffer help put", {}, 0,
    1,      run_help};

const Command kVersion = {
    "version", "",         "show the versions of tool and library", "", "coffer version", {}, 0,
    0,         run_version};

}  // namespace

std::span<const Command> commands() {
  static const std::vector<Command> all = {kGet,     kPut,     kAdd,   kDel,    kIncr,  kInvalidate,
                                           kExplain, kKeys,    kStats, kWatch,  kShell, kPlugins,
                                           kReplay,  kConvert, kHelp,  kVersion};
  return all;
}

std::span<const Option> global_options() { return kGlobalOptions; }

int run_invocation(Session& session, const Invocation& invocation) {
  if (invocation.has("help")) {
    session.write(help_of(*invocation.command));
    return 0;
  }
  session.choose_output(invocation);
  return invocation.command->run(session, invocation);
}

}  // namespace coffer::cli
