#include "plugins/conformance/elf_file.h"

#include <cstring>
#include <fstream>
#include <iterator>

namespace coffer::conformance {
namespace {

#if defined(__x86_64__)
constexpr uint16_t kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr uint16_t kMachine = EM_AARCH64;
#elif defined(__riscv)
constexpr uint16_t kMachine = EM_RISCV;
#elif defined(__powerpc64__)
constexpr uint16_t kMachine = EM_PPC64;
#else
#error "name the ELF machine of this processor here"
#endif

}  // namespace

// The address of `count` T's in the file, or NULL if they are not all in it or not aligned.
template <typename T>
const T* ElfFile::at(uint64_t offset, uint64_t count) const {
  if (offset % alignof(T) != 0 || offset > bytes_.size()) return nullptr;
  if (count > (bytes_.size() - offset) / sizeof(T)) return nullptr;
  return reinterpret_cast<const T*>(bytes_.data() + offset);
}

const char* ElfFile::text(const Elf64_Shdr& table, uint64_t offset) const {
  if (offset >= table.sh_size || at<char>(table.sh_offset, table.sh_size) == nullptr) return "";
  const char* begin = at<char>(table.sh_offset) + offset;
  return std::memchr(begin, 0, table.sh_size - offset) != nullptr ? begin : "";
}

bool ElfFile::fail(std::string text) {
  error_ = std::move(text);
  return false;
}

ElfFile::ElfFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    fail("the file cannot be read");
    return;
  }
  bytes_.assign(std::istreambuf_iterator<char>(in), {});
  if (!read_header()) return;
  for (size_t i = 0; i < section_count_; ++i) {
    const Elf64_Shdr& section = sections_[i];
    if (section.sh_link >= section_count_) continue;
    if (section.sh_type == SHT_DYNAMIC) read_dynamic(section);
    if (section.sh_type == SHT_DYNSYM) read_symbols(section);
    if (section.sh_type == SHT_GNU_verneed) read_versions(section);
  }
}

bool ElfFile::read_header() {
  const auto* header = at<Elf64_Ehdr>(0);
  if (header == nullptr || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) {
    return fail("it is no ELF file");
  }
  if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_machine != kMachine) {
    return fail("it is for another machine than this program");
  }
  if (header->e_type != ET_DYN) return fail("it is no shared object");
  sections_ = at<Elf64_Shdr>(header->e_shoff, header->e_shnum);
  if (header->e_shnum == 0 || sections_ == nullptr) return fail("it has no section table");
  section_count_ = header->e_shnum;
  return true;
}

void ElfFile::read_dynamic(const Elf64_Shdr& section) {
  const Elf64_Shdr& names = sections_[section.sh_link];
  const uint64_t count = section.sh_size / sizeof(Elf64_Dyn);
  const auto* entries = at<Elf64_Dyn>(section.sh_offset, count);
  for (uint64_t i = 0; entries != nullptr && i < count && entries[i].d_tag != DT_NULL; ++i) {
    const uint64_t value = entries[i].d_un.d_val;
    switch (entries[i].d_tag) {
      case DT_NEEDED: needed.emplace_back(text(names, value)); break;
      case DT_RPATH:
      case DT_RUNPATH: run_paths.emplace_back(text(names, value)); break;
      case DT_TEXTREL: text_relocations = true; break;
      case DT_FLAGS: text_relocations = text_relocations || (value & DF_TEXTREL) != 0; break;
    }
  }
}

void ElfFile::read_symbols(const Elf64_Shdr& section) {
  const Elf64_Shdr& names = sections_[section.sh_link];
  const uint64_t count = section.sh_size / sizeof(Elf64_Sym);
  const auto* symbols = at<Elf64_Sym>(section.sh_offset, count);
  for (uint64_t i = 1; symbols != nullptr && i < count; ++i) {
    const Elf64_Sym& symbol = symbols[i];
    const unsigned char type = ELF64_ST_TYPE(symbol.st_info);
    const unsigned char visibility = ELF64_ST_VISIBILITY(symbol.st_other);
    if (symbol.st_shndx == SHN_UNDEF || ELF64_ST_BIND(symbol.st_info) == STB_LOCAL) continue;
    if (visibility == STV_HIDDEN || visibility == STV_INTERNAL) continue;
    exported.push_back({text(names, symbol.st_name), type == STT_FUNC,
                        ELF64_ST_BIND(symbol.st_info) == STB_GNU_UNIQUE});
  }
}

void ElfFile::read_versions(const Elf64_Shdr& section) {
  const Elf64_Shdr& names = sections_[section.sh_link];
  uint64_t offset = section.sh_offset;
  for (uint32_t i = 0; i < section.sh_info; ++i) {
    const auto* library = at<Elf64_Verneed>(offset);
    if (library == nullptr) return;
    uint64_t inner = offset + library->vn_aux;
    for (uint16_t k = 0; k < library->vn_cnt; ++k) {
      const auto* version = at<Elf64_Vernaux>(inner);
      if (version == nullptr) return;
      versions.emplace_back(text(names, version->vna_name));
      inner += version->vna_next;
    }
    offset += library->vn_next;
  }
}

}  // namespace coffer::conformance
