// The options of the plugin, as text in coffer_option and as what the two directions ask.
#ifndef COFFER_PLUGINS_SERIALIZERS_YAML_OPTIONS_H_
#define COFFER_PLUGINS_SERIALIZERS_YAML_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "coffer/plugin/plugin.h"

namespace coffer::yaml {

extern const coffer_option_spec kOptionSpecs[];
extern const size_t kOptionCount;

// The defaults refuse what YAML does not have: nothing changes silently.
struct Options {
  unsigned indent = 2;     // 0: flow style, on one line
  bool any_keys = false;   // keys=any
  bool plain_ext = false;  // ext=plain
  bool ascii = false;
  uint64_t expansion = 0;  // bytes that aliases may add when a text is read
};

// Reads what the host has checked against the schema.
coffer_status read_options(const coffer_host* host, std::span<const coffer_option> options,
                           Options& out, coffer_sink* sink);

}  // namespace coffer::yaml

#endif  // COFFER_PLUGINS_SERIALIZERS_YAML_OPTIONS_H_
