// The format "plain", one letter and what belongs to it for each event:
//   n  t  f                         null, true, false
//   i-12;  u9999999999999999999;    integers; u only beyond INT64_MAX
//   g123456789012345678901234567;   integers beyond 64 bits
//   d3ff0000000000000               the bits of a double, 16 hex digits
//   s5:hello  b3:...                text and blob with their length
//   x2,16:...                       extension: type, length, bytes
//   [0 ... ]                        list with its kind, items
//   { ... }                         map, key and value in turn
// There is no space between values.
#ifndef PLAIN_PLAIN_H_
#define PLAIN_PLAIN_H_

#include "coffer/plugin/plugin.h"

namespace plain {

coffer_status encode(const coffer_value& value, const coffer_writer& out, coffer_sink* sink);

coffer_status decode(const coffer_host* host, coffer_bytes bytes, const coffer_visitor& into,
                     const coffer_limits& limits, coffer_sink* sink);

}  // namespace plain

#endif  // PLAIN_PLAIN_H_
