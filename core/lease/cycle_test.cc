// Waits that would close a cycle are refused, and no others: random worlds against a model that
// looks at the whole graph.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "core/lease/table.h"

namespace coffer::core {
namespace {

constexpr int kTables = 2, kKeys = 4, kTasks = 6;
using Node = std::pair<int, int>;  // a table and a key

// Tasks that need values: each computes what nobody else does, for which it needs others, and waits
// for the rest. Some tasks are begun by the computations of others, and belong to them.
class World {
 public:
  explicit World(uint32_t seed) : random_(seed) {
    clock_.set_manual();
    for (int i = 0; i < kTables; ++i) tables_.push_back(std::make_unique<LeaseTable>(clock_));
    tasks_.resize(kTasks);
  }
  ~World() {
    for (Task& task : tasks_) {
      if (task.lease) table(task.needs).release(task.lease->id);
      while (!task.running.empty()) finish(task, false);
    }
  }

  void step() {
    Task& task = tasks_[random_() % kTasks];
    if (task.lease != nullptr) return;  // waits; whoever it waits for wakes it
    switch (random_() % 5) {
      case 0:
        if (!task.running.empty()) finish(task, random_() % 4 != 0);
        break;
      case 1:
        if (task.running.empty()) adopt(task);
        break;
      default:
        need(task, {static_cast<int>(random_() % kTables), static_cast<int>(random_() % kKeys)});
    }
  }

  int refused = 0;
  int waits = 0;

 private:
  struct Running {
    Node node;
    int id;
    std::shared_ptr<Lease> lease;
    Ref<coffer_computation> computation;
  };
  struct Task {
    std::vector<Running> running;     // innermost last
    Ref<coffer_computation> part_of;  // what it was begun by
    std::vector<int> part_of_ids;
    Node needs{};
    std::shared_ptr<Lease> lease;  // with which it waits
  };

  LeaseTable& table(Node node) { return *tables_[static_cast<size_t>(node.first)]; }
  static std::string name(Node node) {
    return std::string(1, static_cast<char>('a' + node.first)) + std::to_string(node.second);
  }
  static coffer_key key(const std::string& name) {
    return {name.data(), name.size(), std::hash<std::string>()(name)};
  }
  coffer_computation* within(const Task& task) const {
    return task.running.empty() ? task.part_of.get() : task.running.back().computation.get();
  }

  // ---- The model: ids of computations that have not ended
  std::set<int> chain(const Task& task) const {
    std::set<int> ids;
    for (const int id : task.part_of_ids) ids.insert(id);
    for (const Running& running : task.running) ids.insert(running.id);
    std::set<int> alive;
    for (const int id : ids) {
      if (alive_.contains(id)) alive.insert(id);
    }
    return alive;
  }
  // Which computation leads the line, 0: none.
  int leads(Node node) const {
    const auto found = leader_.find(node);
    return found == leader_.end() ? 0 : found->second;
  }
  bool would_wait_for_itself(const Task& task) const {
    std::set<int> reached{leads(task.needs)};
    for (size_t before = 0; before != reached.size();) {
      before = reached.size();
      for (const Task& other : tasks_) {
        if (&other == &task || other.lease == nullptr) continue;
        for (const int id : chain(other)) {
          if (reached.contains(id) && leads(other.needs) != 0) reached.insert(leads(other.needs));
        }
      }
    }
    for (const int id : chain(task)) {
      if (reached.contains(id)) return true;
    }
    return false;
  }

  // ---- Steps
  void need(Task& task, Node node) {
    LeaseRequest request;
    request.hard = 3600'000'000'000;
    const std::string text = name(node);
    bool leads_line = false;
    const std::shared_ptr<Lease> lease =
        table(node).enter(key(text), LeaseTable::Join::kLine, std::move(request), &leads_line);
    task.needs = node;
    if (leads_line) return compute(task, lease);
    task.lease = lease;
    const bool cycle = would_wait_for_itself(task);
    coffer_computation* const outer = coffer_computation::enter(within(task));
    table(node).begin_wait(lease);
    coffer_computation::enter(outer);
    const LeaseNews news = table(node).wait(lease, 0);
    EXPECT_EQ(news.kind == LeaseNews::kCycle, cycle) << (news.message ? *news.message : "");
    if (cycle) {
      ++refused;
      EXPECT_NE(news.message->find("'" + text + "'"), std::string::npos)
          << (news.message ? *news.message : "");
      task.lease = nullptr;
    } else {
      ++waits;
    }
  }

