// libcoffer survives every plugin of this folder: it says what is wrong with which plugin, or goes
// on working. Each plugin is loaded in a process of its own, so that a crash is one failure and not
// the end of the test.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coffer/coffer.h"

namespace {

// What a host can know of a fault.
enum class Expect {
  kRefused,  // it is found before the first call: opening fails, and the error names the plugin
  kFault,    // a call ends as PLUGIN_FAULT, and the next one does not crash either
  kWorks     // it cannot be told from data, but nothing breaks
};

struct TestCase {
  const char* plugin;
  Expect expect;
};

void PrintTo(const TestCase& test_case, std::ostream* out) { *out << test_case.plugin; }

std::string name_of(const ::testing::TestParamInfo<TestCase>& info) { return info.param.plugin; }

class Runtime {
 public:
  Runtime() {
    coffer_option path = {};
    const char* folders = std::getenv("COFFER_BROKEN_PLUGINS");
    path.key = "plugin_path";
    path.type = COFFER_TYPE_TEXT;
    path.text = {folders, std::string_view(folders).size()};
    coffer_error* error = nullptr;
    if (coffer_runtime_create(&path, 1, &runtime_, &error) != COFFER_OK) {
      die(coffer_error_message(error));
    }
  }
  ~Runtime() { coffer_runtime_release(runtime_); }

  operator coffer_runtime*() const { return runtime_; }

  // Ends the process so that the test shows `text`.
  [[noreturn]] static void die(const std::string& text) {
    const std::string line = text + "\n";
    if (write(STDERR_FILENO, line.data(), line.size()) < 0) _exit(2);
    _exit(1);
  }

