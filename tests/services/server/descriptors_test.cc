// How the file descriptors of a process are divided, and the errors of the flags if there are too few.
#include "services/server/descriptors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "services/server/flags.h"

namespace drawbridge {
namespace {

using ::testing::HasSubstr;

std::variant<Flags, EarlyExit> Parse(std::vector<const char*> arguments, size_t descriptors) {
  arguments.insert(arguments.begin(), "drawbridge");
  return ParseFlags(static_cast<int>(arguments.size()), arguments.data(),
                    {.host_name = "host", .cores = 2, .descriptors = descriptors});
}

std::string ErrorOf(const std::vector<const char*>& arguments, size_t descriptors) {
  const auto parsed = Parse(arguments, descriptors);
  const auto* exit = std::get_if<EarlyExit>(&parsed);
  if (exit == nullptr) return "";
  EXPECT_EQ(exit->code, 2);
  return exit->text;
}

TEST(DescriptorsTest, AllSharesTogetherAreTheLimit) {
  for (const size_t limit : {160, 256, 1024, 20'000, 1'048'576}) {
    for (const int io_threads : {1, 2}) {
      const DescriptorShares shares = ShareDescriptors(limit, io_threads);
      EXPECT_GT(shares.clients, 0u) << limit;
      EXPECT_EQ(shares.clients + shares.without_clients(), limit);
    }
  }
}

TEST(DescriptorsTest, TheControlPortGetsAPartWithinBounds) {
  EXPECT_EQ(ShareDescriptors(160, 2).control_connections, 17u);
  EXPECT_EQ(ShareDescriptors(1600, 2).control_connections, 101u);
  EXPECT_EQ(ShareDescriptors(1'048'576, 2).control_connections, 1025u);
}

TEST(DescriptorsTest, NothingIsLeftForClientsWhereTheLimitIsTooLow) {
  EXPECT_EQ(ShareDescriptors(0, 1).clients, 0u);
  EXPECT_EQ(ShareDescriptors(150, 1).clients, 0u);
}

// Regression test: with 160 descriptors 128 clients were admitted, and none were left for the control port.
TEST(DescriptorsTest, ByDefaultClientsGetWhatEverythingElseLeaves) {
  for (const char* const io_threads : {"--io_threads=2", "--io_threads=16"}) {
    const Flags flags = std::get<Flags>(Parse({io_threads}, 1024));
    const DescriptorShares shares = ShareDescriptors(1024, flags.io_threads);
    EXPECT_EQ(flags.max_connections, shares.clients);
    EXPECT_EQ(flags.control_connections, shares.control_connections - 1);
  }
}

TEST(DescriptorsTest, MoreClientsThanThatAreABadFlag) {
  EXPECT_EQ(std::get<Flags>(Parse({"--max_connections=4"}, 160)).max_connections, 4u);
  EXPECT_THAT(ErrorOf({"--max_connections=128"}, 160),
              HasSubstr("must be a whole number from 1 to 9 with this process's limit of 160 descriptors"));
  EXPECT_THAT(ErrorOf({"--max_connections=8"}, 160),
              HasSubstr("must be at most 4 with this process's limit of 160 descriptors"));
}

TEST(DescriptorsTest, AMachineWithTooFewSaysHowManyAreNeeded) {
  EXPECT_THAT(ErrorOf({"--io_threads=256"}, 1024),
              HasSubstr("may have 1024 descriptors: with --io_threads=256 it needs at least"));
  EXPECT_EQ(ErrorOf({"--health_check", "--io_threads=256"}, 1024), "") << "it serves nobody";
}

}  // namespace
}  // namespace drawbridge
