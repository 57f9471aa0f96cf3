// Batches: consecutive operations of one kind become one call of the store.
#include "core/cache/batch.h"

#include <algorithm>

#include "core/object/objects.h"

namespace coffer::core {
Group::Group(coffer_cache& cache, const coffer_op* ops, size_t count)
    : cache_(cache), ops_(ops), count_(count) {}

coffer_status Group::prepare(coffer_sink& sink) {
  coffer_status status = keys_.set(cache_.config(), &ops_[0].key, sizeof *ops_, count_, sink);
  if (failed(status)) return status;
  outcomes_.assign(count_, {COFFER_INTERNAL, 0});
  switch (ops_[0].kind) {
    case COFFER_OP_GET:
    case COFFER_OP_EXISTS: entries_.assign(count_, {}); break;
    case COFFER_OP_PUT: return prepare_puts(sink);
    case COFFER_OP_TOUCH:
      for (size_t i = 0; i < count_; ++i) {
        const coffer_ttl ttl = ops_[i].put.ttl;
        status = cache_.check_ttl(key_of(i), ttl, sink);
        if (failed(status)) return status;
        ttls_.push_back(cache_.plain_ttl(ops_[i].put));
      }
      break;
    default: break;
  }
  // Whoever computes one of these now does so from what was true before.
  if (ops_[0].kind == COFFER_OP_DELETE) {
    for (size_t i = 0; i < count_; ++i) cache_.store().leases().supersede(keys_.data()[i]);
  }
  return COFFER_OK;
}

coffer_status Group::prepare_puts(coffer_sink& sink) {
  versions_.assign(count_, 0);
  plan_of_.assign(count_, nullptr);
  for (size_t i = 0; i < count_; ++i) {
    const coffer_status status = prepare_put(i, sink);
    if (failed(status)) return status;
  }
  for (size_t i = 0; i < count_; ++i) cache_.store().leases().supersede(keys_.data()[i]);
  for (const coffer_store_put& put : puts_) {
    if (put.object != nullptr) retain_object(put.object_type, put.object);
    ++retained_;
  }
  return COFFER_OK;
}

// Whatever the store did not get is given back.
Group::~Group() {
  if (sent_) return;
  for (size_t i = 0; i < retained_; ++i) {
    if (puts_[i].object != nullptr) release_object(puts_[i].object_type, puts_[i].object);
  }
}

coffer_status Group::prepare_put(size_t i, coffer_sink& sink) {
  const coffer_cache::Put put = put_of(ops_[i]);
  const coffer_key& key = keys_.data()[i];
  coffer_status status = cache_.check_put(key_of(i), put, sink);
  if (failed(status)) return status;
  if (cache_.is_plain(key, put)) {
    puts_.push_back(coffer_cache::store_put(key, put, cache_.plain_ttl(put.options), {}));
    return COFFER_OK;
  }
  coffer_cache::Plan& plan = plans_.emplace_back();
  status = cache_.plan(key, put, plan, sink);
  if (failed(status)) return status;
  plan_of_[i] = &plan;
  puts_.push_back(coffer_cache::store_put(key, put, plan.ttl, plan.meta.bytes()));
  return COFFER_OK;
}

coffer_status Group::run(coffer_sink& sink) {
  Store& store = cache_.store();
  const coffer_store& table = store.table();
  void* self = store.self();
  const coffer_time deadline = cache_.deadline();
  return store.call(sink, [&]() -> coffer_status {
    switch (ops_[0].kind) {
      case COFFER_OP_GET:
        return table.get(self, keys_.data(), count_, 0, deadline, entries_.data(), outcomes_.data(),
                         &sink);
      case COFFER_OP_EXISTS:
        return table.get(self, keys_.data(), count_, COFFER_GET_NO_VALUE | COFFER_GET_NO_USE,
                         deadline, entries_.data(), outcomes_.data(), &sink);
      case COFFER_OP_PUT:
        return table.put(self, puts_.data(), count_, deadline, versions_.data(), outcomes_.data(),
                         &sink);
      case COFFER_OP_DELETE:
        return table.del(self, keys_.data(), nullptr, count_, deadline, outcomes_.data(), &sink);
      default:
        return table.touch(self, keys_.data(), ttls_.data(), count_, deadline, outcomes_.data(),
                           &sink);
    }
  });
}

coffer_store_batch Group::store_batch(coffer_sink& sink) {
  coffer_store_batch batch{};
  batch.struct_size = sizeof batch;
  switch (ops_[0].kind) {
    case COFFER_OP_GET: batch.kind = COFFER_ASYNC_GET; break;
    case COFFER_OP_PUT: batch.kind = COFFER_ASYNC_PUT; break;
    case COFFER_OP_DELETE: batch.kind = COFFER_ASYNC_DEL; break;
    default: batch.kind = COFFER_ASYNC_TOUCH; break;
  }
  batch.count = count_;
  batch.deadline = cache_.deadline();
  batch.keys = keys_.data();
  batch.puts = puts_.data();
  batch.ttls = ttls_.data();
  batch.entries = entries_.data();
  batch.versions = versions_.data();
  batch.each = outcomes_.data();
  batch.sink = &sink;
  return batch;
}

void Group::finish(coffer_status status, coffer_result* results) {
  sent_ = true;
  for (size_t i = 0; i < count_; ++i) {
    results[i].status = failed(status) ? status : outcomes_[i].status;
    results[i].flags = failed(status) ? 0 : outcomes_[i].flags;
    finish_item(i, results[i]);
  }
}

void Group::finish_item(size_t i, coffer_result& result) {
  const bool ok = result.status == COFFER_OK;
  switch (ops_[i].kind) {
    case COFFER_OP_GET:
    case COFFER_OP_EXISTS:
      if (ok && !cache_.is_plain(entries_[i].meta_size)) {
        const uint32_t use = ops_[i].kind == COFFER_OP_GET ? 0 : uint32_t{COFFER_GET_NO_USE};
        result.status = cache_.inspect(keys_.data()[i], use, &entries_[i]);
      }
      if (result.status == COFFER_OK) {
        result.entry = entries_[i];
        result.version = entries_[i].version;
      }
      if (ops_[i].kind == COFFER_OP_GET) cache_.count_get(result.status, result.entry.flags);
      return;
    case COFFER_OP_PUT:
      if (ok) {
        result.version = versions_[i];
        if (plan_of_[i] != nullptr) plan_of_[i]->stamps.used_until(plan_of_[i]->until);
        cache_.count(coffer_cache::kPuts);
      } else if (puts_[i].object != nullptr) {
        release_object(puts_[i].object_type, puts_[i].object);
      }
      break;
    case COFFER_OP_DELETE:
      if (ok) cache_.count(coffer_cache::kDeletes);
      break;
    default: break;
  }
  if (failed(result.status)) cache_.count(coffer_cache::kErrors);
}

coffer_cache::Put put_of(const coffer_op& op) {
  return {op.value, op.object, op.object_type, op.put};
}

// Some operations are more than one call of the store: a sum, puts that core takes apart (an
// expired ttl is a delete, an object may have to be encoded), and all whose outcome depends on
// whether the entry that is there is fresh. They run one by one. Of stores of other processes an
// entry that is not fresh counts as one to delete.
bool is_simple(const coffer_op& op, const Store& store) {
  switch (op.kind) {
    case COFFER_OP_INCR: return false;
    case COFFER_OP_TOUCH:
      return op.put.ttl != COFFER_TTL_EXPIRED && op.put.ttl != COFFER_TTL_KEEP &&
             !store.may_be_stale();
    case COFFER_OP_PUT:
      return op.put.ttl != COFFER_TTL_EXPIRED &&
             (op.put.mode == COFFER_PUT_SET || !store.may_be_stale()) &&
             (op.put.ttl != COFFER_TTL_KEEP || op.put.mode > COFFER_PUT_ADD) &&
             (op.object == nullptr ||
              (op.object_type != nullptr && store.has(COFFER_STORE_OBJECTS)));
    case COFFER_OP_DELETE: return !store.local() || !store.may_be_stale();
    default: return true;
  }
}

namespace {

coffer_status run_incr(coffer_cache& cache, std::string_view key, const coffer_op& op, int64_t* sum,
                       coffer_sink& sink) {
  if (op.put.mode != COFFER_PUT_SET && op.put.mode != COFFER_PUT_REPLACE) {
    return sink.fail(COFFER_INVALID_ARGUMENT,
                     "incr of key '" + std::string(key.substr(0, 64)) + "': mode is " +
                         std::to_string(op.put.mode) +
                         "; it may be COFFER_PUT_SET or COFFER_PUT_REPLACE");
  }
  const bool must_exist = op.put.mode == COFFER_PUT_REPLACE;
  return cache.incr(key, {op.number, op.initial, op.put.ttl, must_exist}, sum, sink);
}

void run_operation(coffer_cache& cache, const coffer_op& op, std::string_view key,
                   coffer_result& result, coffer_sink& sink) {
  switch (op.kind) {
    case COFFER_OP_INCR: result.status = run_incr(cache, key, op, &result.number, sink); break;
    case COFFER_OP_TOUCH: result.status = cache.touch(key, op.put.ttl, sink); break;
    case COFFER_OP_DELETE: result.status = cache.remove(key, sink); break;
    default:
      result.status = op.object != nullptr ? cache.put_object(key, op.object, op.object_type,
                                                              op.put, &result.version, sink)
                                           : cache.put(key, put_of(op), &result.version, sink);
  }
}

}  // namespace

void run_single(coffer_cache& cache, const coffer_op& op, coffer_result& result,
                coffer_sink& sink) {
  const std::string_view key(static_cast<const char*>(op.key.data), op.key.size);
  try {
    run_operation(cache, op, key, result, sink);
  } catch (const std::bad_alloc&) {
    result.status = sink.fail(COFFER_EXHAUSTED, "out of memory", COFFER_FAIL_RETRIABLE);
  }
  result.flags = failed(result.status) && sink.error != nullptr ? sink.error->flags : 0;
}

}  // namespace coffer::core

