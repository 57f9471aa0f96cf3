// The json serializer as a filter, for tests in other languages: one value a line, in the notation
// of plugins/serializers/testing/value.h, against texts that are preceded by their length.
//
//   driver decode           <length>\n<json> ...  ->  one line each: the value, or "CORRUPT"
//   driver encode KEY=VALUE... (options)  lines   ->  <length>\n<json> each, or "-1\n" if refused
#include <cstdio>
#include <iostream>
#include <string>

#include "plugins/serializers/json/testing.h"

namespace {

using namespace coffer::serializers;

int decode(const Serializer& json) {
  std::string length;
  while (std::getline(std::cin, length)) {
    std::string bytes(std::stoull(length), '\0');
    std::cin.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const Decoded decoded = json.decode(bytes);
    if (!decoded.problem.empty()) return std::cerr << decoded << "\n", 1;
    std::cout << (decoded.value ? print(*decoded.value) : "CORRUPT") << "\n";
  }
  return 0;
}

int encode(const Serializer& json) {
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto value = parse(line);
    if (!value) return std::cerr << "no value: " << line << "\n", 1;
    const Encoded encoded = json.encode(*value);
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

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  coffer::conformance::OptionValues options;
  for (int i = 2; i < argc; ++i) {
    const std::string option = argv[i];
    options[option.substr(0, option.find('='))] = option.substr(option.find('=') + 1);
  }
  const Serializer json(coffer::json::kJson, options);
  if (!json.created().ok()) return std::cerr << json.created() << "\n", 1;
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "decode") return decode(json);
  if (mode == "encode") return encode(json);
  std::cerr << "usage: driver decode|encode [KEY=VALUE...]\n";
  return 2;
}
