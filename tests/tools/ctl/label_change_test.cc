#include "tools/ctl/label_change.h"

#include <gtest/gtest.h>

namespace drawbridge::ctl {
namespace {

TEST(LabelChangeTest, SetsAndRemoves) {
  google::protobuf::Map<std::string, std::string> labels;
  for (const char* text : {"user=alice", "url=a=b", "empty=", "gone=1", "gone-", "never-"})
    Apply(ParseLabelChange(text).value(), &labels);
  EXPECT_EQ(labels.size(), 3u);
  EXPECT_EQ(labels["user"], "alice");
  EXPECT_EQ(labels["url"], "a=b") << "the first sign of equality counts";
  EXPECT_EQ(labels["empty"], "");
}

TEST(LabelChangeTest, AValueMayEndWithAMinus) {
  const auto change = ParseLabelChange("a=b-");
  ASSERT_TRUE(change.has_value());
  EXPECT_EQ(change->value, "b-");
}

TEST(LabelChangeTest, AnythingElseIsNone) {
  for (const char* text : {"", "-", "=", "=x", "user"})
    EXPECT_FALSE(ParseLabelChange(text).has_value()) << text;
}

}  // namespace
}  // namespace drawbridge::ctl
