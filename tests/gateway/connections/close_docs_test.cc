// The causes and outcomes in docs/closing.md match the code.
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/connections/close.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace drawbridge {
namespace {

// The first `cells` cells of each row of the table under a heading, without the header row and the separator.
std::vector<std::string> Rows(const std::string& heading, int cells) {
  std::ifstream page("docs/closing.md");
  std::vector<std::string> rows;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) inside = line == "## " + heading;
    if (!inside || !line.starts_with("| `")) continue;
    size_t end = 0;
    for (int i = 0; i < cells; ++i) end = line.find('|', end + 1);
    rows.push_back(line.substr(0, end));
  }
  return rows;
}

std::string_view NameOf(CloseInitiator initiator) {
  switch (initiator) {
    case CloseInitiator::kClient:
      return "CLIENT";
    case CloseInitiator::kControl:
      return "CONTROL";
    case CloseInitiator::kBackend:
      return "BACKEND";
    case CloseInitiator::kGateway:
      return "GATEWAY";
    case CloseInitiator::kDrain:
      return "DRAIN";
    case CloseInitiator::kNetwork:
      return "NETWORK";
  }
  return "";
}

TEST(CloseDocsTest, TheCausesAreThoseOfTheTable) {
  std::vector<std::string> expected;
  for (const CloseCauseInfo& cause : CloseCauses()) {
    std::string row = "| `" + std::string(cause.word) + "` | `" + std::string(NameOf(cause.initiator)) +
                      "` | " + std::to_string(cause.code) + " | ";
    if (!cause.reason.empty()) row += std::string(cause.reason) + " ";
    expected.push_back(std::move(row));
  }
  EXPECT_THAT(Rows("Causes", 4), ::testing::ElementsAreArray(expected));
}

TEST(CloseDocsTest, TheOutcomesAreAllThereAre) {
  std::vector<std::string> expected;
  expected.reserve(kCloseOutcomes);
  for (size_t i = 0; i < kCloseOutcomes; ++i) {
    expected.push_back("| `" + std::string(WordOf(static_cast<CloseOutcome>(i))) + "` ");
  }
  EXPECT_THAT(Rows("Outcomes", 1), ::testing::ElementsAreArray(expected));
}

TEST(CloseDocsTest, TheCodesThatMayBeSetAreNamed) {
  std::ifstream file("docs/closing.md");
  const std::string page((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_THAT(page, ::testing::HasSubstr("Requests and flags may set " + std::string(kOperatorCodes) + "."));
}

}  // namespace
}  // namespace drawbridge
