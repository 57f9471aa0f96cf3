// Numbers of every type as what they have in common: their exact decimal value.
#ifndef COFFER_CORE_DEPENDENCY_NUMBER_H_
#define COFFER_CORE_DEPENDENCY_NUMBER_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace coffer::core {

// digits * 10^exponent. One value has one form, however it was written, and no exponent takes
// memory.
struct Number {
  enum Kind : uint8_t { kFinite, kInfinite, kNan };

  static Number of(int64_t value);
  static Number of(uint64_t value);
  // The value a double has: 0.1 is 0.1000000000000000055511151231257827...
  static Number exactly(double value);
  // The shortest decimal that is read back as this double: 0.1 is 0.1.
  static Number shortest(double value);
  // "-12.50", "1E+3", ".5", "5.", "NaN", "sNaN", "Infinity", "-inf" in any case. If it is none,
  // `why` (may be NULL) says why not, as the rest of a sentence about the text.
  static bool parse(std::string_view text, Number& out, std::string* why);

  // Rounded to the nearest double, ties to even; infinite beyond the largest.
  double to_double() const;
  bool is_integer() const { return kind == kFinite && exponent >= 0; }
  bool is_zero() const { return kind == kFinite && digits.empty(); }
  bool is_one() const { return kind == kFinite && !negative && digits == "1" && exponent == 0; }

  // "-125e-1", "1e2", "0e0", "nan", "inf", "-inf".
  void append_canonical(std::string& out) const;

  Kind kind = kFinite;
  bool negative = false;  // never of zero or NaN
  std::string digits;     // no zero at either end; empty: zero
  int64_t exponent = 0;   // 0 of zero
};

inline constexpr size_t kMostDigits = 4096;
inline constexpr int64_t kMostExponent = 1'000'000'000'000'000'000;

}  // namespace coffer::core

#endif  // COFFER_CORE_DEPENDENCY_NUMBER_H_
