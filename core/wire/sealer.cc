#include "core/wire/sealer.h"

#include <time.h>

#include <algorithm>
#include <vector>

#include "core/freshness/meta.h"
#include "core/meta/envelope.h"
#include "core/ref/entry.h"

namespace coffer::core {
namespace {

static_assert(kMostDependencies <= kMostEnvelopeStamps);

// Envelopes have instants of the wall clock, core those of the runtime's.
class WallClock {
 public:
  // A clock that is moved by hand is the wall clock, too.
  explicit WallClock(const Clock& clock) : now_(clock.now(COFFER_CLOCK_PRECISE)) {
    if (clock.is_manual()) return;
    timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    ahead_ = static_cast<int64_t>(ts.tv_sec) * 1'000'000'000 + ts.tv_nsec - now_;
  }

  coffer_time now() const { return now_; }
  int64_t to_wall(coffer_time instant) const {
    return instant == COFFER_NEVER ? 0 : sum(instant, ahead_);
  }
  // Never an instant before the clock began, which 0 and below would be.
  coffer_time from_wall(int64_t instant) const {
    return instant == 0 ? coffer_time{COFFER_NEVER} : std::max<int64_t>(1, sum(instant, -ahead_));
  }

  static int64_t sum(int64_t a, int64_t b) {
    int64_t result;
    if (__builtin_add_overflow(a, b, &result)) return b > 0 ? INT64_MAX : INT64_MIN;
    return result;
  }

 private:
  const coffer_time now_;
  int64_t ahead_ = 0;
};

// Room for what an envelope views.
struct Draft {
  Envelope envelope;
  EnvelopeStamp stamps[kMostDependencies];

  // What core would have kept beside the value.
  void take_meta(const MetaView& meta, coffer_ttl ttl, const Clock& clock) {
    const WallClock wall(clock);
    const MetaTimes& times = meta.times();
    envelope.created = wall.to_wall(meta.created());
    envelope.load_cost = static_cast<uint64_t>(meta.cost());
    envelope.sliding = static_cast<uint64_t>(times.sliding);
    envelope.sliding_until = wall.to_wall(times.cap);
    envelope.root = meta.root();
    if (ttl > 0) {
      const int64_t end = WallClock::sum(wall.to_wall(wall.now()), ttl);
      envelope.fresh_until = end - times.grace;
      if (times.grace != 0) envelope.stale_until = end;
    }
    const std::vector<Stamp> list = meta.stamps();
    const size_t count = std::min(list.size(), kMostDependencies);
    for (size_t i = 0; i < count; ++i) stamps[i] = {list[i].id.low, list[i].id.high, list[i].value};
    envelope.stamps = {stamps, count};
  }
};

// What an opened entry owns besides what the store pinned for it.
struct Opened {
  explicit Opened(size_t max_value) : value(max_value) {}
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() { release_entry(pinned); }

