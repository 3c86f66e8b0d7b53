// A log line is a single line, and valid JSON in JSON format, whatever bytes of a client are in the message.
#include "gateway/base/log.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "gateway/base/utf8.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace drawbridge {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

// Returns what one message writes to standard error.
std::string Logged(const std::string& format, const std::string& level,
                   spdlog::level::level_enum message_level, const std::string& message) {
  ::testing::internal::CaptureStderr();
  InitializeLogging(format, level);
  spdlog::log(message_level, "{}", message);
  return ::testing::internal::GetCapturedStderr();
}

// Parses the line with an independent JSON parser.
google::protobuf::Struct ParseJson(const std::string& line) {
  google::protobuf::Struct fields;
  const auto status = google::protobuf::util::JsonStringToMessage(line, &fields);
  EXPECT_TRUE(status.ok()) << status.ToString() << " in " << line;
  return fields;
}

TEST(LogTest, TextIsTimeLevelMessage) {
  EXPECT_THAT(Logged("text", "info", spdlog::level::info, "the message"),
              MatchesRegex("[0-9-]+T[0-9:.]+Z info the message\n"));
}

TEST(LogTest, LinesThatAreNotReadInTimeAreLostAndCounted) {
  constexpr size_t kWaiting = 8192;
  constexpr size_t kMore = 1000;
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const int saved = ::dup(STDERR_FILENO);
  ::dup2(ends[1], STDERR_FILENO);
  ::close(ends[1]);
  InitializeLogging("text", "info", LogWriting::kInBackground);
  EXPECT_EQ(LostLogLines(), 0U);
  const std::string line(1000, 'x');  // a pipe holds 64 KiB
  for (size_t i = 0; i < kWaiting + kMore; ++i) spdlog::info(line);
  const uint64_t lost = LostLogLines();
  std::thread reader([end = ends[0]] {
    std::array<char, 65536> part{};
    while (::read(end, part.data(), part.size()) > 0) continue;
  });
  FinishLogging();
  ::dup2(saved, STDERR_FILENO);
  ::close(saved);
  reader.join();
  ::close(ends[0]);
  EXPECT_GT(lost, kMore - 100);
  EXPECT_LE(lost, kMore);
}

TEST(LogTest, JsonHasTimeLevelMessage) {
  const auto fields = ParseJson(Logged("json", "info", spdlog::level::warn, "the message")).fields();
  EXPECT_EQ(fields.size(), 3U);
  EXPECT_EQ(fields.at("message").string_value(), "the message");
  EXPECT_EQ(fields.at("level").string_value(), "warning");
  EXPECT_THAT(fields.at("time").string_value(), MatchesRegex("[0-9-]+T[0-9:.]+Z"));
}

TEST(LogTest, JsonCarriesEveryCharacter) {
  std::string message = "quote \" backslash \\ slash / euro \xe2\x82\xac bridge \xf0\x9f\x8c\x89 percent %v ";
  for (char c = 1; c < ' '; ++c) message += c;
  message += '\x7f';
  const std::string line = Logged("json", "info", spdlog::level::info, message);
  EXPECT_EQ(std::ranges::count(line, '\n'), 1) << line;
  EXPECT_EQ(ParseJson(line).fields().at("message").string_value(), message);
}

TEST(LogTest, JsonCarriesANul) {
  const std::string message("a\0b", 3);
  EXPECT_EQ(
      ParseJson(Logged("json", "info", spdlog::level::info, message)).fields().at("message").string_value(),
      message);
}

// JSON is UTF-8 (RFC 8259, section 8.1), even if the message is not.
TEST(LogTest, JsonIsUtf8) {
  const std::string line = Logged("json", "info", spdlog::level::info, "bad \xff\xc0\xaf bytes \xe2\x82");
  EXPECT_TRUE(IsUtf8(line)) << ::testing::PrintToString(line);
  EXPECT_THAT(ParseJson(line).fields().at("message").string_value(), HasSubstr("bad "));
  EXPECT_THAT(ParseJson(line).fields().at("message").string_value(), HasSubstr(" bytes "));
}

TEST(LogTest, OnlyTheLeastLevelAndAboveIsLogged) {
  EXPECT_EQ(Logged("text", "warning", spdlog::level::info, "quiet"), "");
  EXPECT_THAT(Logged("text", "warning", spdlog::level::warn, "loud"), HasSubstr("warning loud"));
  EXPECT_THAT(Logged("text", "debug", spdlog::level::debug, "detail"), HasSubstr("debug detail"));
  EXPECT_EQ(Logged("text", "error", spdlog::level::warn, "quiet"), "");
}

