#include "bindings/cli/args.h"

#include <algorithm>
#include <cctype>

#include "bindings/cli/failure.h"

namespace coffer::cli {
namespace {

// Edits between two words: insert, delete, replace, swap of neighbours.
size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      const size_t replace = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

std::string suggestion(const std::string& near) {
  return near.empty() ? "" : "; did you mean \"" + near + "\"?";
}

bool is_option(const std::string& word) {
  return word.size() > 1 && word[0] == '-' && !std::isdigit(static_cast<unsigned char>(word[1]));
}

class Parser {
 public:
  Parser(const std::vector<std::string>& words, const Grammar& grammar)
      : words_(words), grammar_(grammar) {}

  Invocation run() {
    find_first_command();
    bool options_ended = false;
    bool command_seen = false;
    while (next_ < words_.size()) {
      const std::string& word = words_[next_++];
      if (!options_ended && word == "--") {
        options_ended = true;
      } else if (!options_ended && is_option(word)) {
        parse_option(word);
      } else if (!command_seen) {
        command_seen = true;  // found before
      } else {
        invocation_.args.push_back(word);
      }
    }
    check_args();
    return std::move(invocation_);
  }

 private:
  // Which options are valid depends on the command, so it is looked for first: the first word that
  // is neither an option nor the value of a global one.
  void find_first_command() {
    for (size_t i = 0; i < words_.size(); ++i) {
      if (words_[i] == "--") continue;
      if (!is_option(words_[i])) {
        invocation_.command = &find_command(words_[i], grammar_.commands);
        return;
      }
      const Option* option = lookup(name_of(words_[i]), words_[i]);
      if (option->argument != nullptr && words_[i].find('=') == std::string::npos) ++i;
    }
  }

  static std::string name_of(const std::string& word) {
    if (word[1] != '-') return word.substr(1, 1);
    return word.substr(2, word.find('=') == std::string::npos ? word.npos : word.find('=') - 2);
  }

  // `word` is the option as it was written.
  const Option* lookup(const std::string& name, const std::string& word) const {
    const bool is_long = word[1] == '-';
    std::vector<std::string> names;
    const auto search = [&](std::span<const Option> options) -> const Option* {
      for (const Option& option : options) {
        names.push_back(std::string("--") + option.name);
        if (is_long ? name == option.name : name[0] == option.letter) return &option;
      }
      return nullptr;
    };
    if (invocation_.command != nullptr) {
      if (const Option* found = search(invocation_.command->options)) return found;
    }
    if (const Option* found = search(grammar_.global_options)) return found;
    const std::string of =
        invocation_.command ? std::string(" of ") + invocation_.command->name : std::string();
    const std::string shown = is_long ? "--" + name : "-" + name;
    throw UsageFailure("unknown option " + shown + of + suggestion(nearest(shown, names)));
  }

  void parse_option(const std::string& word) {
    const bool is_long = word[1] == '-';
    const Option& option = *lookup(name_of(word), word);
    const size_t equals = is_long ? word.find('=') : word.npos;
    const std::string shown = std::string("--") + option.name;
    if (option.argument == nullptr) {
      if (equals != word.npos || (!is_long && word.size() > 2)) {
        throw UsageFailure("option " + shown + " takes no value, got \"" + word + "\"");
      }
      invocation_.set(option, "");
    } else if (equals != word.npos) {
      invocation_.set(option, word.substr(equals + 1));
    } else if (!is_long && word.size() > 2) {
      invocation_.set(option, word.substr(2));
    } else if (next_ < words_.size()) {
      invocation_.set(option, words_[next_++]);
    } else {
      throw UsageFailure("option " + shown + " needs a value: " + shown + " " + option.argument);
    }
  }

  void check_args() const {
    const Command* command = invocation_.command;
    if (command == nullptr || invocation_.has("help")) return;
    const size_t count = invocation_.args.size();
    if (count >= command->min_args && count <= command->max_args) return;
    const std::string usage = std::string("; use: coffer ") + command->name +
                              (*command->synopsis ? " " : "") + command->synopsis;
    if (count < command->min_args) {
      throw UsageFailure(std::string("too few arguments for ") + command->name + usage);
    }
    throw UsageFailure("unexpected argument \"" + invocation_.args[command->max_args] + "\" for " +
                       command->name + usage);
  }

  const std::vector<std::string>& words_;
  const Grammar grammar_;
  size_t next_ = 0;
  Invocation invocation_;
};

}  // namespace

std::string Invocation::value(const std::string& option, const std::string& fallback) const {
  const auto found = options_.find(option);
  return found == options_.end() ? fallback : found->second.back();
}

std::vector<std::string> Invocation::values(const std::string& option) const {
  const auto found = options_.find(option);
  return found == options_.end() ? std::vector<std::string>() : found->second;
}

Invocation parse(const std::vector<std::string>& words, const Grammar& grammar) {
  return Parser(words, grammar).run();
}

const Command& find_command(std::string_view name, std::span<const Command> commands) {
  std::vector<std::string> names;
  for (const Command& command : commands) {
    if (name == command.name) return command;
    names.push_back(command.name);
  }
  const std::string near = nearest(name, names);
  throw UsageFailure("unknown command \"" + std::string(name) + "\"" +
                     (near.empty() ? "; \"coffer help\" lists them" : suggestion(near)));
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  size_t best_distance = std::max<size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const size_t distance = edits(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::vector<std::string> split_words(std::string_view line) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (quote == 0 && !in_word && c == '#') break;
    if (quote == 0 && space) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (quote != 0 && c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
      words.back() += line[++i];
    } else {
      words.back() += c;
    }
  }
  if (quote != 0) throw UsageFailure(std::string("a quote (") + quote + ") is not closed");
  return words;
}

}  // namespace coffer::cli
