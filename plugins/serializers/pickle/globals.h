// The allow-list: the globals that stand for types of values. A pickle names functions and classes
// to be called; these are recognised by their names and acted out here, and every other name is
// refused. Nothing is ever looked up or run.
#ifndef COFFER_PLUGINS_SERIALIZERS_PICKLE_GLOBALS_H_
#define COFFER_PLUGINS_SERIALIZERS_PICKLE_GLOBALS_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace coffer::pickle {

enum class Global {
  kSet,
  kFrozenSet,
  kBytes,
  kByteArray,
  kObject,         // only as an argument of kReconstructor
  kReconstructor,  // how protocols 0 and 1 make objects
  kEncode,         // how protocols 0 to 2 write bytes
  kOrderedDict,
  kDate,
  kTime,
  kDatetime,
  kTimeDelta,
  kTimezone,
  kUtc,  // not a type but its only value
  kDecimal,
  kUuid,
};
inline constexpr size_t kGlobals = 16;

// Throws Failure, by name, if it is not on the list.
Global find_global(std::string_view module, std::string_view name, size_t offset);

// Module and name as a protocol writes them.
struct GlobalName {
  std::string_view module;
  std::string_view name;
};
GlobalName name_of(Global global, int protocol);

// "datetime.date", for messages.
std::string shown(Global global);

}  // namespace coffer::pickle

#endif  // COFFER_PLUGINS_SERIALIZERS_PICKLE_GLOBALS_H_
