#include "core/loader/elf.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace coffer::core {
namespace {

using Header = ElfW(Ehdr);

std::string machine_name(const Header& header) {
  switch (header.e_machine) {
    case EM_X86_64: return "x86-64";
    case EM_386: return "i386";
    case EM_AARCH64: return "aarch64";
    case EM_ARM: return "arm";
    case EM_RISCV: return "riscv";
    case EM_PPC64: return "ppc64";
    case EM_S390: return "s390";
    default: return "machine " + std::to_string(header.e_machine);
  }
}

// The header of the object that this code is in: what fits here is what it is like.
const Header& own_header() {
  Dl_info info = {};
  dladdr(reinterpret_cast<const void*>(&own_header), &info);
  return *static_cast<const Header*>(info.dli_fbase);
}

coffer_status refuse_errno(const std::string& path, int error, coffer_sink& sink) {
  const coffer_status status = error == ENOENT || error == ENOTDIR ? COFFER_NOT_FOUND
                               : error == EACCES || error == EPERM ? COFFER_DENIED
                                                                   : COFFER_IO;
  return sink.fail(status, path + ": " + std::generic_category().message(error));
}

// Reads as much of the header as the file has.
coffer_status read_header(const std::string& path, Header& header, coffer_sink& sink) {
  struct stat info = {};
  if (stat(path.c_str(), &info) != 0) return refuse_errno(path, errno, sink);
  // Before open: a pipe or device of that name must not make us wait.
  if (!S_ISREG(info.st_mode)) {
    return sink.fail(COFFER_IO,
                     path + (S_ISDIR(info.st_mode) ? ": this is a folder, not a plugin's file"
                                                   : ": this is not a regular file"));
  }
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return refuse_errno(path, errno, sink);
  const ssize_t got = pread(file, &header, sizeof(header), 0);
  const int error = errno;
  close(file);
  return got < 0 ? refuse_errno(path, error, sink) : COFFER_OK;
}

}  // namespace

coffer_status check_shared_object(const std::string& path, coffer_sink& sink) {
  Header header = {};
  if (auto status = read_header(path, header, sink); failed(status)) return status;
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
    return sink.fail(COFFER_PLUGIN_FAULT, path + ": this is not a shared object (no ELF header)");
  }
  const Header& own = own_header();
  // Class and byte order first: without them the other fields cannot be read.
  const bool same_layout = header.e_ident[EI_CLASS] == own.e_ident[EI_CLASS] &&
                           header.e_ident[EI_DATA] == own.e_ident[EI_DATA];
  if (!same_layout || header.e_machine != own.e_machine) {
    const std::string built_for =
        same_layout ? machine_name(header) : "another word size or byte order";
    return sink.fail(COFFER_ABI_MISMATCH, path + ": it was built for " + built_for +
                                              ", but this process is " + machine_name(own));
  }
  if (header.e_type != ET_DYN) {
    return sink.fail(COFFER_PLUGIN_FAULT,
                     path + ": this is an ELF file, but not a shared object; link it with -shared");
  }
  return COFFER_OK;
}

}  // namespace coffer::core
