// Parses flags in tests, on a machine with known limits.
#ifndef DRAWBRIDGE_TESTS_SERVICES_SERVER_FLAGS_FIXTURE_H_
#define DRAWBRIDGE_TESTS_SERVICES_SERVER_FLAGS_FIXTURE_H_

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "services/server/flags.h"

namespace drawbridge {

inline const Machine kMachine{
    .host_name = "Box_7.example", .cores = 4, .descriptors = 1024, .memory = 1 << 30};

// Outside an unnamed namespace: all files of one test program must use the same class for a test suite.
class FlagsTest : public ::testing::Test {
 protected:
  void TearDown() override {
    for (const std::string& name : set_) ::unsetenv(name.c_str());
  }

  std::variant<Flags, EarlyExit> Parse(const std::vector<std::string>& args) {
    std::vector<const char*> argv = {"drawbridge"};
    for (const std::string& arg : args) argv.push_back(arg.c_str());
    return ParseFlags(static_cast<int>(argv.size()), argv.data(), kMachine);
  }
  Flags Taken(const std::vector<std::string>& args) {
    const auto parsed = Parse(args);
    if (const auto* exit = std::get_if<EarlyExit>(&parsed)) {
      ADD_FAILURE() << exit->text;
      return {};
    }
    return std::get<Flags>(parsed);
  }
  // The line on standard error.
  std::string Refused(const std::vector<std::string>& args) {
    const auto parsed = Parse(args);
    const auto* exit = std::get_if<EarlyExit>(&parsed);
    if (exit == nullptr) {
      ADD_FAILURE() << "taken: " << ::testing::PrintToString(args);
      return {};
    }
    EXPECT_EQ(exit->code, 2) << exit->text;
    EXPECT_EQ(std::ranges::count(exit->text, '\n'), 1) << exit->text;
    EXPECT_TRUE(exit->text.ends_with('\n'));
    EXPECT_TRUE(exit->text.starts_with("drawbridge: ")) << exit->text;
    return exit->text;
  }
  void SetEnvironment(const std::string& name, const std::string& value) {
    ::setenv(name.c_str(), value.c_str(), 1);
    set_.push_back(name);
  }
  std::string FlagFile(const std::string& text) {
    const std::string path = ::testing::TempDir() + "/flags_test.flags";
    std::ofstream(path) << text;
    return "--flagfile=" + path;
  }

 private:
  std::vector<std::string> set_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SERVICES_SERVER_FLAGS_FIXTURE_H_
