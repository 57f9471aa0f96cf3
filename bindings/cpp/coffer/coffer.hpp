// coffer/coffer.hpp: the C++ binding, all of it. Header only, C++20, over the C ABI alone.
//
//   auto cache = coffer::open("memory://?capacity=100k&ttl=5m");
//   if (!cache) return fail(cache.message());
//   cache->put("greeting", "hello").ignore();
//   if (auto hit = cache->get("greeting")) std::cout << hit->text();
//
// Nothing here throws or needs RTTI: failures are results (coffer/result.hpp). Only allocation, and
// code of the program's own that is called back (Codec), may throw where exceptions are on; such an
// exception becomes a failure before it reaches the C ABI.
#ifndef COFFER_COFFER_HPP_
#define COFFER_COFFER_HPP_

#include "coffer/batch.hpp"
#include "coffer/bytes.hpp"
#include "coffer/cache.hpp"
#include "coffer/entry.hpp"
#include "coffer/object.hpp"
#include "coffer/put_options.hpp"
#include "coffer/queue.hpp"
#include "coffer/read.hpp"
#include "coffer/result.hpp"
#include "coffer/runtime.hpp"
#include "coffer/scan.hpp"
#include "coffer/serializer.hpp"
#include "coffer/value.hpp"
#include "coffer/write.hpp"

#endif  // COFFER_COFFER_HPP_
