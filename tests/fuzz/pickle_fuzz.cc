#include "plugins/serializers/pickle/entry.h"
#include "tests/fuzz/serializer_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  coffer::fuzz::fuzz_decoder(coffer_plugin_info_v1_pickle, coffer_plugin_create_v1_pickle,
                             {reinterpret_cast<const char*>(data), size});
  return 0;
}