using namespace coffer::core;

coffer_status coffer_cache::run(const coffer_op* ops, size_t count, size_t stride,
                                coffer_result* results, coffer_sink& sink) {
  std::fill_n(results, count, coffer_result{});
  std::vector<coffer_op> list;
  coffer_status status = read_ops(ops, count, stride, list, sink);
  if (failed(status)) return status;
  runtime()->keep_house();
  for (size_t i = 0; i < count;) {
    if (!is_simple(list[i], store())) {
      coffer_sink own;  // an item's failure is its answer, not the batch's
      run_single(*this, list[i], results[i], own);
      ++i;
      continue;
    }
    size_t end = i + 1;
    while (end < count && list[end].kind == list[i].kind && is_simple(list[end], store())) ++end;
    Group group(*this, &list[i], end - i);
    try {
      status = group.prepare(sink);
    } catch (const std::bad_alloc&) {
      status = sink.fail(COFFER_EXHAUSTED, "out of memory", COFFER_FAIL_RETRIABLE);
    }
    if (!failed(status)) {
      status = group.run(sink);
      group.finish(status, &results[i]);
    }
    if (failed(status)) {
      for (size_t k = i; k < count; ++k) results[k].status = status;
      return status;
    }
    i = end;
  }
  return COFFER_OK;
}
