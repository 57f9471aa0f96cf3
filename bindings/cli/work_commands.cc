// Commands that work on files: replay convert.
#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "bindings/cli/commands.h"
#include "bindings/cli/format.h"
#include "bindings/cli/input.h"
#include "bindings/cli/output.h"
#include "bindings/cli/replay.h"
#include "bindings/cli/session.h"

namespace coffer::cli {
namespace {

// "name 45 %" on one line of the terminal; nothing where nobody watches.
class ProgressLine {
 public:
  ProgressLine(const std::string& name, size_t total)
      : name_(printable(name).substr(0, 60)), total_(total) {}
  ~ProgressLine() {
    if (shown_) std::fputs("\r\033[K", stderr);
  }

  void update(size_t done) {
    const auto now = std::chrono::steady_clock::now();
    if (!watched_ || now < next_) return;
    next_ = now + std::chrono::milliseconds(100);
    std::fprintf(stderr, "\r\033[K%s  %3zu %%", name_.c_str(), 100 * done / total_);
    shown_ = true;
  }

 private:
  const std::string name_;
  const size_t total_;
  const bool watched_ = isatty(STDERR_FILENO) != 0;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_{};
};

uint64_t count_option(const Invocation& invocation, const char* name, const char* fallback) {
  const std::string text = invocation.value(name, fallback);
  const auto number = parse_count(text);
  if (!number) {
    throw UsageFailure(std::string("--") + name + " \"" + text +
                       "\" is not a count; write digits, or digits with k, M or G");
  }
  return *number;
}

// Where a conversion goes: standard output, in pieces.
struct ConvertOutput {
  Session& session;
  char last = '\n';

  coffer_output output() {
    return {this, [](void* self, const void* data, size_t size) {
              auto& out = *static_cast<ConvertOutput*>(self);
              const std::string_view bytes = view(data, size);
              out.session.write(bytes);
              if (!bytes.empty()) out.last = bytes.back();
              return std::ferror(output_file()) != 0 ? coffer_status{COFFER_IO}
                                                     : coffer_status{COFFER_OK};
            }};
  }
};

}  // namespace

int run_replay(Session& session, const Invocation& invocation) {
  const std::vector<std::string> urls =
      invocation.has("cache") ? invocation.values("cache") : session.urls();
  if (urls.empty()) {
    throw UsageFailure(
        "replay needs at least one cache: --cache 'memory://?capacity=1k&strategy=lru'");
  }
  const size_t value_size = count_option(invocation, "value-size", "100");
  const std::string& path = invocation.args[0];
  if (path == "-" && session.in_shell()) {
    throw UsageFailure("in a shell a trace cannot come from standard input, where commands are");
  }
  // All caches before the trace: a mistake in a URL shows at once.
  std::vector<CacheHandle> caches;
  for (const std::string& url : urls) caches.push_back(session.open(url));
  const Trace trace = read_trace(path, count_option(invocation, "limit", "0"));

  std::vector<ReplayResult> results;
  for (size_t i = 0; i < urls.size(); ++i) {
    ProgressLine line(urls[i], trace.size());
    results.push_back(replay(caches[i].get(), urls[i], trace, value_size,
                             [&](size_t done) { line.update(done); }));
    caches[i].reset();  // its memory is not the next one's burden
  }
  if (session.json()) {
    session.print_json(replay_report(trace, value_size, results));
    return kYes;
  }
  if (session.is_table()) {
    const size_t distinct = trace.count_distinct();
    session.write(format(
        "%s requests for %s different keys; no cache can hit more than %s\n",
        grouped(trace.size()).c_str(), grouped(distinct).c_str(),
        percent(static_cast<double>(trace.size() - distinct), static_cast<double>(trace.size()))
            .c_str()));
  }
  session.print(replay_table("cache", results));
  return kYes;
}

int run_convert(Session& session, const Invocation& invocation) {
  if (!invocation.has("from") || !invocation.has("to")) {
    throw UsageFailure("convert needs --from FORMAT and --to FORMAT");
  }
  const std::string path = invocation.args.empty() ? "-" : invocation.args[0];
  if (path == "-" && session.in_shell()) {
    throw UsageFailure("in a shell convert needs a FILE: commands are on standard input");
  }
  const auto from = session.serializer(invocation.value("from"), invocation.values("from-option"));
  const auto to = session.serializer(invocation.value("to"), invocation.values("to-option"));
  const Input input(path);
  // A person who converts a file knows how large it is; depth is still the machine's business.
  const coffer_limits limits{sizeof limits, 0, UINT64_MAX, UINT64_MAX};
  coffer_decoding decoding{from.get(), {input.bytes().data(), input.bytes().size()}, &limits};
  coffer_value value;
  coffer_decoding_value(&decoding, &value);
  ConvertOutput converted{session};
  const coffer_output output = converted.output();
  Error error;
  check(coffer_encode_to(to.get(), &value, &limits, &output, error.slot()), error);
  if (session.out_is_terminal() && converted.last != '\n') session.write("\n");
  return kYes;
}

}  // namespace coffer::cli
