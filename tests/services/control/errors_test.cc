// Programs decide by code, reason and field. Each failure must carry them, and a message for people.
#include "services/control/errors.h"

#include <grpcpp/support/status.h>

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/services/control/status_of.h"

namespace drawbridge {
namespace {

using ::testing::HasSubstr;

TEST(ErrorsTest, AnInvalidFieldIsNamed) {
  const grpc::Status status = InvalidField("CODE_FORBIDDEN", "code", "is 1005: 1000 is allowed");
  EXPECT_EQ(FactsOf(status), (StatusFacts{grpc::StatusCode::INVALID_ARGUMENT, "CODE_FORBIDDEN", "code"}));
  EXPECT_EQ(status.error_message(), "code: is 1005: 1000 is allowed");
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  google::rpc::BadRequest bad_request;
  ASSERT_TRUE(details.details(1).UnpackTo(&bad_request));
  EXPECT_EQ(bad_request.field_violations(0).description(), "is 1005: 1000 is allowed");
}

TEST(ErrorsTest, AnyOtherFailureHasAReason) {
  EXPECT_EQ(FactsOf(Failure(grpc::StatusCode::CANCELLED, "CALLER_LEFT", "gone")),
            (StatusFacts{grpc::StatusCode::CANCELLED, "CALLER_LEFT"}));
  EXPECT_EQ(FactsOf(ConnectionNotFound("some-id")),
            (StatusFacts{grpc::StatusCode::NOT_FOUND, "CONNECTION_NOT_FOUND"}));
  EXPECT_THAT(ConnectionNotFound("some-id").error_message(), HasSubstr("some-id"));
}

TEST(ErrorsTest, AMalformedIdIsShownHarmlessAndShort) {
  const grpc::Status status = MalformedConnectionId("A\n\"\xff" + std::string(5000, 'x'));
  EXPECT_EQ(FactsOf(status),
            (StatusFacts{grpc::StatusCode::INVALID_ARGUMENT, "CONNECTION_ID_MALFORMED", "connection_id"}));
  EXPECT_LT(status.error_message().size(), 300U);
  EXPECT_EQ(status.error_message().find('\n'), std::string::npos);
  EXPECT_THAT(status.error_message(), HasSubstr("A\\n"));
}

TEST(ErrorsTest, WhatIsQuotedIsCutBetweenCharacters) {
  EXPECT_EQ(Quoted("a\"b\n"), "\"a\\\"b\\n\"");
  EXPECT_EQ(Quoted("h\xc3\xa9"), "\"h\\303\\251\"");
  EXPECT_EQ(Quoted(std::string(64, 'x')), "\"" + std::string(64, 'x') + "\"");
  EXPECT_EQ(Quoted(std::string(8000, 'x')), "\"" + std::string(61, 'x') + "...\"");
  EXPECT_EQ(Quoted("x" + std::string(60, 'y') + "\xe2\x82\xac\xe2\x82\xac"),
            "\"x" + std::string(60, 'y') + "...\"");
}

// Regression test: a node_id of 8,000 characters made the error too large for its client.
TEST(ErrorsTest, AnErrorIsNeverTooLargeForItsClient) {
  constexpr size_t kHeaders = 8 * 1024;
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "\xe2\x82\xac";
  for (const grpc::Status& status :
       {InvalidField("REASON", "field", text), Failure(grpc::StatusCode::ABORTED, "REASON", text)}) {
    // The message is percent-encoded, the details are in base64.
    EXPECT_LT(3 * status.error_message().size() + status.error_details().size() * 4 / 3, kHeaders - 512);
    EXPECT_THAT(status.error_message(), ::testing::EndsWith("\xac..."));
  }
  const grpc::Status status = Failure(grpc::StatusCode::ABORTED, "REASON", "short", {{"key", text}});
  EXPECT_LT(status.error_details().size(), 2 * kMaxErrorText);
}

}  // namespace
}  // namespace drawbridge
