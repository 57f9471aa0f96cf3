/* coffer/coffer.h: all consumer headers.
 *
 * Conventions, quoted by number in tests and documents:
 *  C1  C11 and C++11 compile this; enums are int or uint32 constants, never enum-typed members or
 *      arguments.
 *  C2  Handles are opaque and counted; each *_create, *_open or *_derive is paired with one
 *      *_release; order is free.
 *  C3  Inputs are borrowed for the call. What a call hands out says who frees it and with what.
 *  C4  Structs that can grow start with struct_size, which the caller sets to sizeof; the rest
 *      starts as zero. A size below the first release's or above 4096 is COFFER_INVALID_ARGUMENT.
 *  C5  Reserved members are zero and checked.
 *  C6  Statuses below 16 are outcomes. Failures carry a coffer_error; `error` may be NULL, and is
 *      always written if not.
 *  C7  Thread tags: [any-thread] callable from any thread at any time; [no-block] never waits;
 *      [no-reentry] the callee must not call coffer.
 *  C8  No exception leaves a function of coffer, and none may be thrown into it.
 *  C9  After fork the child may use every handle it inherited; in-process stores are then its own
 *      copy. */
#ifndef COFFER_COFFER_H_
#define COFFER_COFFER_H_

#include "coffer/base.h"
#include "coffer/batch.h"
#include "coffer/cache.h"
#include "coffer/computation.h"
#include "coffer/condition.h"
#include "coffer/dependency.h"
#include "coffer/entry.h"
#include "coffer/error.h"
#include "coffer/fetch.h"
#include "coffer/invalidate.h"
#include "coffer/object.h"
#include "coffer/plugins.h"
#include "coffer/queue.h"
#include "coffer/runtime.h"
#include "coffer/scan.h"
#include "coffer/serializer.h"
#include "coffer/transaction.h"
#include "coffer/value.h"

#endif /* COFFER_COFFER_H_ */
