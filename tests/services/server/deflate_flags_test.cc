// The flags of compression: valid values, and the errors for invalid ones.
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "services/server/flags.h"

namespace drawbridge {
namespace {

std::variant<Flags, EarlyExit> Parse(const std::vector<std::string>& flags) {
  std::vector<const char*> argv = {"drawbridge"};
  for (const std::string& flag : flags) argv.push_back(flag.c_str());
  return ParseFlags(static_cast<int>(argv.size()), argv.data(),
                    {.host_name = "host", .cores = 2, .descriptors = 1024});
}

std::string ErrorOf(const std::string& flag) {
  const auto parsed = Parse({flag});
  const auto* exit = std::get_if<EarlyExit>(&parsed);
  if (exit == nullptr) return "";
  EXPECT_EQ(exit->code, 2);
  return exit->text;
}

TEST(DeflateFlagsTest, IsOffByDefaultAndTakesNoContextOver) {
  const auto flags = std::get<Flags>(Parse({}));
  EXPECT_FALSE(flags.permessage_deflate);
  EXPECT_FALSE(flags.deflate.server_context_takeover);
  EXPECT_FALSE(flags.deflate.client_context_takeover);
  EXPECT_EQ(flags.deflate.server_window_bits, 15);
  EXPECT_EQ(flags.deflate.client_window_bits, 15);
  EXPECT_EQ(flags.deflate.min_bytes, 1024u);
}

TEST(DeflateFlagsTest, AreTaken) {
  const auto flags = std::get<Flags>(
      Parse({"--permessage_deflate=true", "--deflate_server_window_bits=9", "--deflate_client_window_bits=10",
             "--deflate_server_context_takeover", "--deflate_client_context_takeover=true",
             "--deflate_level=9", "--deflate_memory_level=1", "--deflate_min_bytes=0"}));
  EXPECT_TRUE(flags.permessage_deflate);
  EXPECT_EQ(flags.deflate.server_window_bits, 9);
  EXPECT_EQ(flags.deflate.client_window_bits, 10);
  EXPECT_TRUE(flags.deflate.server_context_takeover);
  EXPECT_TRUE(flags.deflate.client_context_takeover);
  EXPECT_EQ(flags.deflate.level, 9);
  EXPECT_EQ(flags.deflate.memory_level, 1);
  EXPECT_EQ(flags.deflate.min_bytes, 0u);
}

TEST(DeflateFlagsTest, NameTheFlagTheValueAndTheBound) {
  struct Case {
    std::string name;
    std::string value;
    std::string bound;
  };
  for (const Case& each :
       {Case{"deflate_server_window_bits", "8", "from 9 to 15"},
        Case{"deflate_server_window_bits", "16", "from 9 to 15"},
        Case{"deflate_client_window_bits", "8", "from 9 to 15"},
        Case{"deflate_client_window_bits", "x", "from 9 to 15"}, Case{"deflate_level", "0", "from 1 to 9"},
        Case{"deflate_level", "10", "from 1 to 9"}, Case{"deflate_memory_level", "0", "from 1 to 9"},
        Case{"deflate_memory_level", "10", "from 1 to 9"},
        Case{"deflate_min_bytes", "-1", "from 0 to 1073741824"},
        Case{"deflate_min_bytes", "1073741825", "from 0 to 1073741824"}}) {
    const std::string error = ErrorOf("--" + each.name + "=" + each.value);
    EXPECT_NE(
        error.find("--" + each.name + " is \"" + each.value + "\": must be a whole number " + each.bound),
        std::string::npos)
        << error;
  }
  EXPECT_NE(ErrorOf("--permessage_deflate=maybe"), "");
}

}  // namespace
}  // namespace drawbridge
