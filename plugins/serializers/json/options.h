// The options of the plugin, as text in coffer_option and as what encoder and decoder ask.
#ifndef COFFER_PLUGINS_SERIALIZERS_JSON_OPTIONS_H_
#define COFFER_PLUGINS_SERIALIZERS_JSON_OPTIONS_H_

#include <cstddef>
#include <span>

#include "coffer/plugin/plugin.h"

namespace coffer::json {

extern const coffer_option_spec kOptionSpecs[];
extern const size_t kOptionCount;

// What becomes of a value that JSON does not have, and of NaN and infinities in JSON that others
// wrote. The defaults refuse: nothing changes silently.
struct Options {
  enum class Nan { kError, kNull, kText, kNumber };
  enum class Ext { kError, kPlain, kTagged };

  unsigned indent = 0;
  Nan nan = Nan::kError;
  bool base64 = false;     // binary=base64
  bool text_keys = false;  // keys=text
  Ext ext = Ext::kError;
  bool ascii = false;
};

// Reads what the host has checked against the schema.
coffer_status read_options(const coffer_host* host, std::span<const coffer_option> options,
                           Options& out, coffer_sink* sink);

}  // namespace coffer::json

#endif  // COFFER_PLUGINS_SERIALIZERS_JSON_OPTIONS_H_
