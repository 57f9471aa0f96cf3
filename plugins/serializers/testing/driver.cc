#include "plugins/serializers/testing/driver.h"

#include <iostream>
#include <string>

namespace coffer::serializers {
namespace {

int decode(const Serializer& serializer) {
  std::string length;
  while (std::getline(std::cin, length)) {
    std::string bytes(std::stoull(length), '\0');
    std::cin.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const Decoded decoded = serializer.decode(bytes);
    if (!decoded.problem.empty()) return std::cerr << decoded << "\n", 1;
    std::cout << (decoded.value                      ? print(*decoded.value)
                  : decoded.status == COFFER_CORRUPT ? "CORRUPT"
                                                     : "REFUSED")
              << "\n";
  }
  return 0;
}

int encode(const Serializer& serializer) {
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto value = parse(line);
    if (!value) return std::cerr << "no value: " << line << "\n", 1;
    const Encoded encoded = serializer.encode(*value);
    if (!encoded.problem.empty()) return std::cerr << encoded << "\n", 1;
    if (encoded.ok()) {
      std::cout << encoded.bytes.size() << "\n" << encoded.bytes;
    } else {
      std::cout << "-1\n";
    }
  }
  return 0;
}

}  // namespace

int drive(const Plugin& plugin, int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  conformance::OptionValues options;
  for (int i = 2; i < argc; ++i) {
    const std::string option = argv[i];
    options[option.substr(0, option.find('='))] = option.substr(option.find('=') + 1);
  }
  const Serializer serializer(plugin, options);
  if (!serializer.created().ok()) return std::cerr << serializer.created() << "\n", 1;
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "decode") return decode(serializer);
  if (mode == "encode") return encode(serializer);
  std::cerr << "usage: driver decode|encode [KEY=VALUE...]\n";
  return 2;
}

}  // namespace coffer::serializers
