// Doors of coffer/transaction.h.
#include "coffer/transaction.h"

#include "capi/door.h"
#include "core/txn/txn.h"

using coffer::capi::door;

namespace {

template <typename Act>
coffer_status with(coffer_txn* txn, const char* function, coffer_error** error, Act&& act) {
  return door(error, [&](coffer_sink& sink) -> coffer_status {
    COFFER_REQUIRE(sink, function, txn);
    return act(sink);
  });
}

}  // namespace

coffer_status coffer_txn_begin(coffer_runtime* runtime, coffer_txn** out, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) -> coffer_status {
    COFFER_REQUIRE(sink, "coffer_txn_begin", runtime);
    COFFER_REQUIRE(sink, "coffer_txn_begin", out);
    *out = nullptr;
    *out = new coffer_txn();
    return COFFER_OK;
  });
}

coffer_status coffer_txn_savepoint(coffer_txn* txn, coffer_error** error) {
  return with(txn, "coffer_txn_savepoint", error,
              [&](coffer_sink& sink) { return txn->savepoint(sink); });
}

coffer_status coffer_txn_commit(coffer_txn* txn, coffer_error** error) {
  return with(txn, "coffer_txn_commit", error,
              [&](coffer_sink& sink) { return txn->commit(sink); });
}

coffer_status coffer_txn_rollback(coffer_txn* txn, coffer_error** error) {
  return with(txn, "coffer_txn_rollback", error,
              [&](coffer_sink& sink) { return txn->rollback(sink); });
}

coffer_status coffer_txn_mark_dirty(coffer_txn* txn, coffer_error** error) {
  return with(txn, "coffer_txn_mark_dirty", error,
              [&](coffer_sink& sink) { return txn->mark_dirty(sink); });
}

int32_t coffer_txn_is_dirty(const coffer_txn* txn) {
  return txn != nullptr && txn->is_dirty() ? 1 : 0;
}

coffer_status coffer_txn_suspend_events(coffer_txn* txn, coffer_error** error) {
  return with(txn, "coffer_txn_suspend_events", error,
              [&](coffer_sink& sink) { return txn->suspend(sink); });
}

coffer_status coffer_txn_resume_events(coffer_txn* txn, coffer_error** error) {
  return with(txn, "coffer_txn_resume_events", error,
              [&](coffer_sink& sink) { return txn->resume(sink); });
}

void coffer_txn_release(coffer_txn* txn) {
  if (txn != nullptr) txn->release();
}
