// Any client may send any bytes as a request. A request that does not parse is refused with the reason.
#include "services/control/wire.h"

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <string>
#include <vector>

#include "drawbridge/control/v1/control.pb.h"
#include "gtest/gtest.h"
#include "tests/services/control/status_of.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
constexpr auto kInvalid = grpc::StatusCode::INVALID_ARGUMENT;
const StatusFacts kMalformed{kInvalid, "MALFORMED_REQUEST"};

grpc::ByteBuffer Buffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

// Encodes a string or message field of less than 128 bytes.
std::string Field(int number, const std::string& value) {
  return std::string({static_cast<char>(number << 3 | 2), static_cast<char>(value.size())}) + value;
}

template <typename Message>
StatusFacts Parsed(const std::string& bytes) {
  Message message;
  return FactsOf(ParseRequest(Buffer(bytes), message));
}

TEST(WireTest, ReadsWhatItWrites) {
  v1::InterruptConnectionRequest request;
  request.set_connection_id("some-id");
  request.set_reason("\xe2\x82\xac");
  request.mutable_grace()->set_seconds(3);
  v1::InterruptConnectionRequest read;
  ASSERT_TRUE(ParseRequest(SerializeResponse(request), read).ok());
  EXPECT_EQ(read.SerializeAsString(), request.SerializeAsString());
}

TEST(WireTest, AMessageMayBeEmptyOrInSeveralSlices) {
  EXPECT_EQ(Parsed<v1::ListConnectionsRequest>("").code, grpc::StatusCode::OK);
  const std::string bytes = Field(1, "some-id") + Field(3, "why");
  std::vector<grpc::Slice> slices;
  for (const char byte : bytes) slices.emplace_back(std::string(1, byte));
  v1::InterruptConnectionRequest request;
  ASSERT_TRUE(ParseRequest(grpc::ByteBuffer(slices.data(), slices.size()), request).ok());
  EXPECT_EQ(request.connection_id(), "some-id");
  EXPECT_EQ(request.reason(), "why");
}

TEST(WireTest, UnknownFieldsAreOfANewerClient) {
  EXPECT_EQ(Parsed<v1::GetConnectionRequest>(Field(1, "id") + Field(15, "\xff")).code, grpc::StatusCode::OK);
}

TEST(WireTest, NamesTheFieldThatIsNotUtf8) {
  EXPECT_EQ(Parsed<v1::InterruptConnectionRequest>(Field(1, "some-id") + Field(3, "\xff")),
            (StatusFacts{kInvalid, "NOT_UTF8", "reason"}));
  EXPECT_EQ(Parsed<v1::GetConnectionRequest>(Field(1, "\xc0\xaf")),
            (StatusFacts{kInvalid, "NOT_UTF8", "connection_id"}));
  EXPECT_EQ(Parsed<v1::ListConnectionsRequest>(Field(2, "\xed\xa0\x80")),
            (StatusFacts{kInvalid, "NOT_UTF8", "page_token"}));
}

TEST(WireTest, NamesAFieldInsideAnother) {
  EXPECT_EQ(Parsed<v1::SendMessageRequest>(Field(1, "id") + Field(2, Field(1, "\xff"))),
            (StatusFacts{kInvalid, "NOT_UTF8", "message.text"}));
  EXPECT_EQ(Parsed<v1::UpdateConnectionRequest>(Field(1, Field(11, Field(1, "\xff") + Field(2, "v")))),
            (StatusFacts{kInvalid, "NOT_UTF8", "connection.labels.key"}));
  // A string that is not UTF-8.
  EXPECT_EQ(Parsed<v1::SendMessageRequest>(Field(2, Field(2, "\xff"))).code, grpc::StatusCode::OK);
}

TEST(WireTest, WhatIsNoMessageIsMalformed) {
  for (const std::string& bytes :
       {std::string("\x0a"), std::string("\x0a\x05idd"), std::string("\xff\xff\xff"), std::string("\x00", 1),
        std::string("\x0b"), std::string(100, '\xff')}) {
    EXPECT_EQ(Parsed<v1::InterruptConnectionRequest>(bytes), kMalformed) << ::testing::PrintToString(bytes);
  }
}

TEST(WireTest, ABufferWithoutContentIsMalformed) {
  v1::GetConnectionRequest request;
  EXPECT_EQ(FactsOf(ParseRequest(grpc::ByteBuffer(), request)), kMalformed);
}

}  // namespace
}  // namespace drawbridge
