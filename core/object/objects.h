// Live objects: references held by stores, and releases that wait for a thread of the binding.
#ifndef COFFER_CORE_OBJECT_OBJECTS_H_
#define COFFER_CORE_OBJECT_OBJECTS_H_

#include <cstddef>

#include "coffer/object.h"
#include "core/error/error.h"

namespace coffer::core {

// Checks a descriptor before its first use with a store.
coffer_status check_object_type(const coffer_object_type* type, coffer_sink& sink);

// Takes a reference, and sees to it that giving it back will need no memory. Throws std::bad_alloc
// and has taken none.
void retain_object(const coffer_object_type* type, void* object);

// Gives a reference back that retain_object took: directly, or by queueing it if the type asks for that. True if it is
// the first of its type to wait, so that somebody should be told.
bool release_object(const coffer_object_type* type, void* object) noexcept;

size_t drain_objects(const coffer_object_type* type, void** out, size_t capacity) noexcept;

void objects_before_fork();
void objects_after_fork();

}  // namespace coffer::core

#endif  // COFFER_CORE_OBJECT_OBJECTS_H_
