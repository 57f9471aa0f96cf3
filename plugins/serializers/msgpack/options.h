// The options of the plugin, as text in coffer_option and as what the two directions ask.
#ifndef COFFER_PLUGINS_SERIALIZERS_MSGPACK_OPTIONS_H_
#define COFFER_PLUGINS_SERIALIZERS_MSGPACK_OPTIONS_H_

#include <cstddef>
#include <span>

#include "coffer/plugin/plugin.h"

namespace coffer::msgpack {

extern const coffer_option_spec kOptionSpecs[];
extern const size_t kOptionCount;

struct Options {
  enum class Ext { kTyped, kPlain, kError };

  Ext ext = Ext::kTyped;      // what MessagePack itself does not have
  bool text_or_blob = false;  // invalid_text=blob
  bool foreign_ext = false;   // unknown_ext=application
};

// Reads what the host has checked against the schema.
coffer_status read_options(const coffer_host* host, std::span<const coffer_option> options,
                           Options& out, coffer_sink* sink);

}  // namespace coffer::msgpack

#endif  // COFFER_PLUGINS_SERIALIZERS_MSGPACK_OPTIONS_H_
