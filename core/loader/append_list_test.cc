#include "core/loader/append_list.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

namespace coffer::core {
namespace {

auto equals(int wanted) {
  return [wanted](int item) { return item == wanted; };
}

TEST(AppendList, KeepsOneOfEach) {
  AppendList<int> list;
  EXPECT_EQ(list.find(equals(1)), nullptr);
  const auto [first, fresh] = list.insert_if_absent(1, equals(1));
  EXPECT_TRUE(fresh);
  const auto [second, again] = list.insert_if_absent(1, equals(1));
  EXPECT_FALSE(again);
  EXPECT_EQ(first, second);
  EXPECT_EQ(list.find(equals(1)), first);
}

TEST(AppendList, VisitsTheNewestFirst) {
  AppendList<int> list;
  for (int i = 0; i < 3; ++i) list.insert_if_absent(i, equals(i));
  std::string seen;
  list.each([&](int item) { seen += std::to_string(item); });
  EXPECT_EQ(seen, "210");
}

TEST(AppendList, ThreadsAgreeOnOneItem) {
  constexpr int kThreads = 4;
  constexpr int kItems = 200;
  AppendList<int> list;
  std::vector<std::vector<const int*>> got(kThreads);
  std::vector<int> inserted(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kItems; ++i) {
        const auto [item, fresh] = list.insert_if_absent(i, equals(i));
        got[t].push_back(item);
        inserted[t] += fresh ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  int total = 0;
  for (int t = 0; t < kThreads; ++t) {
    EXPECT_EQ(got[t], got[0]);
    total += inserted[t];
  }
  EXPECT_EQ(total, kItems);
  std::multiset<int> items;
  list.each([&](int item) { items.insert(item); });
  EXPECT_EQ(items.size(), static_cast<size_t>(kItems));
  EXPECT_EQ(items.count(7), 1u);
}

}  // namespace
}  // namespace coffer::core
