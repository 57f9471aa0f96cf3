#include "plugins/serializers/yaml/entry.h"
#include "tests/fuzz/serializer_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Keys that are lists, tuples and nanoseconds are read and, by default, not written.
  coffer::fuzz::fuzz_decoder(coffer_plugin_info_v1_yaml, coffer_plugin_create_v1_yaml,
                             {reinterpret_cast<const char*>(data), size},
                             coffer::fuzz::Written::kOrRefused);
  return 0;
}