  coffer_entry pinned{};
  MetaBuffer meta;
  CodecBuffer value;
};

// The meta of the entry, as MetaBuffer writes it for stores that others share; and when it is to be
// served no more. COFFER_MISS if that was before now.
coffer_status read_meta(const Envelope& envelope, const Clock& clock, Opened& opened,
                        coffer_time& expires_at, coffer_sink& sink) {
  if (envelope.stamps.size() > kMostDependencies) {
    return sink.fail(COFFER_UNSUPPORTED,
                     "the entry depends on " + std::to_string(envelope.stamps.size()) +
                         " things; this release handles " + std::to_string(kMostDependencies));
  }
  const WallClock wall(clock);
  std::vector<Stamp> stamps;
  stamps.reserve(envelope.stamps.size());
  for (const EnvelopeStamp& stamp : envelope.stamps)
    stamps.push_back({{stamp.low, stamp.high}, nullptr, stamp.value});
  Origin origin;
  origin.root = envelope.root;
  origin.created = wall.from_wall(envelope.created);
  origin.cost = static_cast<int64_t>(std::min<uint64_t>(envelope.load_cost, INT64_MAX));
  origin.times.sliding = static_cast<int64_t>(std::min<uint64_t>(envelope.sliding, INT64_MAX));
  origin.times.cap = wall.from_wall(envelope.sliding_until);
  const bool has_grace = envelope.fresh_until != 0 && envelope.stale_until > envelope.fresh_until;
  if (has_grace)
    origin.times.grace =
        WallClock::sum(envelope.stale_until, -std::max<int64_t>(envelope.fresh_until, 0));
  origin.stamps = stamps;
  opened.meta.set(origin, false);
  // The store's own word comes first: it knows of later touches.
  if (expires_at == COFFER_NEVER)
    expires_at = wall.from_wall(has_grace ? envelope.stale_until : envelope.fresh_until);
  if (expires_at == COFFER_NEVER || expires_at > wall.now()) return COFFER_OK;
  return COFFER_MISS;
}

void release_opened(void* opened) { delete static_cast<Opened*>(opened); }

}  // namespace

void Sealer::allow(uint64_t max_value) {
  uint64_t known = max_value_.load(std::memory_order_relaxed);
  while (known < max_value &&
         !max_value_.compare_exchange_weak(known, max_value, std::memory_order_relaxed)) {
  }
}

coffer_status Sealer::seal(coffer_store_put& item, SealedBytes& bytes, coffer_sink& sink) const {
  CodecRecord record;
  CodecBuffer buffer;
  Draft draft;
  Envelope& envelope = draft.envelope;
  envelope.key = {item.key.data, item.key.size};
  envelope.payload = item.value;
  envelope.format = item.format;
  envelope.flags = item.flags;
  envelope.checksum = checksum_;
  if (scope_ == Scope::kEntry) {
    MetaView meta;
    meta.read(item.meta.data, item.meta.size);
    draft.take_meta(meta, item.ttl, clock_);
  }
  if (!codecs_->empty()) {
    const coffer_status status = codecs_->encode(envelope, buffer, record, sink);
    if (failed(status)) {
      sink.detail("phase", kPhaseCodec);
      return status;
    }
    envelope.payload = buffer.bytes();
    envelope.codecs = record.view();
  }
  bytes.size = envelope_size(envelope);
  bytes.data.reset(new char[bytes.size]);
  write_envelope(envelope, bytes.data.get());
  item.value = {bytes.data.get(), bytes.size};
  if (scope_ == Scope::kEntry) {
    item.meta = {nullptr, 0};
    item.flags = 0;
    item.format = 0;
  }
  return COFFER_OK;
}

coffer_status Sealer::unseal(const coffer_key& key, coffer_entry& entry, coffer_sink& sink) const {
  EnvelopeReader reader;
  coffer_status status = reader.read({entry.data, entry.size}, {key.data, key.size}, sink);
  if (failed(status)) return status;
  auto opened = std::make_unique<Opened>(max_value_.load(std::memory_order_relaxed));
  // Also if the record is empty: where everything must be encrypted, that is for the codecs to say.
  status = codecs_->decode(reader.get(), opened->value, sink);
  coffer_time expires_at = entry.expires_at;
  if (!failed(status) && scope_ == Scope::kEntry)
    status = read_meta(reader.get(), clock_, *opened, expires_at, sink);
  if (status != COFFER_OK) return status;
  const coffer_bytes value = opened->value.bytes();
  opened->pinned = entry;
  entry.data = value.data;
  entry.size = value.size;
  entry.format = reader->format;
  entry.flags = reader->flags & (COFFER_ENTRY_NULL | COFFER_ENTRY_NEGATIVE);
  entry.expires_at = expires_at;
  if (scope_ == Scope::kEntry) {
    const coffer_bytes meta = opened->meta.bytes();
    entry.meta = meta.data;
    entry.meta_size = static_cast<uint32_t>(meta.size);
  }
  entry.owner = opened.release();
  entry.release = &release_opened;
  return COFFER_OK;
}

void Sealer::make_dead(coffer_entry& entry) {
  static constexpr char kDamaged[1] = {0};
  entry.data = nullptr;
  entry.size = 0;
  entry.flags = 0;
  entry.format = 0;
  entry.meta = kDamaged;
  entry.meta_size = sizeof kDamaged;
}

}  // namespace coffer::core
