// coffer/datum.hpp: values of columns, as conditions and row events compare them.
//
//   C++                                                        column value
//   nullptr, an empty std::optional                            null
//   bool; integers; float, double                              boolean; integer; double
//   coffer::Decimal{"12.50"}                                   decimal, exact
//   std::string, std::string_view, const char*                 text (UTF-8)
//   std::vector<std::byte>, span of std::byte                  bytes
//   year_month_day, sys_days, local_days                       date
//   hh_mm_ss                                                   time of day
//   local_time                                                 date and time without a zone
//   sys_time                                                   instant
//   coffer::Uuid                                               UUID
//
// Equal values are one value however they are written: 1, 1.0 and Decimal{"1.00"} agree. Everything
// here borrows text and bytes.
#ifndef COFFER_DATUM_HPP_
#define COFFER_DATUM_HPP_

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "coffer/bytes.hpp"
#include "coffer/dependency.h"
#include "coffer/write.hpp"

namespace coffer {

// A decimal number of any length, as text: "-12.50", "1E+3".
struct Decimal {
  std::string_view digits;
};
// A UUID in network order.
struct Uuid {
  std::array<std::byte, 16> bytes{};
};

// One value of a column. Implicit from the types above.
class Datum {
 public:
  constexpr Datum(std::nullptr_t = nullptr) noexcept { raw_.type = COFFER_DATUM_NULL; }

  // Exactly bool: a pointer would sooner become a bool than a text.
  template <std::same_as<bool> Bool>
  constexpr Datum(Bool value) noexcept {  // NOLINT: implicit on purpose, as all below
    raw_.type = COFFER_DATUM_BOOL;
    raw_.i64 = value ? 1 : 0;
  }
  template <detail::Integer T>
  constexpr Datum(T value) noexcept {
    raw_.type = std::in_range<std::int64_t>(value) ? COFFER_DATUM_I64 : COFFER_DATUM_U64;
    raw_.i64 = static_cast<std::int64_t>(value);
  }
  template <std::floating_point T>
  constexpr Datum(T value) noexcept {
    raw_.type = COFFER_DATUM_F64;
    raw_.f64 = static_cast<double>(value);
  }
  constexpr Datum(Decimal value) noexcept {
    set_bytes(COFFER_DATUM_DECIMAL, value.digits.data(), value.digits.size());
  }
  template <typename Text>
  requires std::convertible_to<const Text&, std::string_view>
  constexpr Datum(const Text& text) noexcept {
    const std::string_view view = text;
    set_bytes(COFFER_DATUM_TEXT, view.data(), view.size());
  }
  template <typename Range>
  requires std::convertible_to<const Range&, std::span<const std::byte>>
  constexpr Datum(const Range& range) noexcept {
    const std::span<const std::byte> view = range;
    set_bytes(COFFER_DATUM_BYTES, view.data(), view.size());
  }
  constexpr Datum(const Uuid& uuid) noexcept {
    set_bytes(COFFER_DATUM_UUID, uuid.bytes.data(), uuid.bytes.size());
  }

  constexpr Datum(std::chrono::sys_days day) noexcept { set_date(day.time_since_epoch()); }
  constexpr Datum(std::chrono::local_days day) noexcept { set_date(day.time_since_epoch()); }
  constexpr Datum(std::chrono::year_month_day day) noexcept : Datum(std::chrono::sys_days(day)) {}
  template <typename Duration>
  constexpr Datum(std::chrono::hh_mm_ss<Duration> time) noexcept {
    raw_.type = COFFER_DATUM_TIME;
    raw_.i64 = std::chrono::floor<std::chrono::nanoseconds>(time.to_duration()).count();
  }
  template <typename Duration>
  constexpr Datum(std::chrono::local_time<Duration> time) noexcept {
    set_seconds(COFFER_DATUM_DATETIME, time.time_since_epoch());
  }
  template <typename Duration>
  constexpr Datum(std::chrono::sys_time<Duration> time) noexcept {
    set_seconds(COFFER_DATUM_INSTANT, time.time_since_epoch());
  }

  template <typename T>
  requires std::convertible_to<const T&, Datum>
  constexpr Datum(const std::optional<T>& value) noexcept
      : Datum(value.has_value() ? Datum(*value) : Datum()) {}

  constexpr const coffer_datum& raw() const noexcept { return raw_; }

 private:
  constexpr void set_bytes(std::int32_t type, const void* data, std::size_t size) noexcept {
    raw_.type = type;
    raw_.bytes = {data, size};
  }
  constexpr void set_date(std::chrono::days since) noexcept {
    raw_.type = COFFER_DATUM_DATE;
    raw_.i64 = since.count();
  }
  template <typename Duration>
  constexpr void set_seconds(std::int32_t type, Duration since) noexcept {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    raw_.type = type;
    raw_.i64 = seconds.count();
    raw_.nanos = static_cast<std::uint32_t>(
        std::chrono::floor<std::chrono::nanoseconds>(since - seconds).count());
  }

  coffer_datum raw_{};
};

// `column = value`: {"author", 7}.
struct Cell : coffer_cell {
  constexpr Cell(Bytes of, Datum is) noexcept : coffer_cell{of.raw(), is.raw()} {}
};
static_assert(sizeof(Cell) == sizeof(coffer_cell), "an array of one is an array of the other");

// A row, or a conjunction: {{"author", 7}, {"draft", false}}. Borrows the cells.
class Cells {
 public:
  constexpr Cells() noexcept = default;
  constexpr Cells(std::initializer_list<Cell> cells) noexcept : raw_{cells.begin(), cells.size()} {}
  template <typename Range>
  requires std::convertible_to<const Range&, std::span<const Cell>>
  constexpr Cells(const Range& range) noexcept {  // NOLINT: implicit on purpose
    const std::span<const Cell> view = range;
    raw_ = {view.data(), view.size()};
  }
  constexpr Cells(coffer_cells cells) noexcept : raw_(cells) {}  // NOLINT: as above
  constexpr const coffer_cells& raw() const noexcept { return raw_; }

 private:
  coffer_cells raw_{};
};

// What a declared column holds; how it converts values stands in coffer/dependency.h.
enum class ColumnType : std::int32_t {
  kAny = COFFER_COLUMN_ANY,
  kBool = COFFER_COLUMN_BOOL,
  kInteger = COFFER_COLUMN_INTEGER,
  kFloat = COFFER_COLUMN_FLOAT,
  kDecimal = COFFER_COLUMN_DECIMAL,
  kText = COFFER_COLUMN_TEXT,
  kBytes = COFFER_COLUMN_BYTES,
  kDate = COFFER_COLUMN_DATE,
  kTime = COFFER_COLUMN_TIME,
  kDatetime = COFFER_COLUMN_DATETIME,
  kInstant = COFFER_COLUMN_INSTANT,
  kUuid = COFFER_COLUMN_UUID,
};
// A column to declare: {"id", coffer::ColumnType::kInteger}.
struct Column : coffer_column {
  constexpr Column(Bytes called, ColumnType holds) noexcept
      : coffer_column{called.raw(), static_cast<std::int32_t>(holds), 0} {}
};
static_assert(sizeof(Column) == sizeof(coffer_column), "an array of one is an array of the other");

}  // namespace coffer

#endif  // COFFER_DATUM_HPP_
