#include "tools/ctl/describe_ban.h"

#include <gtest/gtest.h>

#include <string>

namespace drawbridge::ctl {
namespace {

TEST(DescribeBanTest, ReadsWhatItWrites) {
  for (const std::string text :
       {"principal=alice", "principal=CN=alice,O=x", "principal=", "address=192.0.2.0/24", "address=::/0",
        "label=tier=free", "label=team=", "label=k=a=b", "token_id=t=1"}) {
    control::v1::Ban ban;
    ASSERT_TRUE(ParseSubject(text, &ban)) << text;
    EXPECT_EQ(SubjectText(ban), text);
  }
}

TEST(DescribeBanTest, RefusesWhatIsNoSubject) {
  for (const std::string text : {"", "alice", "=alice", "user=alice", "label=tier", "Principal=alice"}) {
    control::v1::Ban ban;
    EXPECT_FALSE(ParseSubject(text, &ban)) << text;
  }
}

TEST(DescribeBanTest, AKindThatIsNewerThanThisProgram) {
  EXPECT_EQ(SubjectText(control::v1::Ban()), "unknown");
}

}  // namespace
}  // namespace drawbridge::ctl
