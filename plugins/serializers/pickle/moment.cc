#include "plugins/serializers/pickle/moment.h"

namespace coffer::pickle {
namespace {

// The calendar repeats after 400 years. Counted from March on, the leap day is the last of its
// year.
constexpr int64_t kEraDays = 146'097;
constexpr int64_t kEpochFromMarch0 = 719'468;  // days from 0000-03-01 to 1970-01-01

int64_t day_of(int64_t year, int64_t month, int64_t day) {
  if (month <= 2) --year;
  const int64_t era = floor_div(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * kEraDays + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         kEpochFromMarch0;
}

int64_t days_in_month(int64_t year, int64_t month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

}  // namespace

bool read_date(const unsigned char* bytes, int64_t& day) {
  const int64_t year = bytes[0] << 8 | bytes[1], month = bytes[2], day_of_month = bytes[3];
  if (year < 1 || year > 9999 || month < 1 || month > 12) return false;
  if (day_of_month < 1 || day_of_month > days_in_month(year, month)) return false;
  day = day_of(year, month, day_of_month);
  return true;
}

bool read_time(const unsigned char* bytes, int64_t& microsecond) {
  const int64_t hour = bytes[0], minute = bytes[1], second = bytes[2];
  const int64_t fraction = bytes[3] << 16 | bytes[4] << 8 | bytes[5];
  if (hour > 23 || minute > 59 || second > 59 || fraction >= kSecond) return false;
  microsecond = ((hour * 60 + minute) * 60 + second) * kSecond + fraction;
  return true;
}

void write_date(unsigned char* bytes, int64_t day) {
  day += kEpochFromMarch0;
  const int64_t era = floor_div(day, kEraDays);
  const int64_t day_of_era = day - era * kEraDays;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int64_t month = month_from_march + (month_from_march < 10 ? 3 : -9);
  const int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  bytes[0] = static_cast<unsigned char>(year >> 8);
  bytes[1] = static_cast<unsigned char>(year);
  bytes[2] = static_cast<unsigned char>(month);
  bytes[3] = static_cast<unsigned char>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
}

void write_time(unsigned char* bytes, int64_t microsecond) {
  const int64_t second = microsecond / kSecond, fraction = microsecond % kSecond;
  bytes[0] = static_cast<unsigned char>(second / 3'600);
  bytes[1] = static_cast<unsigned char>(second / 60 % 60);
  bytes[2] = static_cast<unsigned char>(second % 60);
  bytes[3] = static_cast<unsigned char>(fraction >> 16);
  bytes[4] = static_cast<unsigned char>(fraction >> 8);
  bytes[5] = static_cast<unsigned char>(fraction);
}

}  // namespace coffer::pickle
