// The pickle serializer as a filter, for tests in other languages: one value a line, in the notation of
// plugins/serializers/testing/value.h, against pickles that are preceded by their length.
//
//   driver decode KEY=VALUE... (options)  <length>\n<pickle> ...  ->  a line each: the value, or "! STATUS message"
//   driver encode KEY=VALUE... (options)  lines  ->  <length>\n<pickle> each, or "! STATUS path message"
#include <cstdio>
#include <iostream>
#include <string>

#include "plugins/serializers/pickle/testing.h"

namespace {

using namespace coffer::serializers;

int decode(const Serializer& pickle) {
  std::string length;
  while (std::getline(std::cin, length)) {
    std::string bytes(std::stoull(length), '\0');
    std::cin.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const Decoded decoded = pickle.decode(bytes);
    if (!decoded.problem.empty()) return std::cerr << decoded << "\n", 1;
    if (decoded.value) {
      std::cout << print(*decoded.value) << "\n";
    } else {
      std::cout << "! " << decoded.status << " " << decoded.message << "\n";
    }
  }
  return 0;
}

int encode(const Serializer& pickle) {
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto value = parse(line);
    if (!value) return std::cerr << "no value: " << line << "\n", 1;
    const Encoded encoded = pickle.encode(*value);
    if (!encoded.problem.empty()) return std::cerr << encoded << "\n", 1;
    if (encoded.ok()) {
      std::cout << encoded.bytes.size() << "\n" << encoded.bytes;
    } else {
      std::cout << "! " << encoded.status << " " << encoded.detail("at") << " " << encoded.message << "\n";
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
  const Serializer pickle(coffer::pickle::kPickle, options);
  if (!pickle.created().ok()) return std::cerr << pickle.created() << "\n", 1;
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "decode") return decode(pickle);
  if (mode == "encode") return encode(pickle);
  std::cerr << "usage: driver decode|encode [KEY=VALUE...]\n";
  return 2;
}