 private:
  coffer_runtime* runtime_ = nullptr;
};

// The status of a call that may fail. A failure must come with an error that says something, and
// one that is the plugin's fault must name it.
coffer_status judge(coffer_status status, coffer_error* error, const std::string& plugin,
                    bool opening = false) {
  if (status < 16) {
    if (error != nullptr) Runtime::die("an outcome comes with an error");
    return status;
  }
  if (error == nullptr) Runtime::die("a failure comes without an error");
  const std::string message = coffer_error_message(error);
  const char* detail = coffer_error_detail(error, "plugin");
  const bool named = message.find(plugin) != std::string::npos ||
                     (detail != nullptr && std::string_view(detail).find(plugin) == 0);
  if (message.empty()) Runtime::die("the error has no message");
  if (!named && (opening || status == COFFER_PLUGIN_FAULT))
    Runtime::die("the error does not name the plugin: " + message);
  coffer_error_release(error);
  return status;
}

// Does a little of everything with a cache. True if some call said PLUGIN_FAULT.
bool use_cache(coffer_cache* cache, const std::string& plugin) {
  bool fault = false;
  coffer_error* error = nullptr;
  const auto note = [&](coffer_status status) {
    fault = judge(status, std::exchange(error, nullptr), plugin) == COFFER_PLUGIN_FAULT || fault;
  };
  const std::string value(200, 'v');
  for (int i = 0; i < 500; ++i) {
    const std::string key = "a:b:" + std::to_string(i % 80);
    note(
        coffer_put(cache, key.data(), key.size(), value.data(), i % 200, nullptr, nullptr, &error));
    coffer_entry entry = {};
    note(coffer_get(cache, key.data(), key.size(), &entry, &error));
    coffer_entry_release(&entry);
    char buffer[256];
    coffer_read_info info = {};
    note(coffer_read(cache, key.data(), key.size(), buffer, sizeof(buffer), &info, &error));
    if (i % 3 == 0) note(coffer_touch(cache, key.data(), key.size(), 1000000000, &error));
    if (i % 5 == 0) note(coffer_delete(cache, key.data(), key.size(), &error));
  }
  coffer_scan* scan = nullptr;
  coffer_status status = coffer_scan_open(cache, COFFER_SCAN_PREFIX, "a", 1, &scan, &error);
  note(status);
  for (int page = 0; status == COFFER_OK && page < 1000; ++page) {
    coffer_bytes keys[16];
    size_t count = 0;
    status = coffer_scan_next(scan, keys, 16, &count, &error);
    note(status);
  }
  coffer_scan_release(scan);
  coffer_stats stats = {};
  stats.struct_size = sizeof(stats);
  note(coffer_cache_stats(cache, &stats, &error));
  return fault;
}

// What came of using the plugin; the process that calls it ends well or not at all.
enum class Came { kRefused, kFault, kWorked };

Came use_store(const Runtime& runtime, const std::string& plugin, const std::string& url) {
  coffer_cache* cache = nullptr;
  coffer_error* error = nullptr;
  const coffer_status status = coffer_cache_open(runtime, url.c_str(), nullptr, 0, &cache, &error);
  if (judge(status, error, plugin, true) != COFFER_OK) return Came::kRefused;
  const bool fault = use_cache(cache, plugin);
  coffer_cache_release(cache);
  return fault ? Came::kFault : Came::kWorked;
}

coffer_status play_list(void*, const coffer_visitor* into, coffer_sink*) {
  coffer_status status = into->list_begin(into->self, 2, COFFER_LIST);
  if (status == COFFER_OK) status = into->text(into->self, "text", 4);
  if (status == COFFER_OK) status = into->f64(into->self, 1.5);
  return status == COFFER_OK ? into->list_end(into->self) : status;
}

Came use_serializer(const Runtime& runtime, const std::string& plugin) {
  coffer_serializer_handle* serializer = nullptr;
  coffer_error* error = nullptr;
  coffer_status status =
      coffer_serializer_open(runtime, plugin.c_str(), nullptr, 0, &serializer, &error);
  if (judge(status, std::exchange(error, nullptr), plugin, true) != COFFER_OK) {
    return Came::kRefused;
  }
  const coffer_value value = {nullptr, play_list};
  bool fault = false;
  for (int i = 0; i < 3; ++i) {
    coffer_buffer bytes = {};
    status = coffer_encode(serializer, &value, nullptr, &bytes, &error);
    judge(status, std::exchange(error, nullptr), plugin);
    // Decode into the encoder of the same serializer: transcoding is what the core does most.
    coffer_decoding decoding = {serializer, {bytes.data, bytes.size}, nullptr};
    coffer_value decoded = {};
    coffer_decoding_value(&decoding, &decoded);
    coffer_buffer again = {};
    status = coffer_encode(serializer, &decoded, nullptr, &again, &error);
    fault = judge(status, std::exchange(error, nullptr), plugin) == COFFER_PLUGIN_FAULT || fault;
    coffer_buffer_release(&again);
    coffer_buffer_release(&bytes);
  }
  coffer_serializer_release(serializer);
  return fault ? Came::kFault : Came::kWorked;
}

Came use(const Runtime& runtime, const std::string& plugin) {
  if (plugin.find("strategy") != std::string::npos) {
    return use_store(runtime, plugin, "memory://?capacity=32&strategy=" + plugin);
  }
  if (plugin.find("serializer") != std::string::npos) return use_serializer(runtime, plugin);
  return use_store(runtime, plugin, plugin + "://");
}

class HostTest : public ::testing::TestWithParam<TestCase> {};

TEST_P(HostTest, Survives) {
  const auto run = [] {
    const auto [plugin, expect] = GetParam();
    {
      Runtime runtime;
      const Came came = use(runtime, plugin);
      if (expect == Expect::kRefused && came != Came::kRefused) Runtime::die("it was not refused");
      if (expect == Expect::kFault && came != Came::kFault)
        Runtime::die("no call said PLUGIN_FAULT");
      if (expect == Expect::kWorks && came == Came::kRefused) Runtime::die("it was refused");
      // The runtime is well, whatever the plugin is.
      if (use_store(runtime, "memory", "memory://?strategy=lru") != Came::kWorked) {
        Runtime::die("a good store does not work any more");
      }
    }
    _exit(0);
  };
  EXPECT_EXIT(run(), ::testing::ExitedWithCode(0), "");
}

INSTANTIATE_TEST_SUITE_P(Refused, HostTest,
                         ::testing::ValuesIn(std::vector<TestCase>{
                             {"missing_symbol", Expect::kRefused},
                             {"no_plugin", Expect::kRefused},
                             {"info_too_small", Expect::kRefused},
                             {"info_too_large", Expect::kRefused},
                             {"wrong_abi", Expect::kRefused},
                             {"wrong_kind", Expect::kRefused},
                             {"bad_id", Expect::kRefused},
                             {"bad_schema", Expect::kRefused},
                             {"bad_default", Expect::kRefused},
                             {"endless_info", Expect::kRefused},
                             {"failing_create", Expect::kRefused},
                             {"silent_create", Expect::kRefused},
                             {"throwing_create", Expect::kRefused},
                             {"null_member", Expect::kRefused},
                             {"table_too_small", Expect::kRefused},
                             {"table_too_large", Expect::kRefused},
                             {"lying_caps", Expect::kRefused},
                             {"strategy_huge_node", Expect::kRefused},
                             {"serializer_reserved_format", Expect::kRefused},
                         }),
                         name_of);

INSTANTIATE_TEST_SUITE_P(Fault, HostTest,
                         ::testing::ValuesIn(std::vector<TestCase>{
                             {"throwing_get", Expect::kFault},
                             {"serializer_throws", Expect::kFault},
                         }),
                         name_of);

// Not here: crashing_get, hanging_get and serializer_crashes_on_truncation, whose nature it is, and
// those that touch memory of others, which no host can prevent (writes_past_buffer,
// strategy_writes_past_node, strategy_overruns_array, strategy_dead_victim, strategy_shared_state).
INSTANTIATE_TEST_SUITE_P(Works, HostTest,
                         ::testing::ValuesIn(std::vector<TestCase>{
                             {"good_store", Expect::kWorks},
                             {"good_strategy", Expect::kWorks},
                             {"good_serializer", Expect::kWorks},
                             {"extra_symbol", Expect::kWorks},
                             {"slow_info", Expect::kWorks},
                             {"ignores_id", Expect::kWorks},
                             {"leaks_instance", Expect::kWorks},
                             {"silent_failure", Expect::kWorks},
                             {"double_completion", Expect::kWorks},
                             {"never_completes", Expect::kWorks},
                             {"writes_when_short", Expect::kWorks},
                             {"dirty_miss", Expect::kWorks},
                             {"stale_after_delete", Expect::kWorks},
                             {"loses_ttl", Expect::kWorks},
                             {"ttl_wraps", Expect::kWorks},
                             {"touch_new_version", Expect::kWorks},
                             {"reuses_version", Expect::kWorks},
                             {"ignores_cas", Expect::kWorks},
                             {"racing_cas", Expect::kWorks},
                             {"reversed_batch", Expect::kWorks},
                             {"skips_answers", Expect::kWorks},
                             {"forgets_meta", Expect::kWorks},
                             {"pin_dies_on_overwrite", Expect::kWorks},
                             {"clears_too_much", Expect::kWorks},
                             {"dup_scan", Expect::kWorks},
                             {"skipping_scan", Expect::kWorks},
                             {"overfills_stats", Expect::kWorks},
                             {"leaks_objects", Expect::kWorks},
                             {"steals_objects", Expect::kWorks},
                             {"gone_after_fork", Expect::kWorks},
                             {"strategy_foreign_victim", Expect::kWorks},
                             {"strategy_no_victims", Expect::kWorks},
                             {"strategy_twin_victims", Expect::kWorks},
                             {"strategy_too_few", Expect::kWorks},
                             {"strategy_allocates_in_hits", Expect::kWorks},
                             {"strategy_calls_host", Expect::kWorks},
                             {"strategy_ignores_new_weight", Expect::kWorks},
                             {"serializer_ignores_limits", Expect::kWorks},
                             {"serializer_accepts_trailing", Expect::kWorks},
                             {"serializer_rounds_floats", Expect::kWorks},
                             {"serializer_trusts_length", Expect::kWorks},
                             {"serializer_swallows_failure", Expect::kWorks},
                             {"serializer_no_offset", Expect::kWorks},
                             {"serializer_random", Expect::kWorks},
                         }),
                         name_of);

}  // namespace
