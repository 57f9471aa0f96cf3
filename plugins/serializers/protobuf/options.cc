#include "plugins/serializers/protobuf/options.h"

#include <string_view>

#include "plugins/serializers/common/option_reader.h"

namespace coffer::protobuf {

const coffer_option_spec kOptionSpecs[] = {
    {"message_ext", "1044", "type of the extension that a protobuf message of yours is",
     COFFER_TYPE_INT, 0},
};
const size_t kOptionCount = std::size(kOptionSpecs);

coffer_status read_options(const coffer_host* host, std::span<const coffer_option> options,
                           Options& out, coffer_sink* sink) {
  serial::OptionReader reader(host, sink);
  for (const coffer_option& option : options) {
    if (std::string_view(option.key) != "message_ext") continue;
    out.message_ext =
        static_cast<uint32_t>(reader.number(option, COFFER_EXT_APPLICATION, UINT32_MAX));
  }
  return reader.status();
}

}  // namespace coffer::protobuf
