// A changed file is noticed, however it was replaced. An unchanged file never is.
#include "services/server/file_watch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/certificates.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

constexpr absl::Duration kPeriod = absl::Milliseconds(5);

class FileWatchTest : public ::testing::Test {
 protected:
  void Start() {
    watch_.Start([this] { ++calls_; });
  }
  [[nodiscard]] bool Called(int times) {
    return WaitUntil([&] { return calls_ == times; });
  }

  TemporaryFile first_{"first", "one"};
  TemporaryFile second_{"second", "two"};
  std::atomic<int> calls_ = 0;
  FileWatch watch_{{first_.path(), "", second_.path()}, kPeriod};
};

TEST_F(FileWatchTest, AReplacedFileIsNoticed) {
  Start();
  first_.Replace("three");
  EXPECT_TRUE(Called(1));
  second_.Replace("four!");
  EXPECT_TRUE(Called(2));
}

TEST_F(FileWatchTest, AFileWrittenInPlaceIsNoticed) {
  Start();
  std::ofstream(second_.path()) << "something longer";
  EXPECT_TRUE(Called(1));
}

TEST_F(FileWatchTest, AFolderSwappedByALinkIsNoticed) {
  const TemporaryFile old_one("file", "old");
  const TemporaryFile new_one("file", "new");
  const TemporaryFile place("unused");
  const auto folder = [](const TemporaryFile& file) {
    return std::filesystem::path(file.path()).parent_path();
  };
  const auto link = folder(place) / "data";
  std::filesystem::create_symlink(folder(old_one), link);
  FileWatch watch({(link / "file").string()}, kPeriod);
  watch.Start([this] { ++calls_; });
  std::filesystem::create_symlink(folder(new_one), folder(place) / "data.new");
  std::filesystem::rename(folder(place) / "data.new", link);
  EXPECT_TRUE(Called(1));
}

TEST_F(FileWatchTest, AFileThatIsGoneAndOneThatComesBackAreNoticed) {
  Start();
  std::filesystem::rename(first_.path(), first_.path() + ".away");
  EXPECT_TRUE(Called(1));
  std::filesystem::rename(first_.path() + ".away", first_.path());
  EXPECT_TRUE(Called(2));
}

TEST_F(FileWatchTest, AChangeBetweenTheFirstLookAndTheStartIsNotMissed) {
  first_.Replace("sooner than expected");
  Start();
  EXPECT_TRUE(Called(1));
}

TEST_F(FileWatchTest, NothingIsToldTwice) {
  Start();
  first_.Replace("three");
  ASSERT_TRUE(Called(1));
  // The watch checks the files in between. A change of the second file shows that those checks are over.
  second_.Replace("four!");
  ASSERT_TRUE(Called(2));
  watch_.Stop();
  EXPECT_EQ(calls_, 2);
}

TEST_F(FileWatchTest, NothingIsToldAfterStop) {
  Start();
  watch_.Stop();
  first_.Replace("three");
  watch_.Stop();
  EXPECT_EQ(calls_, 0);
}

}  // namespace
}  // namespace drawbridge
