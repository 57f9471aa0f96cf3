#include "plugins/serializers/pickle/decoder.h"

#include "plugins/serializers/common/report.h"
#include "plugins/serializers/pickle/failure.h"
#include "plugins/serializers/pickle/machine.h"
#include "plugins/serializers/pickle/memory.h"
#include "plugins/serializers/pickle/player.h"

namespace coffer::pickle {
namespace {

coffer_status report(const coffer_host* host, const Failure& failure, coffer_sink* sink) {
  serial::report(host, failure.status, failure.message, failure.detail.c_str(), failure.value,
                 sink);
  if (!failure.global.empty())
    host->fail_detail(host, sink, "global", failure.global.data(), failure.global.size());
  return failure.status;
}

}  // namespace

coffer_status decode(const coffer_host* host, const Options& options, coffer_bytes bytes,
                     const coffer_visitor& into, const coffer_limits& limits, coffer_sink* sink) {
  try {
    Arena arena(host);
    const Slot root = Machine(options, bytes, arena).run();
    return Player(options, bytes, into, limits, host).play(root);
  } catch (const Failure& failure) {
    return report(host, failure, sink);
  }
}

}  // namespace coffer::pickle
