/* Two small codecs that keep every promise: one that compresses runs of equal bytes, and one that
 * encrypts (against nobody who tries: its arithmetic is a toy). */
#ifndef COFFER_TESTS_BROKEN_GOOD_CODEC_H_
#define COFFER_TESTS_BROKEN_GOOD_CODEC_H_

#include "coffer/plugin/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The one that compresses; `*table = good_cipher; info->caps = good_cipher.caps` makes it the
 * other. */
void good_codec_fill(const char* id, coffer_plugin_info* info, coffer_codec* table);
coffer_status good_codec_create(const coffer_host* host, const coffer_codec* table,
                                coffer_instance* out, coffer_sink* sink);

/* For faults that do something of their own before or after. An instance's self is its host. */
extern const coffer_codec good_codec, good_cipher;

#ifdef __cplusplus
}
#endif
#endif /* COFFER_TESTS_BROKEN_GOOD_CODEC_H_ */
