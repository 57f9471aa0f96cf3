// Operations of a batch, read safely from a caller who may have been compiled with an older or
// newer header.
#ifndef COFFER_CORE_CACHE_OP_H_
#define COFFER_CORE_CACHE_OP_H_

#include <cstddef>
#include <vector>

#include "coffer/batch.h"
#include "coffer/fetch.h"
#include "core/error/error.h"

namespace coffer::core {

// Sizes of the first release; they never change.
inline constexpr size_t kMinimumOpSize = 128;
inline constexpr size_t kMinimumPutOptionsSize = 56;
inline constexpr size_t kMinimumFetchOptionsSize = 56;
inline constexpr size_t kMinimumCommitSize = 88;
inline constexpr size_t kMaximumStructSize = 4096;

// Copies caller's put options into a full, zeroed struct. NULL gives the defaults.
coffer_status read_put_options(const coffer_put_options* from, coffer_put_options& out,
                               coffer_sink& sink);

// The same for fetch options, and for what is committed. Checks flags and reserved members.
coffer_status read_fetch_options(const coffer_fetch_options* from, coffer_fetch_options& out,
                                 coffer_sink& sink);
coffer_status read_commit(const coffer_commit* from, coffer_commit& out, coffer_sink& sink);

// Copies and checks a whole array of operations.
coffer_status read_ops(const coffer_op* ops, size_t count, size_t stride,
                       std::vector<coffer_op>& out, coffer_sink& sink);

}  // namespace coffer::core

#endif  // COFFER_CORE_CACHE_OP_H_
