// One entry on its way out of the process, and back.
#ifndef COFFER_CORE_WIRE_SEALER_H_
#define COFFER_CORE_WIRE_SEALER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "coffer/plugin/store.h"
#include "core/clock/clock.h"
#include "core/codec/stack.h"
#include "core/error/error.h"
#include "core/ref/ref.h"

namespace coffer::core {

// The bytes of a sealed entry.
struct SealedBytes {
  std::unique_ptr<char[]> data;
  size_t size = 0;
};

// Detail "phase" of a failure that came from a codec and not from the store behind it.
inline constexpr std::string_view kPhaseCodec = "codec";

// [any-thread]
class Sealer {
 public:
  enum class Scope {
    kValue,  // the value only; what core keeps beside it stays beside it
    kEntry   // all of the entry
  };

  // `clock` outlives the sealer.
  Sealer(const Clock& clock, Ref<CodecStack> codecs, Scope scope, bool checksum)
      : clock_(clock), codecs_(std::move(codecs)), scope_(scope), checksum_(checksum) {}

  Scope scope() const { return scope_; }
  const CodecStack& codecs() const { return *codecs_; }

  // The largest value that opening an entry may yield: the largest of what the cache handles
  // accept.
  void allow(uint64_t max_value);

  // `item` with its value, and with kEntry its meta, flags and format, sealed into `bytes`, which
  // `item` then views. It has no object. Its time to live is a duration or forever, unless the
  // scope is kValue.
  coffer_status seal(coffer_store_put& item, SealedBytes& bytes, coffer_sink& sink) const;

  // An entry as a store gave it becomes what was put; it may then own memory of ours besides.
  // COFFER_OK, or the entry is as it was: COFFER_MISS if its time has passed; a failure if nobody
  // here can read it, but for COFFER_EXHAUSTED, which says nothing of the entry. Input is hostile.
  coffer_status unseal(const coffer_key& key, coffer_entry& entry, coffer_sink& sink) const;

  // Turns an entry that must not be served into one that has a version, no data, and meta that no
  // reader takes for fresh.
  static void make_dead(coffer_entry& entry);

 private:
  const Clock& clock_;
  const Ref<CodecStack> codecs_;
  const Scope scope_;
  const bool checksum_;
  std::atomic<uint64_t> max_value_{0};
};

}  // namespace coffer::core

#endif  // COFFER_CORE_WIRE_SEALER_H_
