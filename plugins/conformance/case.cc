#include "plugins/conformance/case.h"

#include <cstring>
#include <exception>
#include <mutex>
#include <thread>

namespace coffer::conformance {

void Case::note(const std::string& text) {
  result_.message += (result_.message.empty() ? "" : "; ") + text;
}

void Case::warn(const std::string& text) {
  result_.status = Status::kWarn;
  note(text);
}

void Case::check(const FakeHost& host, bool at_end) const {
  std::string problems = at_end ? host.problems() : host.problems_so_far();
  if (problems.empty()) return;
  problems.pop_back();
  fail(problems);
}

void Case::threads(size_t n, const std::function<void(size_t)>& body) const {
  std::mutex mutex;
  std::exception_ptr first;
  std::vector<std::thread> running;
  for (size_t i = 0; i < n; ++i) {
    running.emplace_back([&, i] {
      try {
        body(i);
      } catch (...) {
        std::lock_guard lock(mutex);
        if (!first) first = std::current_exception();
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  if (first) std::rethrow_exception(first);
}

OptionValues option_values(const Case& c, const OptionValues& more) {
  OptionValues values = c.settings().options;
  for (const auto& [key, value] : more) values[key] = value;
  return values;
}

void prepare(const Case& c, FakeHost* host) {
  host->set_strategy_folder(c.settings().strategy_folder);
  host->use_reference_strategy();
}

coffer_status create_instance(const Case& c, FakeHost& host, const char* id,
                              const OptionList& options, coffer_instance* out,
                              std::string* message) {
  unsigned char before[sizeof(coffer_instance)];
  std::memset(before, 0xe1, sizeof(before));
  std::memcpy(out, before, sizeof(before));
  FakeSink sink;
  const coffer_status status =
      c.file().create()(host.get(), id, options.data(), options.size(), out, sink.get());
  if (std::string problem = sink.problem(status); !problem.empty()) c.fail("create " + problem);
  if (message != nullptr && status >= 16) *message = sink.failures()[0].message;
  if (status == COFFER_OK) {
    unsigned char after[sizeof(before)];
    std::memcpy(after, out, sizeof(after));
    if (std::memcmp(after + offsetof(coffer_instance, table), before, sizeof(void*)) == 0) {
      c.fail("create returned OK but left the table unset (P5)");
    }
    if (out->table == nullptr) c.fail("create returned OK and no table");
  } else if (status < 16) {
    c.fail("create returned " + status_text(status) + ", which is neither OK nor a failure");
  } else if (std::memcmp(out, before, sizeof(before)) != 0) {
    c.fail("create failed but wrote its output (P5)");
  }
  return status;
}

void destroy_instance(int32_t kind, const coffer_instance& instance) {
  switch (kind) {
    case COFFER_KIND_STORE:
      return static_cast<const coffer_store*>(instance.table)->destroy(instance.self);
    case COFFER_KIND_STRATEGY:
      return static_cast<const coffer_strategy*>(instance.table)->destroy(instance.self);
    case COFFER_KIND_SERIALIZER:
      return static_cast<const coffer_serializer*>(instance.table)->destroy(instance.self);
    case COFFER_KIND_CODEC:
      return static_cast<const coffer_codec*>(instance.table)->destroy(instance.self);
  }
}

Instance::Instance(const Case& c, FakeHost& host, const OptionValues& more) : kind_(c.info().kind) {
  OptionList options(c.info(), option_values(c, more));
  if (!options.error().empty()) c.fail(options.error() + " (set it with --option KEY=VALUE)");
  std::string message;
  coffer_status status = create_instance(c, host, c.info().id, options, &instance_, &message);
  if (status == COFFER_OK) return;
  instance_ = {};
  c.fail("create failed: " + status_text(status) + ": " + message);
}

Instance::Instance(Instance&& from) noexcept
    : kind_(from.kind_), instance_(std::exchange(from.instance_, {})) {}

Instance& Instance::operator=(Instance&& from) noexcept {
  destroy();
  kind_ = from.kind_;
  instance_ = std::exchange(from.instance_, {});
  return *this;
}

void Instance::destroy() {
  if (instance_.table != nullptr) destroy_instance(kind_, std::exchange(instance_, {}));
}

std::string quoted(std::string_view bytes) {
  static const char* digits = "0123456789abcdef";
  std::string out = "\"";
  for (unsigned char c : bytes.substr(0, 40)) {
    if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
      out += static_cast<char>(c);
    } else {
      out += {'\\', 'x', digits[c >> 4], digits[c & 15]};
    }
  }
  return out + (bytes.size() > 40 ? "...\" (" + str(bytes.size()) + " bytes)" : "\"");
}

std::string status_text(coffer_status status) {
  static const char* const outcomes[] = {"OK", "MISS", "EXISTS", "CONFLICT", "SHORT", "END"};
  static const char* const failures[] = {
      "INVALID_ARGUMENT", "INVALID_STATE", "UNSUPPORTED",  "TOO_LARGE",    "EXHAUSTED",
      "CANCELLED",        "TIMEOUT",       "UNAVAILABLE",  "IO",           "CORRUPT",
      "DENIED",           "NOT_FOUND",     "ABI_MISMATCH", "PLUGIN_FAULT", "INTERNAL"};
  if (status >= 0 && status < 6) return outcomes[status];
  if (status >= 16 && status < 16 + 15) return failures[status - 16];
  return "status " + std::to_string(status);
}

}  // namespace coffer::conformance
