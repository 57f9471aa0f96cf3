#include "plugins/serializers/msgpack/entry.h"
#include "tests/fuzz/serializer_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  coffer::fuzz::fuzz_decoder(coffer_plugin_info_v1_msgpack, coffer_plugin_create_v1_msgpack,
                             {reinterpret_cast<const char*>(data), size});
  return 0;
}
