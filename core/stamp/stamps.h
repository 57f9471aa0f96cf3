// The stamps of one store: a unique 64-bit number for the present state of each dependency.
//
// Whoever computes a value first pins the stamps of what it depends on, and keeps them with the
// value. An event moves stamps. A value is fresh while all its stamps are the present ones: so it
// matters neither who invalidates nor when, and the number of values never matters. A stamp never
// comes back, and one that was lost counts as moved.
#ifndef COFFER_CORE_STAMP_STAMPS_H_
#define COFFER_CORE_STAMP_STAMPS_H_

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "coffer/base.h"
#include "core/dependency/dependency.h"
#include "core/error/error.h"

namespace coffer::core {

// A dependency's stamp as somebody saw it. Stamps are never 0.
struct Stamp {
  DependencyId id;
  const std::atomic<uint64_t>* cell =
      nullptr;  // in process: where the present one stands; else NULL
  uint64_t value = 0;
};

// [any-thread]
class Stamps {
 public:
  virtual ~Stamps() = default;

  // An instant in the order of events: what moves later has a greater one. 0 if there is no such
  // order here.
  virtual uint64_t now() const = 0;

  // Reads the present stamps, makes those that are missing, and keeps them (in process) until
  // unpin.
  virtual coffer_status pin(std::span<const Dependency> dependencies, coffer_time deadline,
                            std::vector<Stamp>& out, coffer_sink& sink) = 0;
  // The same for what is known only after the computation began at `began` (an instant of now()):
  // COFFER_SUPERSEDED if one has moved since, or if that cannot be told. Appends to `out` whatever
  // was pinned in any case.
  virtual coffer_status pin_late(std::span<const Dependency> dependencies, uint64_t began,
                                 coffer_time deadline, std::vector<Stamp>& out,
                                 coffer_sink& sink) = 0;
  // `until`: the last instant at which an entry with these stamps may be served; COFFER_NEVER: for
  // ever; negative: no entry was stored with them.
  virtual void unpin(std::span<const Stamp> stamps, coffer_time until) noexcept = 0;

  // An entry with these stamps may now be served until then.
  virtual void prolong(std::span<const Stamp>, coffer_time) noexcept {}

  // For stores that tell of each entry with stamps that is stored, before it can leave, and of each
  // that has left. Then what is kept of a dependency goes with the last entry that needs it.
  virtual void hold(const Stamp&) noexcept {}
  virtual void let_go(const Stamp&) noexcept {}
  // The memory that is kept for such entries. [no-block]
  virtual size_t held() const noexcept { return 0; }

  // COFFER_OK if all are the present ones, COFFER_SUPERSEDED if not; `which` (may be NULL) tells
  // the first that is not.
  virtual coffer_status check(std::span<const Stamp> stamps, coffer_time deadline, size_t* which,
                              coffer_sink& sink) = 0;

  // Events. After COFFER_OK no entry computed before is served to anyone who asks from now on.
  virtual coffer_status move(std::span<const DependencyId> tags_or_spaces, coffer_time deadline,
                             coffer_sink& sink) = 0;
  virtual coffer_status move_rows(std::span<const Row> rows, coffer_time deadline,
                                  coffer_sink& sink) = 0;

  // Gives up what no entry can need any more. Called about once a second with the present time.
  virtual void maintain(coffer_time) noexcept {}

  // What a stamp is of, for people: "tag user:7".
  virtual std::string name(const Stamp& stamp) const = 0;

  // For `describe`: how many there are.
  struct Counts {
    uint64_t stamps = 0, schemes = 0, spaces = 0, moves = 0, bytes = 0;
  };
  virtual Counts count() const = 0;

  virtual void before_fork() {}
  virtual void after_fork() {}
};

}  // namespace coffer::core

#endif  // COFFER_CORE_STAMP_STAMPS_H_
