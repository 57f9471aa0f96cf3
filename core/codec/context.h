// What a codec that encrypts authenticates besides its bytes: the key that the store keeps the
// entry under, and the entry's other fields.
#ifndef COFFER_CORE_CODEC_CONTEXT_H_
#define COFFER_CORE_CODEC_CONTEXT_H_

#include <cstddef>
#include <string>

#include "core/meta/envelope.h"

namespace coffer::core {

// Of `envelope`, whose first `done` codecs were applied before the one that asks: the length of the
// key as a varint, the key, and the fields as they are written with those codecs only. entry.proto
// publishes it.
std::string codec_context(const Envelope& envelope, size_t done);

}  // namespace coffer::core

#endif  // COFFER_CORE_CODEC_CONTEXT_H_
