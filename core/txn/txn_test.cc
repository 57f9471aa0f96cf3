#include "core/txn/txn.h"

#include <gtest/gtest.h>

#include <string>

namespace coffer::core {
namespace {

class TxnTest : public ::testing::Test {
 protected:
  TxnTest() : txn_(Ref<coffer_txn>::adopt(new coffer_txn())) {}

  void queue(const std::string& name) {
    ASSERT_EQ(txn_->queue(
                  [this, name](coffer_sink&) {
                    played_ += name;
                    return coffer_status{COFFER_OK};
                  },
                  sink_),
              COFFER_OK);
  }
  void queue_failing(const std::string& why) {
    ASSERT_EQ(
        txn_->queue([why](coffer_sink& sink) { return sink.fail(COFFER_UNAVAILABLE, why); }, sink_),
        COFFER_OK);
  }

  coffer_sink sink_;
  Ref<coffer_txn> txn_;
  std::string played_;
};

TEST_F(TxnTest, EventsArePlayedInOrderAtTheOutermostCommit) {
  queue("a");
  txn_->savepoint(sink_);
  queue("b");
  txn_->savepoint(sink_);
  queue("c");
  EXPECT_EQ(txn_->commit(sink_), COFFER_OK);
  EXPECT_EQ(txn_->commit(sink_), COFFER_OK);
  EXPECT_EQ(played_, "");
  EXPECT_EQ(txn_->commit(sink_), COFFER_OK);
  EXPECT_EQ(played_, "abc");
  EXPECT_EQ(txn_->commit(sink_), COFFER_INVALID_STATE);
  EXPECT_EQ(played_, "abc");
}

TEST_F(TxnTest, ASavepointThatRollsBackLosesItsEventsAlone) {
  queue("a");
  txn_->savepoint(sink_);
  queue("b");
  txn_->mark_dirty(sink_);
  EXPECT_TRUE(txn_->is_dirty());
  EXPECT_EQ(txn_->rollback(sink_), COFFER_OK);
  EXPECT_FALSE(txn_->is_dirty());
  queue("c");
  EXPECT_EQ(txn_->commit(sink_), COFFER_OK);
  EXPECT_EQ(played_, "ac");
}

TEST_F(TxnTest, DirtIsHandedOutwardsByACommit) {
  txn_->savepoint(sink_);
  txn_->mark_dirty(sink_);
  EXPECT_EQ(txn_->commit(sink_), COFFER_OK);
  EXPECT_TRUE(txn_->is_dirty());
  txn_->savepoint(sink_);
  EXPECT_EQ(txn_->rollback(sink_), COFFER_OK);
  EXPECT_TRUE(txn_->is_dirty()) << "the level around it is dirty still";
  EXPECT_EQ(txn_->rollback(sink_), COFFER_OK);
  EXPECT_FALSE(txn_->is_dirty());
  EXPECT_EQ(txn_->mark_dirty(sink_), COFFER_INVALID_STATE);
}

TEST_F(TxnTest, SuspendedEventsAreDropped) {
  txn_->suspend(sink_);
  txn_->suspend(sink_);
  queue("a");
  EXPECT_EQ(txn_->resume(sink_), COFFER_OK);
  queue("b");
  EXPECT_EQ(txn_->resume(sink_), COFFER_OK);
  queue("c");
  EXPECT_EQ(txn_->resume(sink_), COFFER_INVALID_STATE);
  EXPECT_EQ(txn_->commit(sink_), COFFER_OK);
  EXPECT_EQ(played_, "c");
}

TEST_F(TxnTest, OneFailureKeepsNoOtherEventFromBeingPlayed) {
  queue("a");
  queue_failing("first");
  queue("b");
  queue_failing("second");
  EXPECT_EQ(txn_->commit(sink_), COFFER_UNAVAILABLE);
  EXPECT_EQ(played_, "ab");
  ASSERT_NE(sink_.error, nullptr);
  EXPECT_NE(sink_.error->message.find("2 of 4 events failed, the first with"), std::string::npos)
      << sink_.error->message;
  EXPECT_NE(sink_.error->message.find("first"), std::string::npos);
}

TEST_F(TxnTest, WithoutACommitNothingIsPlayed) {
  queue("a");
  txn_ = {};
  EXPECT_EQ(played_, "");
}

}  // namespace
}  // namespace coffer::core
