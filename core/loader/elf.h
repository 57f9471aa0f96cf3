// Reads the header of a shared object before the dynamic linker does: its own words for a file of
// another machine are "No such file or directory".
#ifndef COFFER_CORE_LOADER_ELF_H_
#define COFFER_CORE_LOADER_ELF_H_

#include <string>

#include "core/error/error.h"

namespace coffer::core {

// OK if the file can be read, is a shared object for the machine of this process, and is complete.
// A failure says why not; the caller adds where.
coffer_status check_shared_object(const std::string& path, coffer_sink& sink);

}  // namespace coffer::core

#endif  // COFFER_CORE_LOADER_ELF_H_
