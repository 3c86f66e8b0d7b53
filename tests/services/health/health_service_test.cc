// The health service over a channel in this process.
#include "services/health/health_service.h"

#include <grpcpp/client_context.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "gateway/base/clock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "services/auth/authenticator.h"
#include "services/auth/guard.h"
#include "tests/support/patience.h"
#include "tests/support/status_details.h"

namespace drawbridge {
namespace {

namespace v1 = grpc::health::v1;
using v1::HealthCheckResponse;

class HealthServiceTest : public ::testing::Test {
 public:
  ~HealthServiceTest() override { server_->Shutdown(std::chrono::system_clock::now()); }

 protected:
  class WatchStream {
   public:
    WatchStream(v1::Health::Stub& stub, const std::string& service, std::chrono::milliseconds timeout) {
      v1::HealthCheckRequest request;
      request.set_service(service);
      context_.set_deadline(std::chrono::system_clock::now() + timeout);
      reader_ = stub.Watch(&context_, request);
    }
    HealthCheckResponse::ServingStatus Next() {
      HealthCheckResponse response;
      EXPECT_TRUE(reader_->Read(&response));
      return response.status();
    }
    // Reads to the end and expects no further response.
    grpc::Status End() {
      HealthCheckResponse response;
      EXPECT_FALSE(reader_->Read(&response)) << response.ShortDebugString();
      return reader_->Finish();
    }
    void Cancel() { context_.TryCancel(); }

   private:
    grpc::ClientContext context_;
    std::unique_ptr<grpc::ClientReader<HealthCheckResponse>> reader_;
  };

  HealthServiceTest() : health_(&guard_, {"", "a.Service"}) {
    grpc::ServerBuilder builder;
    builder.RegisterService(&health_.service());
    server_ = builder.BuildAndStart();
    stub_ = v1::Health::NewStub(server_->InProcessChannel({}));
  }
  WatchStream Watch(const std::string& service, std::chrono::milliseconds timeout = kPatience) {
    return WatchStream(*stub_, service, timeout);
  }
  grpc::Status Check(const std::string& service, HealthCheckResponse* response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    v1::HealthCheckRequest request;
    request.set_service(service);
    return stub_->Check(&context, request, response);
  }

  const SystemClock clock_;
  const Authenticator authenticator_;
  Guard guard_{&authenticator_, &clock_};
  HealthService health_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::Health::Stub> stub_;
};

TEST_F(HealthServiceTest, AChecksAnswerIsTheStatusNow) {
  HealthCheckResponse response;
  EXPECT_TRUE(Check("a.Service", &response).ok());
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  health_.Set("a.Service", true);
  EXPECT_TRUE(Check("a.Service", &response).ok());
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  EXPECT_TRUE(Check("", &response).ok());
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
}

TEST_F(HealthServiceTest, AnUnknownServiceIsNotFoundByACheckAndToldByAWatch) {
  HealthCheckResponse response;
  const grpc::Status status = Check("no.such", &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(DetailsOf(status).reason, "SERVICE_UNKNOWN");
  WatchStream watch = Watch("no.such");
  EXPECT_EQ(watch.Next(), HealthCheckResponse::SERVICE_UNKNOWN);
  watch.Cancel();
}

// gRPC's own service repeats SERVING each time that it is set, which was once a second.
TEST_F(HealthServiceTest, AWatchIsToldChangesOnly) {
  health_.Set("", true);
  WatchStream watch = Watch("");
  EXPECT_EQ(watch.Next(), HealthCheckResponse::SERVING);
  for (int i = 0; i < 100; ++i) health_.Set("", true);
  health_.Set("a.Service", true);
  health_.Set("", false);
  EXPECT_EQ(watch.Next(), HealthCheckResponse::NOT_SERVING);
  health_.Set("", false);
  health_.Set("", true);
  EXPECT_EQ(watch.Next(), HealthCheckResponse::SERVING);
  health_.EndWatches();
  EXPECT_EQ(DetailsOf(watch.End()).reason, "NODE_GONE");
}

TEST_F(HealthServiceTest, WhenTheNodeGoesAWatchHearsTheLastStatusAndEnds) {
  health_.Set("", true);
  WatchStream watch = Watch("");
  EXPECT_EQ(watch.Next(), HealthCheckResponse::SERVING);
  health_.Set("", false);
  health_.EndWatches();
  EXPECT_EQ(watch.Next(), HealthCheckResponse::NOT_SERVING);
  const grpc::Status status = watch.End();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(DetailsOf(status).reason, "NODE_GONE");
}

TEST_F(HealthServiceTest, AWatchIsAnsweredBeforeItsDeadline) {
  WatchStream watch = Watch("", std::chrono::milliseconds(1500));
  EXPECT_EQ(watch.Next(), HealthCheckResponse::NOT_SERVING);
  const grpc::Status status = watch.End();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(DetailsOf(status).reason, "DEADLINE_EXCEEDED") << "gRPC's own has no details";
}

TEST_F(HealthServiceTest, AWatchWhoseClientLeavesGivesItsPlaceBack) {
  for (size_t i = 0; i < HealthService::kMaxWatches + 10; ++i) {
    WatchStream watch = Watch("");
    EXPECT_EQ(watch.Next(), HealthCheckResponse::NOT_SERVING);
    watch.Cancel();
    EXPECT_EQ(watch.End().error_code(), grpc::StatusCode::CANCELLED);
  }
}

}  // namespace
}  // namespace drawbridge
