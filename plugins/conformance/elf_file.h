// What a shared object says of itself, read from its bytes: nothing of it runs.
#ifndef COFFER_PLUGINS_CONFORMANCE_ELF_FILE_H_
#define COFFER_PLUGINS_CONFORMANCE_ELF_FILE_H_

#include <elf.h>

#include <string>
#include <string_view>
#include <vector>

namespace coffer::conformance {

class ElfFile {
 public:
  explicit ElfFile(const std::string& path);

  const std::string& error() const { return error_; }  // empty: all below is filled

  struct Symbol {
    std::string name;
    bool function;
    bool unique;  // GNU_UNIQUE
  };
  std::vector<Symbol> exported;
  std::vector<std::string> needed;
  std::vector<std::string> run_paths;
  std::vector<std::string> versions;  // asked of libraries: "GLIBC_2.34", "GLIBCXX_3.4.30"
  bool text_relocations = false;

 private:
  template <typename T>
  const T* at(uint64_t offset, uint64_t count = 1) const;
  const char* text(const Elf64_Shdr& table, uint64_t offset) const;
  bool fail(std::string text);

  bool read_header();
  void read_dynamic(const Elf64_Shdr& section);
  void read_symbols(const Elf64_Shdr& section);
  void read_versions(const Elf64_Shdr& section);

  std::string bytes_;
  std::string error_;
  const Elf64_Shdr* sections_ = nullptr;
  size_t section_count_ = 0;
};

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_ELF_FILE_H_
