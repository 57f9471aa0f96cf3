// Standard output, kept for the reports of the command alone.
#ifndef BINDINGS_CLI_OUTPUT_H_
#define BINDINGS_CLI_OUTPUT_H_

#include <cstdio>

namespace coffer::cli {

// From here on whatever else in this process prints to standard output (a plugin, when it is
// loaded) prints to standard error instead. Before the first report.
void reserve_output();

// Where reports go: standard output as it was when the program began.
std::FILE* output_file();

}  // namespace coffer::cli

#endif  // BINDINGS_CLI_OUTPUT_H_
