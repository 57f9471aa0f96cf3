// A serializer linked into a test, on a watched host.
#ifndef COFFER_PLUGINS_SERIALIZERS_TESTING_HARNESS_H_
#define COFFER_PLUGINS_SERIALIZERS_TESTING_HARNESS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/conformance/testing/fake_host.h"
#include "plugins/serializers/testing/value.h"

namespace coffer::serializers {

struct Plugin {
  coffer_plugin_info_fn info;
  coffer_plugin_create_fn create;
};

// What a call came to.
struct Result {
  coffer_status status = COFFER_OK;
  std::string message;  // of host->fail
  std::vector<std::pair<std::string, std::string>> details;
  std::string problem;  // with the report of the failure, or with the events; empty if none

  bool ok() const { return status == COFFER_OK && problem.empty(); }
  // A detail, "" if there is none.
  std::string detail(std::string_view name) const;
};
std::ostream& operator<<(std::ostream& out, const Result& result);

struct Encoded : Result {
  std::string bytes;
};

struct Decoded : Result {
  std::optional<Value> value;
};

// Limits that tests do not reach.
inline constexpr coffer_limits kAmple = {sizeof(coffer_limits), 1000, 100'000'000, 1ull << 32};

class Serializer {
 public:
  Serializer(const Plugin& plugin, const conformance::OptionValues& options = {});
  ~Serializer();
  Serializer(const Serializer&) = delete;
  Serializer& operator=(const Serializer&) = delete;

  // How the creation went; the calls below need it to be OK.
  const Result& created() const { return created_; }

  Encoded encode(const Value& value) const;
  Encoded encode(const coffer_value& value, const coffer_writer& out) const;
  Decoded decode(std::string_view bytes, const coffer_limits& limits = kAmple) const;
  Result decode(std::string_view bytes, const coffer_visitor& into,
                const coffer_limits& limits = kAmple) const;

  const coffer_serializer& table() const { return *table_; }
  void* self() const { return instance_.self; }
  conformance::FakeHost& host() { return host_; }

 private:
  static void judge(conformance::FakeSink& sink, coffer_status status, Result& out);

  conformance::FakeHost host_;
  coffer_instance instance_ = {};
  const coffer_serializer* table_ = nullptr;
  Result created_;
};

// A writer into a string. It may be told to run out of room.
class StringWriter {
 public:
  explicit StringWriter(size_t room = SIZE_MAX) : left_(room) {}
  coffer_writer writer() { return {this, reserve, commit}; }
  const std::string& bytes() const { return bytes_; }

 private:
  static void* reserve(void* self, size_t size, coffer_status* status);
  static void commit(void* self, size_t size);

  std::string bytes_;
  std::vector<char> room_;  // exactly what was asked for, so that a sanitizer sees one byte more
  size_t left_;
};

}  // namespace coffer::serializers

#endif  // COFFER_PLUGINS_SERIALIZERS_TESTING_HARNESS_H_
