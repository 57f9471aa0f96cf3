// coffer/coffer.hpp: the C++ binding, all of it. Header only, C++20, over the C ABI alone.
//
//   auto cache = coffer::open("memory://?capacity=100k&ttl=5m");
//   if (!cache) return fail(cache.message());
//   cache->put("greeting", "hello").ignore();
//   if (auto hit = cache->get("greeting")) std::cout << hit->text();
//
// Nothing here throws or needs RTTI: failures are results (coffer/result.hpp). Only allocation, and
// code of the program's own that is called back, may throw where exceptions are on; such an
// exception never reaches the C ABI: that of a Codec becomes a failure, that of a loader arrives at
// the caller of get_or_load.
#ifndef COFFER_COFFER_HPP_
#define COFFER_COFFER_HPP_

#include "coffer/batch.hpp"
#include "coffer/bytes.hpp"
#include "coffer/cache.hpp"
#include "coffer/computation.hpp"
#include "coffer/condition.hpp"
#include "coffer/datum.hpp"
#include "coffer/dependencies.hpp"
#include "coffer/entry.hpp"
#include "coffer/fetch.hpp"
#include "coffer/load.hpp"
#include "coffer/object.hpp"
#include "coffer/put_options.hpp"
#include "coffer/queue.hpp"
#include "coffer/read.hpp"
#include "coffer/result.hpp"
#include "coffer/runtime.hpp"
#include "coffer/scan.hpp"
#include "coffer/serializer.hpp"
#include "coffer/transaction.hpp"
#include "coffer/value.hpp"
#include "coffer/write.hpp"

#endif  // COFFER_COFFER_HPP_