  void compute(Task& task, const std::shared_ptr<Lease>& lease) {
    table(task.needs).lead(lease);
    coffer_computation* const outer = coffer_computation::enter(within(task));
    Ref<coffer_computation> computation;
    coffer_sink sink;
    const coffer_status status =
        coffer_computation::begin({{&table(task.needs), name(task.needs)}}, computation, sink);
    coffer_computation::enter(outer);
    ASSERT_EQ(status, COFFER_OK) << sink.error->message;
    table(task.needs).set_computation(lease->id, computation);
    task.running.push_back({task.needs, ++last_id_, lease, std::move(computation)});
    alive_.insert(last_id_);
    leader_[task.needs] = last_id_;
  }

  void finish(Task& task, bool stores) {
    const Running done = std::move(task.running.back());
    task.running.pop_back();
    done.computation->end();
    alive_.erase(done.id);
    leader_.erase(done.node);
    LeaseTable& table = this->table(done.node);
    std::shared_ptr<Lease> out;
    coffer_sink sink;
    if (stores) {
      ASSERT_EQ(table.begin_commit(done.lease->id, out, sink), COFFER_OK);
      ASSERT_TRUE(table.begin_storing(out));
      table.stored(out);
    } else {
      table.release(done.lease->id);
    }
    for (Task& other : tasks_) {
      if (other.lease == nullptr || other.needs != done.node) continue;
      const LeaseNews news = table.wait(other.lease, 0);
      if (news.kind == LeaseNews::kNone) continue;
      const std::shared_ptr<Lease> lease = std::exchange(other.lease, nullptr);
      if (news.kind == LeaseNews::kLead) compute(other, lease);
    }
  }

  // From now on the task works for the computation of another.
  void adopt(Task& task) {
    const Task& parent = tasks_[random_() % kTasks];
    if (&parent == &task) return;
    task.part_of = Ref<coffer_computation>::share(within(parent));
    task.part_of_ids.clear();
    for (const int id : chain(parent)) task.part_of_ids.push_back(id);
  }

  std::mt19937 random_;
  Clock clock_;
  std::vector<std::unique_ptr<LeaseTable>> tables_;
  std::vector<Task> tasks_;
  std::set<int> alive_;
  std::map<Node, int> leader_;
  int last_id_ = 0;
};

TEST(CycleTest, CyclesAreFoundAsInTheModel) {
  const uint32_t first = std::random_device{}();
  int refused = 0, waits = 0;
  for (uint32_t seed = first; seed != first + 300 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed);
    for (int i = 0; i < 200 && !::testing::Test::HasFailure(); ++i) world.step();
    refused += world.refused;
    waits += world.waits;
  }
  EXPECT_GT(refused, 100) << "or there was nothing to find";
  EXPECT_GT(waits, 1000);
}

TEST(CycleTest, ALongCycleIsDescribedInShort) {
  EXPECT_EQ(describe_cycle({"a", "a"}), "computing 'a' needs 'a' itself");
  EXPECT_EQ(describe_cycle({"a", "b", "a"}), "a cycle: computing 'a' needs 'b', which needs 'a'");
  std::vector<std::string> cycle;
  for (int i = 0; i < 100; ++i) cycle.push_back(std::to_string(i));
  cycle.push_back("0");
  const std::string text = describe_cycle(cycle);
  EXPECT_LT(text.size(), 300u);
  EXPECT_NE(text.find("which needs '99', which needs '0'"), std::string::npos) << text;
}

}  // namespace
}  // namespace coffer::core
