// Doors of coffer/condition.h.
#include "coffer/condition.h"

#include <memory>

#include "capi/door.h"
#include "core/dependency/condition.h"

using coffer::capi::door;
using coffer::core::failed;

coffer_status coffer_condition_reduce(const coffer_condition* condition, coffer_dnf** out,
                                      coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_condition_reduce", out);
    *out = nullptr;
    COFFER_REQUIRE(sink, "coffer_condition_reduce", condition);
    auto dnf = std::make_unique<coffer_dnf>();
    const coffer_status status = coffer::core::reduce_condition(*condition, *dnf, sink);
    if (!failed(status)) *out = dnf.release();
    return status;
  });
}

const coffer_rows* coffer_dnf_rows(const coffer_dnf* dnf, size_t* count) {
  if (count != nullptr) *count = dnf != nullptr ? dnf->rows().size() : 0;
  return dnf != nullptr ? dnf->rows().data() : nullptr;
}

void coffer_dnf_release(coffer_dnf* dnf) { delete dnf; }
