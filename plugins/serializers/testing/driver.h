// A serializer as a filter, for tests in other languages: one value a line, in the notation of
// value.h, against bytes that are preceded by their length.
//
//   driver decode KEY=VALUE...  <length>\n<bytes> ...  ->  one line each: the value, "CORRUPT", or
//                                                          "REFUSED" for another failure
//   driver encode KEY=VALUE...  lines                  ->  <length>\n<bytes> each, "-1\n" if
//   refused
#ifndef COFFER_PLUGINS_SERIALIZERS_TESTING_DRIVER_H_
#define COFFER_PLUGINS_SERIALIZERS_TESTING_DRIVER_H_

#include "plugins/serializers/testing/harness.h"

namespace coffer::serializers {

// The program's main function.
int drive(const Plugin& plugin, int argc, char** argv);

}  // namespace coffer::serializers

#endif  // COFFER_PLUGINS_SERIALIZERS_TESTING_DRIVER_H_
