// A codec linked into a test, on a watched host.
#ifndef COFFER_PLUGINS_CODECS_TESTING_HARNESS_H_
#define COFFER_PLUGINS_CODECS_TESTING_HARNESS_H_

#include <ostream>
#include <string>
#include <string_view>

#include "plugins/conformance/testing/fake_host.h"

// The plugin's two functions where it is linked into a program.
#define COFFER_STATIC_CODEC(id)                                                              \
  extern "C" const coffer_plugin_info* coffer_plugin_info_v1_##id(size_t index);             \
  extern "C" coffer_status coffer_plugin_create_v1_##id(                                     \
      const coffer_host* host, const char* name, const coffer_option* options, size_t count, \
      coffer_instance* out, coffer_sink* sink);                                              \
  static constexpr coffer::codecs::Plugin kPlugin = {coffer_plugin_info_v1_##id,             \
                                                     coffer_plugin_create_v1_##id};

namespace coffer::codecs {

struct Plugin {
  coffer_plugin_info_fn info;
  coffer_plugin_create_fn create;
};

// What a call came to.
struct Result {
  coffer_status status = COFFER_OK;
  std::string message;  // of host->fail, details included: "... [key_id=a]"
  std::string bytes;
  bool skipped = false;
  std::string parameters;
};
std::ostream& operator<<(std::ostream& out, const Result& result);

class Codec {
 public:
  explicit Codec(const Plugin& plugin, const conformance::OptionValues& options = {});
  ~Codec();
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;

  // How the creation went; the calls below need it to be OK.
  const Result& created() const { return created_; }

  // `max_size` as the host of a stack gives it to a codec that compresses: less than there is.
  Result encode(std::string_view bytes, std::string_view context = "") const;
  Result decode(const Result& encoded, std::string_view context = "",
                uint64_t max_size = uint64_t{1} << 40) const;

  conformance::FakeHost& host() { return host_; }

 private:
  conformance::FakeHost host_;
  coffer_instance instance_ = {};
  const coffer_codec* table_ = nullptr;
  Result created_;
};

}  // namespace coffer::codecs

#endif  // COFFER_PLUGINS_CODECS_TESTING_HARNESS_H_
