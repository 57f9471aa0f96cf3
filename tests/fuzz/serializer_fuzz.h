// What every fuzzer of a serializer does with an input: decode it, and if it was a value, write
// that and read it again. Beside not crashing, the decoder must say CORRUPT or UNSUPPORTED with
// an offset within the input, or play one value by the rules.
#ifndef COFFER_TESTS_FUZZ_SERIALIZER_FUZZ_H_
#define COFFER_TESTS_FUZZ_SERIALIZER_FUZZ_H_

#include <string_view>

#include "coffer/plugin/plugin.h"

namespace coffer::fuzz {

// What a serializer does with a value that it has read: writes it, or may refuse it as UNSUPPORTED.
enum class Written { kAlways, kOrRefused };

// Aborts, and says why, if the serializer breaks a promise.
void fuzz_decoder(coffer_plugin_info_fn info, coffer_plugin_create_fn create,
                  std::string_view input, Written written = Written::kAlways);

}  // namespace coffer::fuzz

#endif  // COFFER_TESTS_FUZZ_SERIALIZER_FUZZ_H_
