// The one place that knows how Bazel lays out what a program needs at run time. An installed tool
// finds its plugins beside libcoffer without this.
#ifndef BINDINGS_CLI_RUNFILES_H_
#define BINDINGS_CLI_RUNFILES_H_

#include <string>

namespace coffer::cli {

// The file of that path in our workspace, "" if this program was not started from a Bazel output.
std::string runfile(const char* program, const std::string& path);

// Puts the plugins built with this program at the end of COFFER_PLUGIN_PATH. Under `bazel run` it
// also goes to the folder the user is in, so that file names mean what the user thinks they mean.
// Call it first in main, before there are threads.
void enter_runfiles(const char* program);

}  // namespace coffer::cli

#endif  // BINDINGS_CLI_RUNFILES_H_
