// The examples of docs/filter.md are valid.
#include <fstream>
#include <string>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "services/filter/filter.h"

namespace drawbridge {
namespace {

// The indented lines under a heading.
std::vector<std::string> Shown(const std::string& heading) {
  std::ifstream page("docs/filter.md");
  std::vector<std::string> shown;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) inside = line == "## " + heading;
    if (inside && line.starts_with("    ")) shown.push_back(line.substr(4));
  }
  return shown;
}

std::string ErrorOf(const std::string& text) {
  const auto parsed = Filter::Parse(text);
  const auto* error = std::get_if<std::string>(&parsed);
  return error == nullptr ? "" : *error;
}

TEST(DocsTest, TheExamplesAreFilters) {
  const auto examples = Shown("Examples");
  EXPECT_GE(examples.size(), 7U);
  for (const std::string& example : examples) EXPECT_EQ(ErrorOf(example), "") << example;
}

TEST(DocsTest, TheMixtureIsRefusedWhereItSays) {
  const auto lines = Shown("AND, OR, NOT");
  ASSERT_EQ(lines.size(), 2U);
  for (const std::string& line : lines) {
    const std::string filter = line.substr(0, line.find("   "));
    const std::string error = ErrorOf(filter);
    const size_t place = line.find("refused, at ");
    if (place == std::string::npos) {
      EXPECT_EQ(error, "") << filter;
    } else {
      EXPECT_TRUE(error.starts_with(line.substr(place + 12) + ": ")) << error;
    }
  }
}

TEST(DocsTest, TheErrorReadsAsShown) {
  const auto shown = Shown("Errors");
  ASSERT_EQ(shown.size(), 1U);
  const std::string error = "filter: " + ErrorOf("tls = true AND pth = a");
  const std::string beginning = shown[0].substr(0, shown[0].size() - 3);  // without the ...
  EXPECT_TRUE(error.starts_with(beginning)) << error;
}

}  // namespace
}  // namespace drawbridge
