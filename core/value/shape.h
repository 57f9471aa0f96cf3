// The forms that coffer/value.h promises for what an event carries.
#ifndef COFFER_CORE_VALUE_SHAPE_H_
#define COFFER_CORE_VALUE_SHAPE_H_

#include <cstddef>
#include <cstdint>

namespace coffer::core {

// "-?[0-9]+" without leading zeros, of a number that neither int64 nor uint64 holds.
bool is_bigint(const char* digits, size_t size);

// What is wrong with the bytes of a COFFER_EXT_*, or NULL. Types of a later release or of an
// application may have any bytes.
const char* ext_problem(uint32_t type, const void* data, size_t size);

}  // namespace coffer::core

#endif  // COFFER_CORE_VALUE_SHAPE_H_
