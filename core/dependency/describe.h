// Values of columns for people: in error messages and in explanations.
#ifndef COFFER_CORE_DEPENDENCY_DESCRIBE_H_
#define COFFER_CORE_DEPENDENCY_DESCRIBE_H_

#include <string>
#include <string_view>

#include "coffer/dependency.h"

namespace coffer::core {

// The text as it is where it can be printed, \xNN where it cannot; "..." for what is beyond `most`
// bytes. Always UTF-8.
std::string printable(std::string_view text, size_t most);

// `null`, `true`, `12`, `1.5`, `"text"`, `x'00ff'`, `2024-01-31`; long ones shortened. Of a datum
// that encode_datum has accepted.
std::string describe_value(const coffer_datum& datum);
// The same after its type: `text "abc"`.
std::string describe_datum(const coffer_datum& datum);

// "text", "INTEGER"; NULL for what is none.
const char* datum_type_name(int32_t type);
const char* column_type_name(int32_t type);

}  // namespace coffer::core

#endif  // COFFER_CORE_DEPENDENCY_DESCRIBE_H_
