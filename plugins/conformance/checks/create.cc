// What coffer_plugin_create_v1 does, for plugins of every kind.
#include <dirent.h>

#include <algorithm>
#include <cstring>
#include <list>

#include "plugins/conformance/checks.h"
#include "plugins/conformance/malloc_watch.h"
#include "plugins/conformance/tables.h"

namespace coffer::conformance::checks {
namespace {

size_t thread_count() {
  size_t n = 0;
  DIR* dir = opendir("/proc/self/task");
  if (dir == nullptr) return 0;
  while (readdir(dir) != nullptr) ++n;
  closedir(dir);
  return n;
}

// The functions behind the capabilities of a store: all there, or all absent.
void check_store_caps(const Case& c, void* self, const coffer_store& table) {
  const auto agree = [&](uint64_t bit, const char* capability, bool set, const char* function) {
    if (((table.caps & bit) != 0) == set) return;
    c.fail(std::string("capability ") + capability + (set ? " is off, but " : " is on, but ") +
           function + (set ? " is set" : " is not there"));
  };
  agree(COFFER_STORE_COPY, "COPY", table.read != nullptr, "read");
  agree(COFFER_STORE_SCAN, "SCAN", table.scan_open != nullptr, "scan_open");
  agree(COFFER_STORE_SCAN, "SCAN", table.scan_next != nullptr, "scan_next");
  agree(COFFER_STORE_SCAN, "SCAN", table.scan_close != nullptr, "scan_close");
  const void* async = nullptr;
  if (table.extension != nullptr) async = table.extension(self, COFFER_STORE_ASYNC_ID);
  agree(COFFER_STORE_ASYNC, "ASYNC", async != nullptr, "extension " COFFER_STORE_ASYNC_ID);
}

// Creates with one option changed; succeeds or fails properly.
void try_option(const Case& c, const coffer_option_spec& changed, const coffer_option& value) {
  FakeHost host;
  prepare(c, &host);
  OptionList list(c.info(), option_values(c, {}));
  OptionList edited(coffer_plugin_info{}, {});
  for (size_t i = 0; i < list.size(); ++i) {
    const coffer_option& option = list.data()[i];
    if (std::strcmp(option.key, changed.key) == 0) continue;
    edited.add(option.key, option.type, option.i64, option.f64,
               {static_cast<const char*>(option.text.data), option.text.size});
  }
  edited.add(changed.key, changed.type, value.i64, value.f64,
             {static_cast<const char*>(value.text.data), value.text.size});
  coffer_instance instance;
  if (create_instance(c, host, c.info().id, edited, &instance) == COFFER_OK) {
    destroy_instance(c.info().kind, instance);
  }
  c.check(host, true);
}

std::vector<coffer_option> extremes(int32_t type) {
  std::vector<coffer_option> values;
  const auto add = [&](int64_t i64, double f64, std::string_view text) {
    coffer_option option = {};
    option.i64 = i64;
    option.f64 = f64;
    option.text = {text.data(), text.size()};
    values.push_back(option);
  };
  static const std::string long_text(65536, 'x');
  switch (type) {
    case COFFER_TYPE_TEXT:
      for (std::string_view text : {std::string_view(), std::string_view("no such thing"),
                                    std::string_view("a\0b", 3), std::string_view(long_text)}) {
        add(0, 0, text);
      }
      break;
    case COFFER_TYPE_BOOL: add(0, 0, ""), add(1, 0, ""); break;
    case COFFER_TYPE_FLOAT:
      for (double f : {-1.0, 0.0, 1e308, __builtin_nan(""), __builtin_inf()}) add(0, f, "");
      break;
    default:
      for (int64_t i : {INT64_MIN, int64_t{-1}, int64_t{0}, int64_t{1}, INT64_MAX}) add(i, 0, "");
  }
  return values;
}

}  // namespace

void create_table(Case& c) {
  FakeHost host;
  prepare(c, &host);
  OptionList options(c.info(), option_values(c, {}));
  if (!options.error().empty()) c.fail(options.error() + " (set it with --option KEY=VALUE)");
  coffer_instance instance;
  std::string message;
  const coffer_status status = create_instance(c, host, c.info().id, options, &instance, &message);
  if (status != COFFER_OK) c.fail("create failed: " + status_text(status) + ": " + message);
  if (std::string problem = table_problem(c.info().kind, instance.table); !problem.empty()) {
    c.fail("in the table " + problem);
  }
  destroy_instance(c.info().kind, instance);
  c.check(host, true);
}

void create_caps(Case& c) {
  static constexpr uint64_t kKnown[] = {0, 2 * COFFER_STORE_ASYNC - 1, 0,
                                        2 * COFFER_SERIALIZER_TEXT - 1,
                                        2 * COFFER_CODEC_ENCRYPTS - 1};
  const uint64_t claimed = c.info().caps;
  const int32_t kind = c.info().kind;
  if (kind < COFFER_KIND_STORE || kind > COFFER_KIND_CODEC) c.fail("the kind is unknown");
  if ((claimed & ~kKnown[kind]) != 0) c.fail("the info has unknown capabilities");
  FakeHost host;
  prepare(c, &host);
  Instance instance(c, host);
  const uint64_t caps = table_caps(kind, instance.table());
  if ((caps & ~claimed) != 0) c.fail("the table has capabilities that the info has not");
  if (caps != claimed) c.note("options turned capabilities off");
  if (kind != COFFER_KIND_STORE) return;
  check_store_caps(c, instance.self(), copy_table<coffer_store>(instance.table()));
}

void create_unknown_id(Case& c) {
  const std::string id = c.info().id;
  for (const std::string& wrong :
       {std::string(), std::string("no_such_plugin"), id + "x", id + " ", id.substr(1)}) {
    FakeHost host;
    prepare(c, &host);
    OptionList options(c.info(), option_values(c, {}));
    coffer_instance instance;
    if (create_instance(c, host, wrong.c_str(), options, &instance) == COFFER_OK) {
      c.fail("the id " + quoted(wrong) + " is accepted");
    }
    c.check(host, true);
  }
}

void create_options_borrowed(Case& c) {
  FakeHost host;
  prepare(c, &host);
  coffer_instance instance;
  {
    OptionList options(c.info(), option_values(c, {}));
    std::vector<coffer_option> copy(options.data(), options.data() + options.size());
    std::list<std::string> texts;
    for (coffer_option& option : copy) {
      texts.emplace_back(static_cast<const char*>(option.text.data), option.text.size);
      option.text.data = texts.back().data();
    }
    std::string id = c.info().id;
    FakeSink sink;
    const coffer_status status =
        c.file().create()(host.get(), id.c_str(), copy.data(), copy.size(), &instance, sink.get());
    if (status != COFFER_OK) c.fail("create failed: " + status_text(status));
    id.assign(id.size(), '?');
    for (std::string& text : texts) text.assign(text.size(), '?');
    for (coffer_option& option : copy)
      std::memset(static_cast<void*>(&option), 0xe1, sizeof(option));
  }
  if (c.info().kind == COFFER_KIND_STORE) {
    const auto table = copy_table<coffer_store>(instance.table);
    coffer_store_stats stats = {};
    stats.struct_size = sizeof(stats);
    table.stats(instance.self, &stats);
    if (table.maintain != nullptr) table.maintain(instance.self, host.now());
  }
  destroy_instance(c.info().kind, instance);
  c.check(host, true);
}

void create_option_ranges(Case& c) {
  for (size_t i = 0; i < c.info().option_count; ++i) {
    const coffer_option_spec& spec = c.info().options[i];
    for (const coffer_option& value : extremes(spec.type)) try_option(c, spec, value);
  }
}

void create_secrets(Case& c) {
  static const std::string secret = "kJ7-hush-Qx2";
  size_t found = 0;
  for (size_t i = 0; i < c.info().option_count; ++i) {
    const coffer_option_spec& spec = c.info().options[i];
    if ((spec.flags & COFFER_OPTION_SECRET) == 0 || spec.type != COFFER_TYPE_TEXT) continue;
    ++found;
    FakeHost host;
    prepare(c, &host);
    OptionList options(c.info(), option_values(c, {{spec.key, secret}}));
    coffer_instance instance;
    std::string message;
    if (create_instance(c, host, c.info().id, options, &instance, &message) == COFFER_OK) {
      destroy_instance(c.info().kind, instance);
    }
    for (const LogLine& line : host.take_logs()) message += line.text;
    if (message.find(secret) != std::string::npos) {
      c.fail("the value of option " + quoted(spec.key) + " is in " + quoted(message));
    }
  }
  if (found == 0) c.note("no option is secret");
}

void create_many(Case& c) {
  FakeHost host;
  prepare(c, &host);
  std::vector<Instance> instances;
  for (int i = 0; i < 64; ++i) instances.emplace_back(c, host);
  while (!instances.empty()) {
    std::swap(instances[c.random().below(instances.size())], instances.back());
    instances.pop_back();
  }
  c.check(host, true);
}

void create_threads(Case& c) {
  FakeHost host;
  prepare(c, &host);
  c.threads(4, [&](size_t) {
    for (int i = 0; i < 25; ++i) Instance(c, host);
  });
  c.check(host, true);
}

void create_no_leak(Case& c) {
  const auto rounds = [&](int n) {
    for (int i = 0; i < n; ++i) {
      FakeHost host;
      prepare(c, &host);
      { Instance instance(c, host); }
      c.check(host, true);
    }
  };
  rounds(20);  // what is set up once is set up now
  const size_t memory = allocated_now();
  const size_t threads = thread_count();
  constexpr int kRounds = 100;
  rounds(kRounds);
  const size_t grown = std::max(allocated_now(), memory) - memory;
  if (grown >= kRounds * 8) c.fail(str(grown) + " bytes are lost in " + str(kRounds) + " rounds");
  if (thread_count() > threads) c.fail("threads are left behind");
}

void create_no_memory(Case& c) {
  OptionList options(c.info(), option_values(c, {}));
  for (uint64_t k = 1;; ++k) {
    FakeHost host;
    prepare(c, &host);
    host.fail_allocation(k);
    coffer_instance instance;
    const coffer_status status = create_instance(c, host, c.info().id, options, &instance);
    const bool reached = host.allocations() >= k;
    if (status == COFFER_OK) {
      destroy_instance(c.info().kind, instance);
    } else if (!reached || status != COFFER_EXHAUSTED) {
      c.fail("create failed with " + status_text(status) + " when allocation " + str(k) +
             " failed, not with EXHAUSTED");
    }
    c.check(host, true);
    if (!reached) break;
    if (k == 10000) c.fail("it makes more than 10000 allocations");
  }
}

}  // namespace coffer::conformance::checks
