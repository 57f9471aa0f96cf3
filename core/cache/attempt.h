// A lead that has been taken and is not begun yet: whatever goes wrong, the next in line gets it.
#ifndef COFFER_CORE_CACHE_ATTEMPT_H_
#define COFFER_CORE_CACHE_ATTEMPT_H_

#include <memory>

#include "core/lease/table.h"

namespace coffer::core {

class LeadAttempt {
 public:
  LeadAttempt(LeaseTable& leases, const std::shared_ptr<Lease>& lease)
      : leases_(leases), lease_(lease) {}
  LeadAttempt(const LeadAttempt&) = delete;
  LeadAttempt& operator=(const LeadAttempt&) = delete;
  ~LeadAttempt() {
    if (!succeeded_) leases_.release(lease_->id);
  }
  void succeed() { succeeded_ = true; }

 private:
  LeaseTable& leases_;
  const std::shared_ptr<Lease>& lease_;
  bool succeeded_ = false;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_CACHE_ATTEMPT_H_
