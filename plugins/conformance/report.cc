#include "plugins/conformance/report.h"

#include <cstdio>

namespace coffer::conformance {
namespace {

const char* name_of(Status status) {
  switch (status) {
    case Status::kPass: return "pass";
    case Status::kWarn: return "warn";
    case Status::kSkip: return "skip";
    case Status::kFail: return "fail";
    case Status::kCrash: return "crash";
    default: return "timeout";
  }
}

std::string json_text(std::string_view text) {
  static const char* digits = "0123456789abcdef";
  const bool readable = is_utf8(text);
  std::string out = "\"";
  for (unsigned char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', static_cast<char>(c)};
    } else if (c == '\n') {
      out += "\\n";
    } else if (c < 0x20 || (c >= 0x80 && !readable)) {
      out += {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
    } else {
      out += static_cast<char>(c);
    }
  }
  return out + '"';
}

std::string subject_name(Subject subject) {
  if (subject == Subject::kFile) return "file";
  return subject == Subject::kAny ? "any" : kind_name(static_cast<int32_t>(subject));
}

// Further lines of a message stand under the first.
std::string indented(const std::string& text, const char* indent) {
  std::string out;
  for (char c : text) {
    out += c;
    if (c == '\n') out += indent;
  }
  return out;
}

}  // namespace

void Report::begin(const Probe& probe) {
  if (json_) {
    printf("{\"plugin\":%s,\"seed\":%llu,\"error\":%s,\"checks\":[",
           json_text(settings_.path).c_str(), static_cast<unsigned long long>(settings_.seed),
           probe.error.empty() ? "null" : json_text(probe.error).c_str());
    return;
  }
  printf("%s, seed %llu\n", settings_.path.c_str(),
         static_cast<unsigned long long>(settings_.seed));
  for (const Subplugin& plugin : probe.plugins) {
    printf("  %s \"%s\"\n", kind_name(plugin.kind), plugin.id.c_str());
  }
}

void Report::add(const Outcome& outcome) {
  if (json_) {
    add_json(outcome);
  } else {
    add_row(outcome);
  }
  ++counts_[outcome.result.status];
  fflush(stdout);
}

void Report::add_row(const Outcome& outcome) {
  const Status status = outcome.result.status;
  if (outcome.plugin != plugin_) printf("%s:\n", outcome.plugin.c_str());
  plugin_ = outcome.plugin;
  printf("%-8s%-28s%6.2f s  %s\n", name_of(status), outcome.check->id, outcome.seconds,
         indented(outcome.result.message, "          ").c_str());
  if (status == Status::kPass || status == Status::kSkip) return;
  printf("        expected (%s): %s\n", outcome.check->rule, outcome.check->description);
  printf("        again: conformance %s --only '^%s$' --seed %llu\n", settings_.path.c_str(),
         outcome.check->id, static_cast<unsigned long long>(settings_.seed));
}

void Report::add_json(const Outcome& outcome) {
  printf(
      "%s\n{\"id\":\"%s\",\"plugin\":%s,\"status\":\"%s\",\"rule\":%s,\"seconds\":%.3f,"
      "\"message\":%s}",
      counts_.empty() ? "" : ",", outcome.check->id, json_text(outcome.plugin).c_str(),
      name_of(outcome.result.status), json_text(outcome.check->rule).c_str(), outcome.seconds,
      json_text(outcome.result.message).c_str());
}

void Report::end() {
  if (json_) printf("],\"counts\":{");
  bool first = true;
  for (Status status : {Status::kPass, Status::kWarn, Status::kSkip, Status::kFail, Status::kCrash,
                        Status::kTimeout}) {
    if (!json_ && counts_[status] == 0) continue;
    if (!first) printf(json_ ? "," : ", ");
    if (json_) {
      printf("\"%s\":%d", name_of(status), counts_[status]);
    } else {
      printf("%d %s", counts_[status], name_of(status));
    }
    first = false;
  }
  printf(json_ ? "},\"good\":%s}\n" : "\n", good() ? "true" : "false");
}

bool Report::good() const {
  for (Status bad : {Status::kFail, Status::kCrash, Status::kTimeout}) {
    auto found = counts_.find(bad);
    if (found != counts_.end() && found->second > 0) return false;
  }
  return true;
}

void print_checks(bool json) {
  if (json) printf("[");
  const char* comma = "";
  for (const Check& check : all_checks()) {
    const std::string subject = subject_name(check.subject);
    if (json) {
      printf("%s\n{\"id\":\"%s\",\"subject\":\"%s\",\"rule\":%s,\"description\":%s}", comma,
             check.id, subject.c_str(), json_text(check.rule).c_str(),
             json_text(check.description).c_str());
      comma = ",";
    } else {
      printf("%-28s%-11s%-30s%s\n", check.id, subject.c_str(), check.rule, check.description);
    }
  }
  if (json) printf("]\n");
}

}  // namespace coffer::conformance
