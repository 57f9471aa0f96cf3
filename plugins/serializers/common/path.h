// Where in a value something stands, for messages.
#ifndef COFFER_PLUGINS_SERIALIZERS_COMMON_PATH_H_
#define COFFER_PLUGINS_SERIALIZERS_COMMON_PATH_H_

#include <cstdint>
#include <string>

#include "coffer/value.h"

namespace coffer::serial {

struct Place {
  std::string path;  // "$.items[3].price"; of the map, if it is a key
  bool is_key = false;
};

// The place of event number `event` (from 1). It plays the value once more: the path is wanted only
// when something fails, and costs nothing until then. A value that does not play the same again
// gives "$".
Place find_place(const coffer_value& value, uint64_t event, coffer_sink* sink);

}  // namespace coffer::serial

#endif  // COFFER_PLUGINS_SERIALIZERS_COMMON_PATH_H_
