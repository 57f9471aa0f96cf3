// One check at work on one plugin: what it may use and how it tells what it found.
#ifndef COFFER_PLUGINS_CONFORMANCE_CASE_H_
#define COFFER_PLUGINS_CONFORMANCE_CASE_H_

#include <chrono>
#include <functional>
#include <string>

#include "plugins/conformance/plugin_file.h"
#include "plugins/conformance/random.h"
#include "plugins/conformance/testing/fake_host.h"

namespace coffer::conformance {

enum class Status { kPass, kWarn, kSkip, kFail, kCrash, kTimeout };

struct Result {
  Status status = Status::kPass;
  std::string message;  // why not pass; or what there is to tell
};

// What the command line says to every check.
struct Settings {
  std::string path;             // of the plugin
  std::string strategy_folder;  // where stores find strategies; empty: the reference strategy
  OptionValues options;         // for every instance of the plugin
  uint64_t seed = 0;
  std::chrono::milliseconds limit{20000};  // for one check
};

// What ends a check early.
struct CheckEnd {
  Result result;
};

class Case {
 public:
  // `info` is NULL for checks of the file, and `file` then may not be loaded.
  Case(const Settings& settings, const PluginFile* file, const coffer_plugin_info* info,
       uint64_t seed)
      : settings_(settings), file_(file), info_(info), random_(seed) {}

  const Settings& settings() const { return settings_; }
  const PluginFile& file() const { return *file_; }
  const coffer_plugin_info& info() const { return *info_; }
  Random& random() { return random_; }

  // Ends the check. Any thread that `threads` runs may call it.
  [[noreturn]] void fail(std::string text) const { throw CheckEnd{{Status::kFail, text}}; }
  [[noreturn]] void skip(std::string text) const { throw CheckEnd{{Status::kSkip, text}}; }

  // Remarks: a warning changes a pass to a warn.
  void warn(const std::string& text);
  void note(const std::string& text);
  const Result& result() const { return result_; }

  // Fails if the host noticed something. `at_end`: also if something was not given back.
  void check(const FakeHost& host, bool at_end = false) const;

  // Runs body(0..n-1) in threads of their own, which the plugin has never seen, and fails with the
  // first failure of one.
  void threads(size_t n, const std::function<void(size_t)>& body) const;

 private:
  const Settings& settings_;
  const PluginFile* file_;
  const coffer_plugin_info* info_;
  Random random_;
  Result result_;
};

// An instance of the plugin under test, made as a host makes it. The host must outlive it.
class Instance {
 public:
  // With the options of the settings and of `more`; fails the check if create does.
  Instance(const Case& c, FakeHost& host, const OptionValues& more = {});
  ~Instance() { destroy(); }
  Instance(Instance&& from) noexcept;
  Instance& operator=(Instance&& from) noexcept;

  void* self() const { return instance_.self; }
  const void* table() const { return instance_.table; }

  void destroy();

 private:
  int32_t kind_;
  coffer_instance instance_ = {};
};

// Calls create and checks what it says: a failure explained (P4), success filled in (P5).
coffer_status create_instance(const Case& c, FakeHost& host, const char* id,
                              const OptionList& options, coffer_instance* out,
                              std::string* message = nullptr);

// Ends an instance by the table's destroy.
void destroy_instance(int32_t kind, const coffer_instance& instance);

// The options of the settings and `more`, as the host would hand them to create.
OptionValues option_values(const Case& c, const OptionValues& more);

// Sets a host up for the plugin: where strategies come from.
void prepare(const Case& c, FakeHost* host);

// printf-like text is built with these.
std::string quoted(std::string_view bytes);  // short, with \x.. for what is not printable
inline std::string str(uint64_t n) { return std::to_string(n); }
std::string status_text(coffer_status status);

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_CASE_H_