// An event as a line of the format, without time and level.
std::string Event(const std::string& format, const std::vector<LogField>& fields) {
  ::testing::internal::CaptureStderr();
  InitializeLogging(format, "info");
  LogEvent(spdlog::level::info, "audit", fields);
  return ::testing::internal::GetCapturedStderr();
}

TEST(LogTest, AnEventAsTextIsKeysAndValues) {
  EXPECT_THAT(
      Event("text", {{"method", "SendMessage"}, {"count", 3}, {"took_ms", 1.25}, {"none", ""}}),
      MatchesRegex("[0-9-]+T[0-9:.]+Z info audit method=SendMessage count=3 took_ms=1.250 none=\"\"\n"));
}

TEST(LogTest, AnEventAsJsonHasAMemberAField) {
  const auto fields =
      ParseJson(Event("json", {{"method", "SendMessage"}, {"count", -3}, {"took_ms", 0.5}})).fields();
  EXPECT_EQ(fields.size(), 6U);
  EXPECT_EQ(fields.at("message").string_value(), "audit");
  EXPECT_EQ(fields.at("method").string_value(), "SendMessage");
  EXPECT_EQ(fields.at("count").number_value(), -3);
  EXPECT_EQ(fields.at("took_ms").number_value(), 0.5);
}

// A client must not be able to forge a log line by a close reason with line breaks and quotes.
TEST(LogTest, AValueStaysAValue) {
  const std::string evil = "x\" method=\"Other\n2026-01-01T00:00:00.000Z info audit \xff\x1b[2J";
  const std::string text = Event("text", {{"reason", evil}});
  EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
  EXPECT_EQ(std::ranges::count(text, '\x1b'), 0) << text;
  EXPECT_THAT(text, HasSubstr(R"(reason="x\" method=\"Other\u000a2026)"));
  const std::string json = Event("json", {{"reason", evil}});
  EXPECT_EQ(std::ranges::count(json, '\n'), 1) << json;
  EXPECT_EQ(ParseJson(json).fields().size(), 4U) << json;
}

// C1 controls act like ESC sequences, and bidirectional overrides change the visible order of characters.
TEST(LogTest, WhatMisleadsIsEscaped) {
  const std::string evil = "a\u009bb\u202Ec\u2066d\u200Be\uFEFFf\x7f\U000E0041g\u00fc";
  const std::string safe = "a\\u009bb\\u202ec\\u2066d\\u200be\\ufefff\\u007f\\udb40\\udc41g\u00fc";
  EXPECT_THAT(Event("text", {{"path", evil}}), HasSubstr("path=\"" + safe + "\""));
  EXPECT_THAT(Logged("text", "info", spdlog::level::info, evil), HasSubstr("info " + safe + "\n"));
  for (const std::string& line :
       {Event("json", {{"path", evil}}), Logged("json", "info", spdlog::level::info, evil)}) {
    EXPECT_THAT(line, HasSubstr(":\"" + safe + "\"")) << line;
    EXPECT_THAT(ParseJson(line).DebugString(), Not(HasSubstr("ufffd"))) << line;
  }
}

TEST(LogTest, ALineOfTextIsOneLine) {
  const std::string line =
      Logged("text", "info", spdlog::level::info, "a\n2026 info forged \x1b[2J \"quoted\"");
  EXPECT_EQ(std::ranges::count(line, '\n'), 1) << line;
  EXPECT_THAT(line, HasSubstr("a\\u000a2026 info forged \\u001b[2J \"quoted\"\n"));
}

// Regression test: one invalid byte turned every non-ASCII character into a replacement character.
TEST(LogTest, GoodLettersStayBesideBadBytes) {
  EXPECT_THAT(Event("text", {{"path", "caf\u00e9\xff"}}), HasSubstr("path=\"caf\u00e9\\ufffd\""));
}

TEST(LogTest, AnEventBelowTheLevelIsNotLogged) {
  ::testing::internal::CaptureStderr();
  InitializeLogging("text", "warning");
  LogEvent(spdlog::level::info, "quiet", {});
  LogEvent(spdlog::level::warn, "loud", {{"why", "so"}});
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), MatchesRegex("[^\n]* warning loud why=so\n"));
}

}  // namespace
}  // namespace drawbridge
