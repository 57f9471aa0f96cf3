// The canonical form of a value of a column. README.md publishes it.
#ifndef COFFER_CORE_DEPENDENCY_ENCODE_H_
#define COFFER_CORE_DEPENDENCY_ENCODE_H_

#include <string>

#include "coffer/dependency.h"
#include "core/error/error.h"

namespace coffer::core {

// No canonical form is longer: of what would be, there is a digest.
inline constexpr size_t kMostEncoded = 65;

// Appends the form of `datum` in a column declared as `column_type`. Values that are equal there,
// and only they, have the same form. Fails with a message about the value, to which the caller adds
// where it stands.
coffer_status encode_datum(const coffer_datum& datum, int32_t column_type, std::string& out,
                           coffer_sink& sink);

}  // namespace coffer::core

#endif  // COFFER_CORE_DEPENDENCY_ENCODE_H_
