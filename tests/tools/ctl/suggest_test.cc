#include "tools/ctl/suggest.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace drawbridge::ctl {
namespace {

const std::vector<std::string> kWords{"ls", "get", "interrupt", "send", "drain", "--filter", "--help"};

TEST(SuggestTest, OneLetterMissingAddedWrongOrSwapped) {
  EXPECT_EQ(Nearest("lss", kWords), "ls");
  EXPECT_EQ(Nearest("l", kWords), "ls");
  EXPECT_EQ(Nearest("gte", kWords), "get");
  EXPECT_EQ(Nearest("drian", kWords), "drain");
  EXPECT_EQ(Nearest("interupt", kWords), "interrupt");
  EXPECT_EQ(Nearest("--fliter", kWords), "--filter");
}

TEST(SuggestTest, ABeginningIsEnough) {
  EXPECT_EQ(Nearest("inter", kWords), "interrupt");
  EXPECT_EQ(Nearest("--fil", kWords), "--filter");
}

TEST(SuggestTest, DashesMayBeMissing) {
  EXPECT_EQ(Nearest("filter", kWords), "--filter");
  EXPECT_EQ(Nearest("-fliter", kWords), "--filter");
  EXPECT_EQ(Nearest("help", kWords), "--help");
}

TEST(SuggestTest, WhatIsTooDifferentIsNotGuessed) {
  for (const char* word : {"", "fly", "xyz", "completely", "sing"})
    EXPECT_EQ(Nearest(word, kWords), "") << word;
  EXPECT_EQ(Nearest(std::string(100'000, 'l'), kWords), "");
  EXPECT_EQ(Nearest("ls", {}), "");
}

TEST(SuggestTest, ItIsAQuestion) {
  EXPECT_EQ(DidYouMean("lss", kWords), "; did you mean \"ls\"?");
  EXPECT_EQ(DidYouMean("fly", kWords), "");
}

}  // namespace
}  // namespace drawbridge::ctl
