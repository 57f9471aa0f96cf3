#include "core/cache/op.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace coffer::core {
namespace {

static_assert(sizeof(coffer_put_options) >= kMinimumPutOptionsSize);
static_assert(sizeof(coffer_op) >= kMinimumOpSize);
static_assert(sizeof(coffer_fetch_options) >= kMinimumFetchOptionsSize);
static_assert(sizeof(coffer_commit) >= kMinimumCommitSize);

coffer_status wrong_size(const char* what, size_t size, size_t least, coffer_sink& sink) {
  return sink.fail(COFFER_INVALID_ARGUMENT,
                   std::string(what) + ": struct_size is " + std::to_string(size) +
                       "; set it to sizeof, which is at least " + std::to_string(least));
}

coffer_status null_bytes(size_t index, const char* what, coffer_bytes bytes, coffer_sink& sink) {
  return sink.fail(COFFER_INVALID_ARGUMENT, "operation " + std::to_string(index) + ": its " + what +
                                                " is NULL, but has a size of " +
                                                std::to_string(bytes.size));
}

coffer_status read_op(const coffer_op* from, size_t stride, size_t index, coffer_op& out,
                      coffer_sink& sink) {
  if (from->struct_size < kMinimumOpSize || from->struct_size > kMaximumStructSize) {
    return wrong_size("coffer_op", from->struct_size, kMinimumOpSize, sink);
  }
  if (stride < from->struct_size) {
    return sink.fail(COFFER_INVALID_ARGUMENT, "coffer_op: the stride of " + std::to_string(stride) +
                                                  " bytes is less than struct_size " +
                                                  std::to_string(from->struct_size));
  }
  out = {};
  std::memcpy(&out, from, std::min<size_t>(from->struct_size, sizeof out));
  if (out.kind < COFFER_OP_GET || out.kind > COFFER_OP_INCR) {
    return sink.fail(COFFER_INVALID_ARGUMENT, "operation " + std::to_string(index) + " has kind " +
                                                  std::to_string(out.kind) +
                                                  "; it must be COFFER_OP_*");
  }
  if (out.key.data == nullptr && out.key.size != 0) return null_bytes(index, "key", out.key, sink);
  if (out.value.data == nullptr && out.value.size != 0) {
    return null_bytes(index, "value", out.value, sink);
  }
  if (out.put.struct_size == 0) {
    out.put.struct_size = sizeof out.put;
    return COFFER_OK;
  }
  coffer_put_options put = out.put;
  return read_put_options(&put, out.put, sink);
}

}  // namespace

coffer_status read_put_options(const coffer_put_options* from, coffer_put_options& out,
                               coffer_sink& sink) {
  out = {};
  if (from != nullptr) {
    if (from->struct_size < kMinimumPutOptionsSize || from->struct_size > kMaximumStructSize) {
      return wrong_size("coffer_put_options", from->struct_size, kMinimumPutOptionsSize, sink);
    }
    std::memcpy(&out, from, std::min<size_t>(from->struct_size, sizeof out));
  }
  out.struct_size = sizeof out;
  return COFFER_OK;
}

coffer_status read_fetch_options(const coffer_fetch_options* from, coffer_fetch_options& out,
                                 coffer_sink& sink) {
  out = {};
  if (from != nullptr) {
    if (from->struct_size < kMinimumFetchOptionsSize || from->struct_size > kMaximumStructSize) {
      return wrong_size("coffer_fetch_options", from->struct_size, kMinimumFetchOptionsSize, sink);
    }
    std::memcpy(&out, from, std::min<size_t>(from->struct_size, sizeof out));
  }
  out.struct_size = sizeof out;
  constexpr uint32_t kFlags = COFFER_FETCH_LOOK | COFFER_FETCH_REFRESH | COFFER_FETCH_NO_STALE;
  const auto refuse = [&](const std::string& what) {
    return sink.fail(COFFER_INVALID_ARGUMENT, "coffer_fetch_options: " + what);
  };
  if ((out.flags & ~kFlags) != 0) return refuse("flags may hold only COFFER_FETCH_*");
  if (out.on_error < COFFER_ON_ERROR_DEFAULT || out.on_error > COFFER_ON_ERROR_STALE) {
    return refuse("on_error is " + std::to_string(out.on_error) + "; it must be COFFER_ON_ERROR_*");
  }
  if (out.reserved != 0) return refuse("reserved must be zero");
  if (out.hard < 0) return refuse("hard must be a duration, or 0 for the cache's");
  if (out.early != out.early) return refuse("early is no number");
  return COFFER_OK;
}

coffer_status read_commit(const coffer_commit* from, coffer_commit& out, coffer_sink& sink) {
  out = {};
  if (from->struct_size < kMinimumCommitSize || from->struct_size > kMaximumStructSize) {
    return wrong_size("coffer_commit", from->struct_size, kMinimumCommitSize, sink);
  }
  std::memcpy(&out, from, std::min<size_t>(from->struct_size, sizeof out));
  out.struct_size = sizeof out;
  if (out.mode > COFFER_COMMIT_DECLINE) {
    return sink.fail(COFFER_INVALID_ARGUMENT, "coffer_commit: mode is " + std::to_string(out.mode) +
                                                  "; it must be COFFER_COMMIT_*");
  }
  if (out.value.data == nullptr && out.value.size != 0) {
    return sink.fail(COFFER_INVALID_ARGUMENT, "coffer_commit: value is NULL, but its size is " +
                                                  std::to_string(out.value.size));
  }
  return COFFER_OK;
}

coffer_status read_ops(const coffer_op* ops, size_t count, size_t stride,
                       std::vector<coffer_op>& out, coffer_sink& sink) {
  out.resize(count);
  for (size_t i = 0; i < count; ++i) {
    const auto* from =
        reinterpret_cast<const coffer_op*>(reinterpret_cast<const char*>(ops) + i * stride);
    const coffer_status status = read_op(from, stride, i, out[i], sink);
    if (failed(status)) return status;
  }
  return COFFER_OK;
}

}  // namespace coffer::core
