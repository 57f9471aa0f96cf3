// Integers between the forms of pickle and the neutral value: decimal text and two's complement, of
// any size.
#ifndef COFFER_PLUGINS_SERIALIZERS_PICKLE_NUMBER_H_
#define COFFER_PLUGINS_SERIALIZERS_PICKLE_NUMBER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "plugins/serializers/pickle/memory.h"
#include "plugins/serializers/pickle/slot.h"

namespace coffer::pickle {

// The largest integers: to change their base takes time that grows with the square of the size, and
// this much a few milliseconds.
inline constexpr size_t kMostIntegerBytes = 16 << 10;
inline constexpr size_t kMostIntegerDigits = 39'456;  // all integers of so many fit

// An integer written as "-?[0-9]+". False if `text` is none.
bool parse_integer(std::string_view text, Slot& out);

// A float as Python's repr() writes it. False if `text` is none.
bool parse_float(std::string_view text, double& out);

// An integer in two's complement, least byte first, at most kMostIntegerBytes.
Slot read_integer(const unsigned char* data, size_t size, Arena& arena);

// The least bytes that hold it, at most kMostIntegerBytes; 0 if it has more. `digits` is
// "-?[0-9]+".
size_t write_integer(std::string_view digits, unsigned char (&out)[kMostIntegerBytes]);

// Whether Python's Decimal holds what `text` says.
bool is_decimal(std::string_view text);

}  // namespace coffer::pickle

#endif  // COFFER_PLUGINS_SERIALIZERS_PICKLE_NUMBER_H_
