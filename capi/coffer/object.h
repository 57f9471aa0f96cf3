/* coffer/object.h: live objects of a language (a Python object, a JVM reference) kept in an
 * in-process store.
 *
 * A binding describes each of its object types once, in a static descriptor shared by all objects
 * of the type. The store holds one reference per entry and gives it back when the last reader of
 * the entry is gone. */
#ifndef COFFER_OBJECT_H_
#define COFFER_OBJECT_H_

#include "coffer/value.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  /* Do not call `release` from whatever thread drops the last reference: queue the pointer instead
   * and let the binding fetch it with coffer_object_drain on a thread of its own. For runtimes with
   * a global lock. */
  COFFER_OBJECT_DEFERRED_RELEASE = 1u
};

/* Static, immutable, outlives every object. Append only. */
typedef struct coffer_object_type {
  uint32_t struct_size;
  uint32_t flags;   /* COFFER_OBJECT_* */
  const char* name; /* for messages: "python.object" */
  void* user;       /* free for the binding */

  /* Takes one more reference, for the store. Called by the thread that puts the object, before the
   * put returns; must not block and must not call coffer. A reader takes none: the object lives
   * while the entry is pinned. [any-thread no-block no-reentry] */
  void (*retain)(const struct coffer_object_type* type, void* object);

  /* Gives one reference back. Must not call coffer. With DEFERRED_RELEASE only the binding calls
   * it, after a drain. [any-thread no-reentry] */
  void (*release)(const struct coffer_object_type* type, void* object);

  /* Plays the object as a neutral value, when it must leave the process. NULL if objects of this
   * type never can: then storing one in a cache that holds bytes is COFFER_UNSUPPORTED.
   * [any-thread] */
  coffer_status (*view)(const struct coffer_object_type* type, void* object,
                        const coffer_visitor* into, coffer_sink* sink);
} coffer_object_type;

/* What coffer_read copies of an entry whose object has DEFERRED_RELEASE. The object is alive until
 * the binding drains its type again, so a binding that drains under a lock of its own may take a
 * reference under that lock. Frozen. */
typedef struct coffer_object_ref {
  void* object;
  const coffer_object_type* type;
} coffer_object_ref;

/* Fetches up to `capacity` objects whose release was deferred, and returns how many. The caller now
 * owns one reference of each and gives it back by whatever means its runtime has. [any-thread] */
COFFER_API size_t coffer_object_drain(const coffer_object_type* type, void** out, size_t capacity);

#ifdef __cplusplus
}
#endif
#endif /* COFFER_OBJECT_H_ */
