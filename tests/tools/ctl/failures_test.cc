// drawbridgectl with a gateway that fails: a watch is resumed, and an update is retried.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/tools/ctl/ctl.h"
#include "tests/tools/ctl/fake_gateway.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using grpc::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

v1::WatchConnectionsResponse Event(v1::ConnectionEventType type, const std::string& id,
                                   bool snapshot = false) {
  v1::WatchConnectionsResponse event;
  event.set_type(type);
  event.mutable_connection()->set_connection_id(id);
  event.mutable_connection()->set_path("/\x1b[2J");
  event.set_resume_token("behind " + id);
  event.set_snapshot(snapshot);
  return event;
}

FakeGateway::Script Says(const std::vector<v1::WatchConnectionsResponse>& events,
                         const grpc::Status& status) {
  return [=](FakeGateway::Writer* writer) {
    for (const auto& event : events) writer->Write(event);
    return status;
  };
}

const auto kOpened = v1::CONNECTION_EVENT_TYPE_OPENED;
const auto kClosed = v1::CONNECTION_EVENT_TYPE_CLOSED;
const grpc::Status kEnough(StatusCode::PERMISSION_DENIED, "enough");

TEST(WatchTest, ItGoesOnBehindTheLastEvent) {
  FakeGateway gateway({Says({Event(kOpened, "a", true)}, {StatusCode::UNAVAILABLE, "restart"}),
                       Says({Event(kOpened, "b")}, {StatusCode::RESOURCE_EXHAUSTED, "too slow"}),
                       Says({}, {StatusCode::UNAVAILABLE, "not yet"}),
                       Says({Event(kClosed, "b")}, grpc::Status::OK), Says({Event(kClosed, "a")}, kEnough)});
  const ChildProcess::Exit exit = Ctl(gateway.address(), {"watch", "--filter", "tls = true"});
  EXPECT_EQ(exit.code, 7);
  EXPECT_THAT(exit.err, HasSubstr("PERMISSION_DENIED: enough"));
  EXPECT_THAT(exit.err, HasSubstr("UNAVAILABLE: restart"));
  EXPECT_EQ(std::ranges::count(exit.out, '\n'), 4) << exit.out;
  std::vector<std::string> tokens;
  for (const auto& request : gateway.requests()) {
    EXPECT_EQ(request.filter(), "tls = true");
    tokens.push_back(request.resume_token());
  }
  EXPECT_THAT(tokens, ElementsAre("", "behind a", "behind b", "behind b", "behind b"));
}

TEST(WatchTest, ATokenThatIsTooOldBeginsAnew) {
  FakeGateway gateway({Says({Event(kOpened, "a")}, {StatusCode::UNAVAILABLE, "restart"}),
                       Says({}, {StatusCode::OUT_OF_RANGE, "too old"}),
                       Says({Event(kOpened, "c", true)}, kEnough)});
  const ChildProcess::Exit exit = Ctl(gateway.address(), {"watch", "--skip_snapshot"});
  EXPECT_THAT(exit.err, HasSubstr("missed"));
  EXPECT_THAT(exit.out, HasSubstr("is here  c"));
  const auto requests = gateway.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_TRUE(requests[0].skip_snapshot());
  EXPECT_EQ(requests[2].resume_token(), "");
  EXPECT_FALSE(requests[2].skip_snapshot()) << "the missed ones show only there";
}

TEST(WatchTest, AfterARestartItBeginsAnew) {
  google::rpc::ErrorInfo info;
  info.set_reason("RESUME_TOKEN_INVALID");
  google::rpc::Status details;
  details.add_details()->PackFrom(info);
  FakeGateway gateway({Says({Event(kOpened, "a")}, {StatusCode::UNAVAILABLE, "restart"}),
                       Says({}, {StatusCode::INVALID_ARGUMENT, "other node", details.SerializeAsString()}),
                       Says({Event(kOpened, "c", true)}, kEnough)});
  EXPECT_THAT(Ctl(gateway.address(), {"watch"}).out, HasSubstr("is here  c"));
  ASSERT_EQ(gateway.requests().size(), 3u);
  EXPECT_EQ(gateway.requests()[2].resume_token(), "");
}

TEST(WatchTest, BeforeTheFirstEventAFailureIsTheEnd) {
  FakeGateway gateway({Says({}, {StatusCode::UNAVAILABLE, "nobody"})});
  EXPECT_EQ(Ctl(gateway.address(), {"watch"}).code, 4);
}

TEST(WatchTest, ItGivesUpInTheEnd) {
  FakeGateway gateway({Says({Event(kOpened, "a")}, {StatusCode::UNAVAILABLE, "gone"}),
                       Says({}, {StatusCode::UNAVAILABLE, "still gone"})});
  const ChildProcess::Exit exit = Ctl(gateway.address(), {"watch", "--retry_for=50ms"});
  EXPECT_EQ(exit.code, 4);
  EXPECT_THAT(exit.err, HasSubstr("still gone"));
}

TEST(WatchTest, ItEndsAfterSoManyEvents) {
  v1::WatchConnectionsResponse bookmark;
  bookmark.set_type(v1::CONNECTION_EVENT_TYPE_BOOKMARK);
  const auto script =
      Says({Event(kOpened, "a"), bookmark, Event(kClosed, "a"), Event(kOpened, "b")}, kEnough);
  FakeGateway gateway({script, script});
  const ChildProcess::Exit people = Ctl(gateway.address(), {"watch", "--limit=2"});
  EXPECT_EQ(people.code, 0) << people.err;
  EXPECT_THAT(people.out, HasSubstr("closed"));
  EXPECT_THAT(people.out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(people.out, HasSubstr("/\\x1b[2J"));
  const ChildProcess::Exit json = Ctl(gateway.address(), {"watch", "--limit=2", "-o", "json"});
  EXPECT_THAT(json.out, HasSubstr("CONNECTION_EVENT_TYPE_BOOKMARK"));
  EXPECT_THAT(json.out, Not(HasSubstr("\x1b")));
}

TEST(LabelTest, WhoWasFasterIsNotOverwritten) {
  FakeGateway gateway({});
  gateway.set_stale_updates(3);
  EXPECT_EQ(Ctl(gateway.address(), {"label", "an-id", "a=b"}).out, "an-id a=b\n");
  EXPECT_EQ(gateway.updates(), 4);
}

TEST(LabelTest, ItIsNotTriedForEver) {
  FakeGateway gateway({});
  gateway.set_stale_updates(1000);
  const ChildProcess::Exit exit = Ctl(gateway.address(), {"label", "an-id", "a=b"});
  EXPECT_EQ(exit.code, 1);
  EXPECT_THAT(exit.err, HasSubstr("ABORTED"));
  EXPECT_EQ(gateway.updates(), 8);
}

}  // namespace
}  // namespace drawbridge
