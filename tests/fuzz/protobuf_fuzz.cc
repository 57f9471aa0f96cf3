#include "plugins/serializers/protobuf/entry.h"
#include "tests/fuzz/serializer_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  coffer::fuzz::fuzz_decoder(coffer_plugin_info_v1_protobuf, coffer_plugin_create_v1_protobuf,
                             {reinterpret_cast<const char*>(data), size});
  return 0;
}
