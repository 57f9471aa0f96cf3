// The options of the plugin, as text in coffer_option and as what encoder and decoder ask.
#ifndef COFFER_PLUGINS_SERIALIZERS_PICKLE_OPTIONS_H_
#define COFFER_PLUGINS_SERIALIZERS_PICKLE_OPTIONS_H_

#include <cstddef>
#include <span>

#include "coffer/plugin/plugin.h"

namespace coffer::pickle {

extern const coffer_option_spec kOptionSpecs[];
extern const size_t kOptionCount;

struct Options {
  enum class Strings { kAscii, kUtf8, kBytes };

  int protocol = 4;                   // of what is written
  bool truncate_nanoseconds = false;  // nanoseconds=truncate
  bool replace_surrogates = false;    // surrogates=replace
  Strings strings = Strings::kAscii;  // what text of Python 2 is
};

// Reads what the host has checked against the schema.
coffer_status read_options(const coffer_host* host, std::span<const coffer_option> options,
                           Options& out, coffer_sink* sink);

}  // namespace coffer::pickle

#endif  // COFFER_PLUGINS_SERIALIZERS_PICKLE_OPTIONS_H_
