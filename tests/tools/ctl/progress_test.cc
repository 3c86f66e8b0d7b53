#include "tools/ctl/progress.h"

#include <gtest/gtest.h>

#include "tools/ctl/printable.h"

namespace drawbridge::ctl {
namespace {

control::v1::InterruptConnectionsResponse Of(int64_t clean, int64_t timeout) {
  control::v1::InterruptConnectionsResponse progress;
  progress.set_closed_clean_count(clean);
  progress.set_closed_timeout_count(timeout);
  return progress;
}

TEST(ProgressTest, Words) {
  EXPECT_EQ(ProgressText(Of(0, 0), 3), "0 of 3");
  auto all = Of(4, 3);
  all.set_closed_aborted_count(2);
  all.set_closed_rejected_count(1);
  all.set_already_closed_count(1);
  EXPECT_EQ(ProgressText(all, 11),
            "11 of 11: 4 closed clean, 3 timed out, 2 aborted, 1 rejected, 1 already closed");
}

TEST(ProgressTest, TheBarIsFullOnlyAtTheEnd) {
  EXPECT_EQ(ProgressBar(Of(0, 0), 1000, 200), "[------------------------------]   0%  0 of 1000");
  EXPECT_EQ(ProgressBar(Of(500, 0), 1000, 200),
            "[###############---------------]  50%  500 of 1000: 500 closed clean");
  EXPECT_EQ(ProgressBar(Of(999, 0), 1000, 44), "[#############################-]  99%  999 …");
  EXPECT_EQ(ProgressBar(Of(0, 1000), 1000, 200),
            "[##############################] 100%  1000 of 1000: 1000 timed out");
  EXPECT_EQ(ProgressBar(Of(0, 0), 0, 200), "[##############################] 100%  0 of 0");
}

TEST(ProgressTest, ItFitsOnALine) { EXPECT_EQ(DisplayWidth(ProgressBar(Of(123, 456), 1000, 20)), 20u); }

}  // namespace
}  // namespace drawbridge::ctl
