// Text as a scalar: which of the ways to write it keeps it text, and is good to read.
#ifndef COFFER_PLUGINS_SERIALIZERS_YAML_TEXT_H_
#define COFFER_PLUGINS_SERIALIZERS_YAML_TEXT_H_

#include <string_view>

#include "plugins/serializers/common/output.h"

namespace coffer::yaml {

// Whether text may stand without quotes, in block style or in both styles. It is no other type by
// the rules of any version of YAML, not by YAML 1.1 alone.
bool is_plain(std::string_view text, bool flow);

// Whether text is lines that may stand as a literal block ("|") and show what they are: no spaces
// at ends of lines, nothing to escape, no indentation or empty line at its beginning.
bool is_literal(std::string_view text);

// Writes text (valid UTF-8) between double quotes, on one line. `ascii`: with nothing else.
void write_quoted(serial::Output& out, std::string_view text, bool ascii);

// Whether there is nothing in the text but ASCII.
bool is_ascii(std::string_view text);

}  // namespace coffer::yaml

#endif  // COFFER_PLUGINS_SERIALIZERS_YAML_TEXT_H_
