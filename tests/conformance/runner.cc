// Makes a test of each case, and acts as its client.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <regex>
#include <string>
#include <string_view>
#include <utility>

#include "tests/conformance/group.h"
#include "tests/conformance/shared_gateway.h"
#include "tests/support/client.h"
#include "tests/support/raw_deflate.h"

namespace drawbridge::conformance {
namespace {

// Sends bytes whole or in pieces.
using Sender = std::function<void(Client& client, const std::string& bytes)>;

// The client side of one connection. Ends with the first failure: an exception or a failed assertion.
class Conversation {
 public:
  Conversation(SharedGateway& gateway, Client client, const Sender& send)
      : gateway_(gateway), client_(std::move(client)), send_(send) {}

  void Exchange(const conformance::Exchange& exchange) {
    send_(client_, exchange.sent);
    if (exchange.end) client_.ShutdownWrite();
    ExpectAnswers(exchange.answers, exchange.end);
  }

  void Request(const std::string& request, const Response& expected) {
    send_(client_, request);
    gateway_.ExpectInput(client_);
    const HttpResponse response = client_.ReadResponse(!expected.to_head);
    EXPECT_EQ(response.status, expected.status);
    if (!expected.bytes.empty()) {
      EXPECT_EQ(Anonymous(response), expected.bytes);
    } else {
      EXPECT_TRUE(response.body.ends_with('\n')) << response.body;
    }
    if (::testing::Test::HasFailure()) return;
    response.status == 101 ? ExpectAnswers(expected.answers) : ExpectEnd();
  }

 private:
  // Expects all answers, and then the end (sections 7.1.1 and 7.3) or a connection that still works.
  void ExpectAnswers(const std::vector<Answer>& answers, bool end = false) {
    for (const Answer& answer : answers) {
      ExpectAnswer(answer);
      if (::testing::Test::HasFailure()) return;
    }
    if (!end && (answers.empty() || answers.back().opcode != kOpClose)) {
      client_.Send(Text(".") + Close(1000));  // within every limit
      ExpectAnswer(TextOf("."));
      ExpectAnswer(ClosedWith(1000));
    }
    ExpectEnd();
  }

  void ExpectAnswer(const Answer& answer) {
    gateway_.ExpectInput(client_);
    ServerFrame frame = client_.ReadFrame();
    ASSERT_EQ(frame.opcode, answer.opcode) << frame.payload.substr(0, 200);
    EXPECT_TRUE(frame.fin);
    EXPECT_FALSE(frame.masked) << "section 5.1";
    ASSERT_EQ(frame.rsv, answer.rsv);
    if (answer.compression.has_value()) Inflate(*answer.compression, frame);
    if (answer.any_reason) {
      EXPECT_EQ(frame.code(), ServerFrame{.payload = answer.payload}.code()) << frame.reason();
      EXPECT_NE(frame.reason(), "");
      EXPECT_LE(frame.payload.size(), 125u);
    } else if (frame.payload.size() + answer.payload.size() < 1000) {
      EXPECT_EQ(frame.payload, answer.payload);
    } else {
      EXPECT_TRUE(frame.payload == answer.payload) << "the same bytes";
    }
  }

  // RFC 7692, section 7.2: inflates with no more context than was agreed on.
  void Inflate(const Compression& compression, ServerFrame& frame) {
    constexpr std::string_view kTail("\x00\x00\xff\xff", 4);
    EXPECT_FALSE(frame.payload.ends_with(kTail)) << "RFC 7692, section 7.2.1";
    if (inflater_ == nullptr) inflater_ = std::make_unique<RawInflater>(compression.window_bits);
    if (!compression.context_kept) inflater_->Reset();
    const auto message = inflater_->Inflate(frame.payload);
    ASSERT_TRUE(message.has_value()) << "it does not inflate";
    frame.payload = *message;
  }

  void ExpectEnd() {
    gateway_.ExpectInput(client_);
    EXPECT_EQ(client_.ReadEnd(), Client::Ending::kEndOfFile);
  }

  // The whole response, with * for the id of the connection and for a well-formed date.
  static std::string Anonymous(const HttpResponse& response) {
    static const std::regex date(
        "Date: [A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT\r\n");
    std::string bytes = std::regex_replace(response.head + response.body, date, "Date: *\r\n");
    const auto id = response.headers.find("x-connection-id");
    if (id == response.headers.end() || id->second.empty()) return bytes;
    return bytes.replace(bytes.find(id->second), id->second.size(), "*");
  }

  SharedGateway& gateway_;
  Client client_;
  const Sender& send_;
  std::unique_ptr<RawInflater> inflater_;  // null: no compressed message has arrived
};

// A test whose body is a function of the gateway and of how to send.
class ConformanceTest : public ::testing::Test {
 public:
  using Body = std::function<void(SharedGateway& gateway, const Sender& send)>;

  ConformanceTest(const Group& group, Body body) : flags_(group.flags), body_(std::move(body)) {}

  void TestBody() override {
    SharedGateway& gateway = SharedGateway::With(flags_);
    {
      SCOPED_TRACE("sent whole");
      body_(gateway, SharedGateway::SendWhole);
    }
    if (HasFailure()) return;
    SCOPED_TRACE("sent in pieces");
    body_(gateway,
          [&gateway](Client& client, const std::string& bytes) { gateway.SendInPieces(client, bytes); });
  }

 private:
  const std::vector<std::string> flags_;
  const Body body_;
};

template <typename AnyCase>
void Register(const Group& group, const AnyCase& each, const ConformanceTest::Body& body) {
  ::testing::RegisterTest(group.section.c_str(), each.name.c_str(), nullptr, nullptr, each.file, each.line,
                          [group, body]() -> ConformanceTest* { return new ConformanceTest(group, body); });
}

void RegisterAll(const Group& group) {
  for (const Case& each : group.cases) {
    Register(group, each, [group, each](SharedGateway& gateway, const Sender& send) {
      for (const Exchange& exchange : each.exchanges) {
        Conversation(gateway, Client::Open(gateway.address(), {.headers = group.headers}), send)
            .Exchange(exchange);
        if (::testing::Test::HasFailure()) return;  // of many similar failures, one is enough
      }
    });
  }
  for (const RequestCase& each : group.requests) {
    Register(group, each, [each](SharedGateway& gateway, const Sender& send) {
      Conversation(gateway, Client::Dial(gateway.address()), send).Request(each.request, each.response);
    });
  }
}

// No case may break the gateway, or leave it with a client that it cannot close.
class Gateways : public ::testing::Environment {
 public:
  void TearDown() override { EXPECT_EQ(SharedGateway::EndAll(), ""); }
};

}  // namespace
}  // namespace drawbridge::conformance

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  for (const auto& group : drawbridge::conformance::Groups()) drawbridge::conformance::RegisterAll(group);
  ::testing::AddGlobalTestEnvironment(new drawbridge::conformance::Gateways);
  return RUN_ALL_TESTS();
}
