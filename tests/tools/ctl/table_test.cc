#include "tools/ctl/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace drawbridge::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(TableTest, ColumnsAreAligned) {
  Table table({{"NAME"}, {"SIZE", true}, {"NOTE"}}, {});
  table.Add({{"a"}, {"1"}, {"first"}});
  table.Add({{"long name"}, {"12345"}, {""}});
  EXPECT_EQ(table.Take(),
            "NAME        SIZE  NOTE\n"
            "a              1  first\n"
            "long name  12345\n");
}

TEST(TableTest, WideCharactersAreAlignedToo) {
  Table table({{"A"}, {"B"}}, {});
  table.Add({{"世界"}, {"x"}});
  table.Add({{"abc"}, {"y"}});
  EXPECT_EQ(table.Take(), "A     B\n世界  x\nabc   y\n");
}

TEST(TableTest, WithoutRowsThereAreTitles) {
  Table table({{"NAME"}}, {});
  EXPECT_EQ(table.Take(), "NAME\n");
  EXPECT_EQ(table.Take(), "");
}

TEST(TableTest, LaterPiecesHaveNoTitleAndAreNoNarrower) {
  Table table({{"A"}, {"B"}}, {});
  table.Add({{"wide enough"}, {"1"}});
  table.Take();
  table.Add({{"x"}, {"2"}});
  EXPECT_EQ(table.Take(), "x            2\n");
}

TEST(TableTest, ColumnsThatMayShrinkMakeItFit) {
  Table table({{"ID"}, {"PATH", false, true}, {"AGENT", false, true}}, {.width = 30});
  table.Add({{"id-1"}, {"/a/path/of/some/length"}, {"an agent of some length"}});
  EXPECT_EQ(table.Take(),
            "ID    PATH         AGENT\n"
            "id-1  /a/path/of…  an agent o…\n");
}

// A table with an id, a path, and two columns of lower priority.
std::string Narrow(size_t width, const std::string& note) {
  Table table({{"ID"},
               {.title = "NOTE", .rank = 1},
               {.title = "SIZE", .rank = 2},
               {.title = "PATH", .shrinks = true}},
              {.width = width});
  table.Add({{"id-1"}, {note}, {"12345"}, {"/a/path"}});
  return table.Take();
}

TEST(TableTest, WhatMattersLessIsLeftOutFirst) {
  EXPECT_EQ(Narrow(80, "note"), "ID    NOTE  SIZE   PATH\nid-1  note  12345  /a/path\n");
  EXPECT_EQ(Narrow(26, "note"), "ID    NOTE  SIZE   PATH\nid-1  note  12345  /a/path\n") << "fits";
  EXPECT_EQ(Narrow(25, "note"), "ID    NOTE  PATH\nid-1  note  /a/path\n");
  EXPECT_EQ(Narrow(18, "note"), "ID    PATH\nid-1  /a/path\n");
  EXPECT_EQ(Narrow(12, "note"), "ID    PATH\nid-1  /a/pa…\n") << "then texts are shortened";
}

TEST(TableTest, EmptyColumnsAreLeftOutBeforeAllOthers) {
  EXPECT_EQ(Narrow(25, ""), "ID    SIZE   PATH\nid-1  12345  /a/path\n");
}

TEST(TableTest, WhatIsLeftOutStaysSo) {
  Table table({{"ID"}, {.title = "NOTE", .rank = 1}}, {.width = 8});
  table.Add({{"identity"}, {"a"}});
  EXPECT_EQ(table.Take(), "ID\nidentity\n");
  table.Add({{"x"}, {"b"}});
  EXPECT_EQ(table.Take(), "x\n");
}

TEST(TableTest, NoLineIsWiderThanTheTerminal) {
  Table table({{"ID"}, {"ADDRESS"}}, {.width = 12});
  table.Add({{"0123456789"}, {"abcdefgh"}});
  table.Add({{"01234567890123456789"}, {"abcdefgh"}});
  EXPECT_EQ(table.Take(), "ID\n0123456789\n01234567890…\n");
}

TEST(TableTest, EscapeSequencesInCellsNeverComeOut) {
  Table table({{"AGENT"}, {"PATH"}}, {.width = 0, .colour = true});
  table.Add({{"\x1b[31mred", Style::kGood}, {"/\x1b]0;title\x07"}});
  const std::string text = table.Take();
  EXPECT_THAT(text, HasSubstr("\\x1b[31mred"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b[31m")));
  EXPECT_THAT(text, Not(HasSubstr("\x07")));
  EXPECT_THAT(text, HasSubstr("\x1b[32m")) << "its own colours do";
}

TEST(TableTest, WithoutColourThereIsNoEscapeSequence) {
  Table table({{"A"}}, {});
  table.Add({{"x", Style::kBad}});
  EXPECT_THAT(table.Take(), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace drawbridge::ctl
