#include "plugins/conformance/runner.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace coffer::conformance {
namespace {

using Clock = std::chrono::steady_clock;

// Marks that the child has come to the end of its text.
constexpr char kEnd = '\x04';

void write_all(int fd, const std::string& text) {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = write(fd, text.data() + done, text.size() - done);
    if (n <= 0) _exit(99);
    done += n;
  }
}

// Reads until end of file or `deadline`; false if the deadline came first.
bool read_all(int fd, Clock::time_point deadline, std::string* out) {
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd wait = {fd, POLLIN, 0};
    if (poll(&wait, 1, static_cast<int>(left)) == 0) return false;
    char buffer[4096];
    const ssize_t n = read(fd, buffer, sizeof(buffer));
    if (n == 0) return true;
    if (n > 0) out->append(buffer, n);
    // A grandchild may hold the pipe open; the text is complete all the same.
    if (!out->empty() && out->back() == kEnd) return true;
  }
}

std::string end_of(int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    return "killed by signal " + std::to_string(signal) + " (" + strsignal(signal) + ")";
  }
  return "the process ended by itself with exit code " + std::to_string(WEXITSTATUS(status));
}

uint64_t seed_of(uint64_t base, const std::string& id) {
  uint64_t hash = 0xcbf29ce484222325u ^ base;
  for (unsigned char c : id) hash = (hash ^ c) * 0x100000001b3u;
  return hash;
}

}  // namespace

ChildEnd run_in_child(std::chrono::milliseconds limit, const std::function<std::string()>& body) {
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) {
    perror("pipe");
    exit(3);
  }
  fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) {
    perror("fork");
    exit(3);
  }
  if (child == 0) {
    setpgid(0, 0);  // so that it can be killed with all that it starts
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(pipe_ends[0]);
    write_all(pipe_ends[1], body() + kEnd);
    _exit(0);  // no destructors: the plugin's may crash, and that is no part of a check
  }
  setpgid(child, child);
  close(pipe_ends[1]);
  std::string text;
  const bool in_time = read_all(pipe_ends[0], Clock::now() + limit, &text);
  const bool complete = !text.empty() && text.back() == kEnd;
  if (!in_time || complete) kill(-child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  kill(-child, SIGKILL);
  close(pipe_ends[0]);
  if (complete) {
    text.pop_back();
    return {ChildEnd::kDone, text};
  }
  if (!in_time) return {ChildEnd::kTimedOut, ""};
  return {ChildEnd::kCrashed, end_of(status)};
}

Probe Runner::probe() const {
  const auto body = [&] {
    PluginFile file(settings_.path);
    std::ostringstream out;
    if (!file.ok()) {
      out << "error " << file.error();
      return out.str();
    }
    for (const coffer_plugin_info* info : file.plugins()) {
      out << info->kind << ' ' << info->caps << ' ' << (info->id != nullptr ? info->id : "?")
          << '\n';
    }
    return out.str();
  };
  const ChildEnd end =
      in_process_ ? ChildEnd{ChildEnd::kDone, body()} : run_in_child(settings_.limit, body);
  if (end.how == ChildEnd::kTimedOut) return {"loading it and asking for its plugins hangs", {}};
  if (end.how == ChildEnd::kCrashed) return {"loading it crashes: " + end.text, {}};
  Probe probe;
  if (end.text.starts_with("error ")) {
    probe.error = end.text.substr(6);
    return probe;
  }
  std::istringstream lines(end.text);
  Subplugin plugin;
  while (lines >> plugin.kind >> plugin.caps && lines.get() == ' ' &&
         std::getline(lines, plugin.id)) {
    probe.plugins.push_back(plugin);
  }
  return probe;
}

Result Runner::run_here(const Check& check, size_t index, uint64_t seed) const {
  try {
    if (check.subject == Subject::kFile) {
      Case c(settings_, nullptr, nullptr, seed);
      check.run(c);
      return c.result();
    }
    PluginFile file(settings_.path);
    if (!file.ok()) return {Status::kFail, file.error()};
    Case c(settings_, &file, file.info()(index), seed);
    check.run(c);
    return c.result();
  } catch (const CheckEnd& end) {
    return end.result;
  } catch (const std::exception& e) {
    return {Status::kFail, std::string("an exception left the plugin (P7): ") + e.what()};
  } catch (...) {
    return {Status::kFail, "an exception left the plugin (P7)"};
  }
}

Outcome Runner::run(const Check& check, const Subplugin& plugin, size_t index) const {
  const bool of_file = check.subject == Subject::kFile;
  Outcome outcome = {&check, of_file ? "" : plugin.id, {}, seed_of(settings_.seed, check.id), 0};
  if (!of_file && (plugin.caps & check.needs) != check.needs) {
    outcome.result = {Status::kSkip, "the plugin does not claim the capability"};
    return outcome;
  }
  const auto start = Clock::now();
  if (in_process_) {
    outcome.result = run_here(check, index, outcome.seed);
  } else {
    const ChildEnd end = run_in_child(settings_.limit, [&] {
      Result result = run_here(check, index, outcome.seed);
      return static_cast<char>('0' + static_cast<int>(result.status)) + result.message;
    });
    if (end.how == ChildEnd::kCrashed) {
      outcome.result = {Status::kCrash, end.text};
    } else if (end.how == ChildEnd::kTimedOut) {
      outcome.result = {Status::kTimeout,
                        "not done after " + std::to_string(settings_.limit.count()) + " ms"};
    } else {
      outcome.result = {static_cast<Status>(end.text[0] - '0'), end.text.substr(1)};
    }
  }
  outcome.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return outcome;
}

}  // namespace coffer::conformance
