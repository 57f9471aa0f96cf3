// Days, dates and times of day as Python's datetime module counts them.
#ifndef COFFER_PLUGINS_SERIALIZERS_PICKLE_MOMENT_H_
#define COFFER_PLUGINS_SERIALIZERS_PICKLE_MOMENT_H_

#include <cstdint>

namespace coffer::pickle {

inline constexpr int64_t kDaySeconds = 86'400;
inline constexpr int64_t kSecond = 1'000'000;  // in microseconds
inline constexpr int64_t kDay = kDaySeconds * kSecond;
inline constexpr int64_t kMostDurationDays = 999'999'999;
inline constexpr int64_t kFirstDay = -719'162;  // 0001-01-01 in days since 1970-01-01
inline constexpr int64_t kLastDay = 2'932'896;  // 9999-12-31

// What Python keeps of a date (4 bytes), a time (6) and a datetime (10).
inline constexpr int kDateBytes = 4;
inline constexpr int kTimeBytes = 6;
inline constexpr int kDatetimeBytes = kDateBytes + kTimeBytes;

// The day since 1970-01-01; false if there is no such date.
bool read_date(const unsigned char* bytes, int64_t& day);
// The microsecond of the day; false if there is no such time.
bool read_time(const unsigned char* bytes, int64_t& microsecond);

// `day` is kFirstDay to kLastDay.
void write_date(unsigned char* bytes, int64_t day);
// `microsecond` is of a day.
void write_time(unsigned char* bytes, int64_t microsecond);

// Rounds down.
constexpr int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace coffer::pickle

#endif  // COFFER_PLUGINS_SERIALIZERS_PICKLE_MOMENT_H_
