// The release of the library: the one place that says it.
#ifndef COFFER_CORE_VERSION_H_
#define COFFER_CORE_VERSION_H_

namespace coffer::core {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace coffer::core

#endif  // COFFER_CORE_VERSION_H_
