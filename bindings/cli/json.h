// Trees as text: JSON, and plain for a cell of a table.
#ifndef BINDINGS_CLI_JSON_H_
#define BINDINGS_CLI_JSON_H_

#include <string>

#include "bindings/cli/tree.h"

namespace coffer::cli {

// JSON in one line. What JSON has no form for: bytes are {"base64": "…"}, dates and the like their
// ISO 8601 text, other extensions {"ext": type, "base64": "…"}, NaN and infinities text, keys of a
// map that are not text their JSON as text.
std::string to_json(const Tree& tree);

// The same over several lines, for the reports of the tool.
std::string to_pretty_json(const Tree& tree);

// A scalar as plain text, a list of scalars as their texts with spaces between.
std::string plain_text(const Tree& tree);

}  // namespace coffer::cli

#endif  // BINDINGS_CLI_JSON_H_
