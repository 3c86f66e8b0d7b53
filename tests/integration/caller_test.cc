// The name of a caller: in the audit log, in the record of an ended connection, and what a revoked caller
// loses.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "gateway/base/log.h"
#include "services/control/watches.h"
#include "tests/support/callers_file.h"
#include "tests/support/certificates.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"
#include "tests/support/raw_call.h"
#include "tests/support/running_server.h"
#include "tests/support/standard_error.h"
#include "tests/support/status_details.h"
#include "tests/support/watch_stream.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kList[] = "/drawbridge.control.v1.ConnectionService/ListConnections";
constexpr char kInterrupt[] = "/drawbridge.control.v1.ConnectionService/InterruptConnection";

class CallerTest : public ::testing::Test {
 protected:
  CallerTest() { InitializeLogging("text", "info"); }

  Flags FlagsWithTokens() const {
    Flags flags = TestFlags();
    flags.control_tokens = file_.path();
    return flags;
  }
  static std::unique_ptr<grpc::ClientContext> As(const std::string& token) {
    auto context = std::make_unique<grpc::ClientContext>();
    context->set_deadline(std::chrono::system_clock::now() + kPatience);
    context->AddMetadata("authorization", "Bearer " + token);
    return context;
  }
  grpc::StatusCode List(const std::string& token) {
    v1::ListConnectionsResponse response;
    return server_.stub().ListConnections(As(token).get(), {}, &response).error_code();
  }
  v1::Connection Get(const std::string& id) {
    v1::GetConnectionRequest request;
    v1::GetConnectionResponse response;
    request.set_connection_id(id);
    EXPECT_TRUE(server_.stub().GetConnection(As("look").get(), request, &response).ok());
    return response.connection();
  }
  grpc::Status Abort(const std::string& id, const std::string& token) {
    v1::InterruptConnectionRequest request = InterruptOf(id);
    v1::InterruptConnectionResponse response;
    request.set_abort(true);
    return server_.stub().InterruptConnection(As(token).get(), request, &response);
  }
  WatchStream Watch(const std::string& token) {
    WatchStream watch(server_.stub(), {}, {{"authorization", "Bearer " + token}});
    watch.NextOf(v1::CONNECTION_EVENT_TYPE_BOOKMARK);
    return watch;
  }

  const std::string lines_ = TokenLine("eve", "viewer", "look") + TokenLine("olga", "operator", "all");
  const TemporaryFile file_{"tokens", lines_ + TokenLine("vera", "viewer", "also-look")};
  StandardError error_;
  RunningServer server_{FlagsWithTokens()};
};

TEST_F(CallerTest, WhoEndedAConnectionIsRememberedWithIt) {
  Client client = server_.Open();
  WatchStream watch = Watch("look");
  ASSERT_TRUE(Abort(client.id(), "all").ok());
  EXPECT_EQ(Get(client.id()).close().actor(), "olga");
  WatchStream::Response closed = watch.NextOf(v1::CONNECTION_EVENT_TYPE_CLOSED);
  EXPECT_EQ(closed.connection().close().actor(), "olga");
  EXPECT_EQ(closed.connection().close().initiator(), v1::CLOSE_INITIATOR_CONTROL);
}

TEST_F(CallerTest, AndOfManyThatAreEndedAtOnce) {
  Client client = server_.Open();
  v1::InterruptConnectionsRequest request;
  request.set_filter("*");
  request.set_all(true);
  request.set_abort(true);
  const auto context = As("all");
  const auto stream = server_.stub().InterruptConnections(context.get(), request);
  for (v1::InterruptConnectionsResponse response; stream->Read(&response);) {
  }
  ASSERT_TRUE(stream->Finish().ok());
  EXPECT_EQ(Get(client.id()).close().actor(), "olga");
}

TEST_F(CallerTest, WhoWasEndedByNobodyHasNoActor) {
  Client client = server_.Open();
  client.SendClose(1000);
  client.ReadClose();
  client.DrainToEnd();
  ASSERT_TRUE(WaitUntil([&] { return Get(client.id()).state() == v1::CONNECTION_STATE_CLOSED; }));
  EXPECT_EQ(Get(client.id()).close().actor(), "");
}

TEST_F(CallerTest, TheFirstInterruptNamesTheActor) {
  Client client = server_.Open();
  v1::InterruptConnectionRequest request = InterruptOf(client.id());
  v1::InterruptConnectionResponse response;
  request.set_no_wait(true);
  ASSERT_TRUE(server_.stub().InterruptConnection(As("all").get(), request, &response).ok());
  EXPECT_EQ(response.connection().close().actor(), "olga");
  file_.Replace(TokenLine("oscar", "operator", "other") + lines_);
  server_.server().ReloadFiles();
  ASSERT_TRUE(server_.stub().InterruptConnection(As("other").get(), request, &response).ok());
  EXPECT_TRUE(response.joined());
  EXPECT_EQ(response.connection().close().actor(), "olga");
}

TEST_F(CallerTest, TheAuditNamesTheCallerAndTheAddress) {
  Client client = server_.Open();
  ASSERT_TRUE(Abort(client.id(), "all").ok());
  EXPECT_THAT(error_.Read(),
              ContainsRegex("audit method=InterruptConnection caller=olga peer=ipv4:127.0.0.1:[0-9]+ "
                            "connection_id=" +
                            client.id()));
}

