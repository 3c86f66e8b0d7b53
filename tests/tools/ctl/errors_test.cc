#include "tools/ctl/errors.h"

#include <gtest/gtest.h>

#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace drawbridge::ctl {
namespace {

using grpc::StatusCode;

TEST(ErrorsTest, ExitCodesStayAsTheyAre) {
  const auto code_of = [](StatusCode code) { return static_cast<int>(ExitCodeOf({code, ""})); };
  EXPECT_EQ(code_of(StatusCode::OK), 0);
  EXPECT_EQ(code_of(StatusCode::INVALID_ARGUMENT), 2) << "bad input, as of bad flags";
  EXPECT_EQ(code_of(StatusCode::FAILED_PRECONDITION), 1);
  EXPECT_EQ(code_of(StatusCode::UNIMPLEMENTED), 1);
  EXPECT_EQ(code_of(StatusCode::NOT_FOUND), 3);
  EXPECT_EQ(code_of(StatusCode::UNAVAILABLE), 4);
  EXPECT_EQ(code_of(StatusCode::DEADLINE_EXCEEDED), 4);
  EXPECT_EQ(code_of(StatusCode::UNAUTHENTICATED), 6);
  EXPECT_EQ(code_of(StatusCode::PERMISSION_DENIED), 7);
  EXPECT_EQ(static_cast<int>(ExitCode::kUsage), 2);
  EXPECT_EQ(static_cast<int>(ExitCode::kDeclined), 5);
  EXPECT_EQ(static_cast<int>(ExitCode::kStopped), 130);
}

grpc::Status With(const std::string& message, const std::string& field) {
  google::rpc::Status status;
  google::rpc::ErrorInfo info;
  info.set_reason("CODE_FORBIDDEN");
  google::rpc::BadRequest bad_request;
  bad_request.add_field_violations()->set_field(field);
  status.add_details()->PackFrom(info);
  status.add_details()->PackFrom(bad_request);
  return {StatusCode::INVALID_ARGUMENT, message, status.SerializeAsString()};
}

TEST(ErrorsTest, ALineNamesStatusReasonAndField) {
  EXPECT_EQ(DescribeFailure(With("is 1006", "code")), "INVALID_ARGUMENT CODE_FORBIDDEN (code): is 1006");
  EXPECT_EQ(DescribeFailure(With("code: is 1006", "code")), "INVALID_ARGUMENT CODE_FORBIDDEN: code: is 1006")
      << "the field once";
}

TEST(ErrorsTest, WithoutDetailsThereIsTheMessage) {
  EXPECT_EQ(DescribeFailure({StatusCode::UNAVAILABLE, "nobody there"}), "UNAVAILABLE: nobody there");
  EXPECT_EQ(DescribeFailure({static_cast<StatusCode>(17), "?"}), "status 17: ?");
  EXPECT_EQ(DescribeFailure({StatusCode::INTERNAL, "x", "no proto"}), "INTERNAL: x");
}

TEST(ErrorsTest, ItIsOneLineAndMovesNoCursor) {
  EXPECT_EQ(DescribeFailure({StatusCode::INTERNAL, "a\nb\x1b[2J"}), "INTERNAL: a\\x0ab\\x1b[2J");
}

}  // namespace
}  // namespace drawbridge::ctl
