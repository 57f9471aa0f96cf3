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
#include <vector>

namespace coffer::core {
namespace {

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);

// An open file, closed at the end of the block.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  bool is_open() const { return descriptor_ >= 0; }

  // Reads `size` bytes at `offset`; less at the end of the file. -1 with errno on failure.
  ssize_t read(void* out, size_t size, uint64_t offset) const {
    return pread(descriptor_, out, size, static_cast<off_t>(offset));
  }

 private:
  const int descriptor_;
};

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

// Whether the bytes [offset, offset + size) are in a file of `file_size` bytes.
bool fits(uint64_t offset, uint64_t size, uint64_t file_size) {
  return offset <= file_size && size <= file_size - offset;
}

coffer_status refuse_cut(const std::string& path, uint64_t file_size, coffer_sink& sink) {
  return sink.fail(COFFER_PLUGIN_FAULT,
                   path + ": the file is incomplete: it has " + std::to_string(file_size) +
                       " bytes, but its ELF header describes more; copy or build it again");
}

// A file that ends before its last segment can be mapped, and ends the process with SIGBUS when
// the missing part is touched. So does one that is still being written.
coffer_status check_complete(const std::string& path, const File& file, const Header& header,
                             uint64_t file_size, coffer_sink& sink) {
  if (header.e_phnum == 0 || header.e_phentsize != sizeof(Segment)) {
    return sink.fail(COFFER_PLUGIN_FAULT,
                     path + ": its ELF header describes no segments, so it cannot be loaded");
  }
  std::vector<Segment> segments(header.e_phnum);
  const size_t table = segments.size() * sizeof(Segment);
  if (!fits(header.e_phoff, table, file_size)) return refuse_cut(path, file_size, sink);
  const ssize_t got = file.read(segments.data(), table, header.e_phoff);
  if (got < 0) return refuse_errno(path, errno, sink);
  if (static_cast<size_t>(got) != table) return refuse_cut(path, file_size, sink);
  for (const Segment& segment : segments) {
    if (!fits(segment.p_offset, segment.p_filesz, file_size)) {
      return refuse_cut(path, file_size, sink);
    }
  }
  // Linkers write the table of sections last. It is not loaded, but shows that a copy broke off.
  const uint64_t sections = uint64_t{header.e_shnum} * header.e_shentsize;
  if (!fits(header.e_shoff, sections, file_size)) return refuse_cut(path, file_size, sink);
  return COFFER_OK;
}

}  // namespace

coffer_status check_shared_object(const std::string& path, coffer_sink& sink) {
  struct stat info = {};
  if (stat(path.c_str(), &info) != 0) return refuse_errno(path, errno, sink);
  // Before open: a pipe or device of that name must not make us wait.
  if (!S_ISREG(info.st_mode)) {
    return sink.fail(COFFER_IO,
                     path + (S_ISDIR(info.st_mode) ? ": this is a folder, not a plugin's file"
                                                   : ": this is not a regular file"));
  }
  const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) return refuse_errno(path, errno, sink);
  Header header = {};
  const ssize_t got = file.read(&header, sizeof header, 0);
  if (got < 0) return refuse_errno(path, errno, sink);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
    return sink.fail(COFFER_PLUGIN_FAULT, path + ": this is not a shared object (no ELF header)");
  }
  const auto file_size = static_cast<uint64_t>(info.st_size);
  if (static_cast<size_t>(got) < sizeof header) return refuse_cut(path, file_size, sink);
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
  return check_complete(path, file, header, file_size, sink);
}

}  // namespace coffer::core