TEST_F(CallerTest, WhoIsTurnedAwayLeavesALineWithoutTheToken) {
  EXPECT_EQ(Abort("some-id", "look").error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Abort("some-id", "not-a-token-of-ours").error_code(), grpc::StatusCode::UNAUTHENTICATED);
  const std::string log = error_.Read();
  EXPECT_THAT(log, ContainsRegex("audit method=InterruptConnection caller=eve peer=ipv4:127.0.0.1:[0-9]+ "
                                 "status=PERMISSION_DENIED error=ROLE_INSUFFICIENT "));
  EXPECT_THAT(
      log, ContainsRegex("audit method=InterruptConnection peer=ipv4:127.0.0.1:[0-9]+ status=UNAUTHENTICATED "
                         "error=TOKEN_UNKNOWN "));
  EXPECT_THAT(log, Not(HasSubstr("not-a-token-of-ours")));
}

TEST_F(CallerTest, AFloodOfStrangersDoesNotFloodTheLog) {
  for (int i = 0; i < 200; ++i) CallRaw(server_.channel(), kList, "", {{"authorization", "Bearer guess"}});
  const std::string log = error_.Read();
  size_t lines = 0;
  for (size_t at = 0; (at = log.find(" audit ", at)) != std::string::npos; ++at) ++lines;
  EXPECT_GE(lines, 10u);
  EXPECT_LT(lines, 150u) << "ten a second, and not all of two hundred";
}

TEST_F(CallerTest, AChangedFileIsTakenWithoutBeingAsked) {
  EXPECT_EQ(List("fresh"), grpc::StatusCode::UNAUTHENTICATED);
  file_.Replace(TokenLine("new", "viewer", "fresh"));
  EXPECT_TRUE(WaitUntil([&] { return List("fresh") == grpc::StatusCode::OK; }));
  EXPECT_EQ(List("look"), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_THAT(error_.Read(), HasSubstr(file_.path() + " was read: 1 tokens and certificates may call"));
}

TEST_F(CallerTest, ABadFileIsLoggedAndTheOldOneStays) {
  file_.Replace(lines_ + "mallory root 00\n");
  EXPECT_TRUE(WaitUntil([&] { return error_.Read().find("cannot be used") != std::string::npos; }));
  EXPECT_THAT(error_.Read(), HasSubstr("line 3: the role is \"root\""));
  EXPECT_EQ(List("look"), grpc::StatusCode::OK);
}

TEST_F(CallerTest, AWatchEndsWithItsToken) {
  WatchStream revoked = Watch("also-look");
  WatchStream stays = Watch("look");
  file_.Replace(lines_);
  server_.server().ReloadFiles();
  const auto begin = std::chrono::steady_clock::now();
  const grpc::Status status = revoked.Drain();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(DetailsOf(status).reason, "TOKEN_UNKNOWN");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10))
      << "within a second, were nobody busy";
  const Client client = server_.Open();
  EXPECT_EQ(stays.NextOf(v1::CONNECTION_EVENT_TYPE_OPENED).connection().connection_id(), client.id());
}

TEST_F(CallerTest, ARevokedWatchThatDoesNotReadIsCut) {
  v1::UpdateConnectionRequest update;
  for (int i = 0; i < 32; ++i)
    (*update.mutable_connection()->mutable_labels())["key" + std::to_string(i)] = std::string(200, 'x');
  update.mutable_update_mask()->add_paths("labels");
  const Client client = server_.Open();
  update.mutable_connection()->set_connection_id(client.id());
  WatchStream deaf = Watch("also-look");
  const auto is_stuck = [&] {
    v1::UpdateConnectionResponse response;
    for (int i = 0; i < 100; ++i) {
      (*update.mutable_connection()->mutable_labels())["key0"] += 'y';
      if ((*update.mutable_connection()->mutable_labels())["key0"].size() > 220)
        (*update.mutable_connection()->mutable_labels())["key0"] = "x";
      EXPECT_TRUE(server_.stub().UpdateConnection(As("all").get(), update, &response).ok());
    }
    return server_.server().watches().queued_bytes() > 0;
  };
  ASSERT_TRUE(WaitUntil(is_stuck));
  file_.Replace(lines_);
  server_.server().ReloadFiles();
  EXPECT_TRUE(WaitUntil([&] { return server_.server().watches().size() == 0; }));
}

TEST(NamelessCallerTest, WithoutTokensTheActorIsNobodyAndTheAuditHasTheAddress) {
  InitializeLogging("text", "info");
  const StandardError error;
  RunningServer server;
  Client client = server.Open();
  v1::InterruptConnectionRequest request = InterruptOf(client.id());
  request.set_abort(true);
  ASSERT_TRUE(Interrupt(server, request).status.ok());
  EXPECT_EQ(server.Get(client.id()).close().actor(), "");
  EXPECT_THAT(error.Read(),
              AllOf(ContainsRegex("caller=ipv4:127.0.0.1:[0-9]+ connection_id="), Not(HasSubstr("peer="))));
}

TEST(UnparsedCallerTest, TheRequestOfAStrangerIsNotParsed) {
  const TemporaryFile file("tokens", "");
  Flags flags = TestFlags();
  flags.control_tokens = file.path();
  RunningServer server(flags);
  EXPECT_EQ(CallRaw(server.channel(), kInterrupt, "\x0a\x7f").status.error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
}

}  // namespace
}  // namespace drawbridge
