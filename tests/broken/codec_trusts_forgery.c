/* Takes bytes that were changed for authentic. */
#include "tests/broken/plugin.h"

static coffer_status decode(void* self, coffer_bytes bytes, coffer_bytes context,
                            coffer_bytes parameters, uint64_t max_size, const coffer_writer* out,
                            coffer_sink* sink) {
  (void)context;
  if (bytes.size < 17 || bytes.size - 16 > max_size) {
    return good_cipher.decode(self, bytes, context, parameters, max_size, out, sink);
  }
  coffer_status status = COFFER_EXHAUSTED;
  void* room = out->reserve(out->self, bytes.size - 16, &status);
  if (room == NULL) return status;
  memcpy(room, (const char*)bytes.data + 8, bytes.size - 16);
  out->commit(out->self, bytes.size - 16);
  return COFFER_OK;
}

static coffer_status encode(void* self, coffer_bytes bytes, coffer_bytes context, uint64_t max_size,
                            const coffer_writer* out, coffer_codec_note* note, coffer_sink* sink) {
  static const char margin[8] = "margin";
  (void)context, (void)max_size, (void)note, (void)self, (void)sink;
  coffer_status status = COFFER_EXHAUSTED;
  char* room = out->reserve(out->self, bytes.size + 16, &status);
  if (room == NULL) return status;
  memcpy(room, margin, 8);
  if (bytes.size > 0) memcpy(room + 8, bytes.data, bytes.size);
  memcpy(room + 8 + bytes.size, margin, 8);
  out->commit(out->self, bytes.size + 16);
  return COFFER_OK;
}

COFFER_TEST_PLUGIN(codec, "codec_trusts_forgery", info.caps = good_cipher.caps,
                   (table = good_cipher, table.encode = encode, table.decode = decode))
