// Server reflection over a real channel, by both of its service names.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "tests/support/patience.h"
#include "tests/support/running_server.h"
#include "tests/support/status_details.h"

namespace drawbridge {
namespace {

using grpc::StatusCode;
using ::testing::ElementsAre;

struct V1 {
  using Service = grpc::reflection::v1::ServerReflection;
  using Request = grpc::reflection::v1::ServerReflectionRequest;
  using Response = grpc::reflection::v1::ServerReflectionResponse;
};
struct V1Alpha {
  using Service = grpc::reflection::v1alpha::ServerReflection;
  using Request = grpc::reflection::v1alpha::ServerReflectionRequest;
  using Response = grpc::reflection::v1alpha::ServerReflectionResponse;
};

// One reflection stream, as a tool uses it.
template <typename Version>
class Stream {
 public:
  explicit Stream(RunningServer& server) : stub_(Version::Service::NewStub(server.channel())) {
    context_->set_deadline(std::chrono::system_clock::now() + 2 * kPatience);
    stream_ = stub_->ServerReflectionInfo(context_.get());
  }

  // Older compilers need the `typename` that newer linters call redundant.
  // NOLINTBEGIN(readability-redundant-typename)
  typename Version::Response Ask(const typename Version::Request& request) {
    typename Version::Response response;
    EXPECT_TRUE(stream_->Write(request));
    EXPECT_TRUE(stream_->Read(&response));
    return response;
  }
  typename Version::Response Symbol(const std::string& name) {
    typename Version::Request request;
    request.set_file_containing_symbol(name);
    return Ask(request);
  }
  bool Write(const typename Version::Request& request) { return stream_->Write(request); }
  // NOLINTEND(readability-redundant-typename)
  // Ends the requests, reads the remaining responses and returns the status.
  grpc::Status End() {
    stream_->WritesDone();
    return Finish();
  }
  grpc::Status Finish() {
    for (typename Version::Response response; stream_->Read(&response);) {
    }
    return stream_->Finish();
  }
  void Cancel() { context_->TryCancel(); }

 private:
  std::unique_ptr<grpc::ClientContext> context_ = std::make_unique<grpc::ClientContext>();
  std::unique_ptr<typename Version::Service::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<typename Version::Request, typename Version::Response>> stream_;
};

template <typename Version>
class ReflectionTest : public ::testing::Test {
 protected:
  RunningServer server_;
};
using Versions = ::testing::Types<V1, V1Alpha>;
TYPED_TEST_SUITE(ReflectionTest, Versions);

TYPED_TEST(ReflectionTest, ListsEveryServiceAndDescribesEachWithAllThatItNeeds) {
  Stream<TypeParam> stream(this->server_);
  typename TypeParam::Request request;
  request.set_list_services("");
  std::vector<std::string> services;
  const auto list = stream.Ask(request);
  for (const auto& service : list.list_services_response().service()) services.push_back(service.name());
  EXPECT_THAT(services,
              ElementsAre("drawbridge.control.v1.BanService", "drawbridge.control.v1.ConnectionService",
                          "drawbridge.control.v1.NodeService", "grpc.health.v1.Health",
                          "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"));
  for (const std::string& service : services) {
    // Builds the descriptors as a tool does: on a new stream, so that the server sends every file, with
    // imports first.
    const auto answer = Stream<TypeParam>(this->server_).Symbol(service);
    const auto& files = answer.file_descriptor_response().file_descriptor_proto();
    google::protobuf::DescriptorPool pool;
    for (int i = files.size() - 1; i >= 0; --i) {
      google::protobuf::FileDescriptorProto file;
      ASSERT_TRUE(file.ParseFromString(files[i]));
      EXPECT_NE(pool.BuildFile(file), nullptr) << file.name();
    }
    EXPECT_NE(pool.FindServiceByName(service), nullptr) << service;
  }
  EXPECT_TRUE(stream.End().ok());
}

TYPED_TEST(ReflectionTest, FieldsCarryTheirJsonNames) {
  const auto answer = Stream<TypeParam>(this->server_).Symbol("drawbridge.control.v1.Connection");
  google::protobuf::FileDescriptorProto file;
  ASSERT_TRUE(file.ParseFromString(answer.file_descriptor_response().file_descriptor_proto(0)));
  int fields = 0;
  for (const auto& message : file.message_type()) {
    for (const auto& field : message.field()) {
      EXPECT_TRUE(field.has_json_name()) << message.name() << "." << field.name();
      if (field.name() == "connection_id") {
        EXPECT_EQ(field.json_name(), "connectionId");
        ++fields;
      }
    }
  }
  EXPECT_GE(fields, 4);
}

TYPED_TEST(ReflectionTest, TheDetailsOfAnErrorCanBeDescribed) {
  for (const std::string type : {"google.rpc.ErrorInfo", "google.rpc.BadRequest", "google.rpc.Status"})
    EXPECT_TRUE(Stream<TypeParam>(this->server_).Symbol(type).has_file_descriptor_response()) << type;
}

TYPED_TEST(ReflectionTest, AStreamOutlivesWhatItCannotAnswer) {
  Stream<TypeParam> stream(this->server_);
  EXPECT_EQ(stream.Symbol("no.such.Symbol").error_response().error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(stream.Ask({}).error_response().error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(stream.Symbol("grpc.health.v1.Health").has_file_descriptor_response());
  EXPECT_TRUE(stream.End().ok());
}

TYPED_TEST(ReflectionTest, ALongRequestIsRefused) {
  Stream<TypeParam> stream(this->server_);
  EXPECT_TRUE(stream.Symbol(std::string(16'000, 'x')).has_error_response());
  typename TypeParam::Request request;
  request.set_file_containing_symbol(std::string(20'000, 'x'));
  stream.Write(request);
  const grpc::Status status = stream.Finish();
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(DetailsOf(status).reason, "REQUEST_TOO_LONG");
}

int Threads() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    int threads = 0;
    if (word == "Threads:" && status >> threads) return threads;
  }
  return -1;
}

TEST(ReflectionStreamsTest, HoldNoThreadAndAreBounded) {
  RunningServer server;
  std::vector<std::unique_ptr<Stream<V1>>> streams;
  const auto open = [&] {
    streams.push_back(std::make_unique<Stream<V1>>(server));
    EXPECT_TRUE(streams.back()->Symbol("grpc.health.v1.Health").has_file_descriptor_response());
  };
  open();
  const int before = Threads();
  while (streams.size() < 256) open();
  EXPECT_LT(Threads(), before + 20);
  const grpc::Status refused = Stream<V1>(server).Finish();
  EXPECT_EQ(refused.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(DetailsOf(refused).reason, "TOO_MANY_REFLECTION_STREAMS");
  for (const auto& stream : streams) stream->Cancel();
  for (const auto& stream : streams) EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
  EXPECT_TRUE(WaitUntil([&] { return Stream<V1>(server).End().ok(); })) << "the places are given back";
}

TEST(ReflectionStreamsTest, OneThatIsOpenDoesNotHoldUpAShutdown) {
  RunningServer server;
  Stream<V1> stream(server);
  EXPECT_TRUE(stream.Symbol("grpc.health.v1.Health").has_file_descriptor_response());
  server.server().Shutdown();
  EXPECT_FALSE(stream.Finish().ok());
}

}  // namespace
}  // namespace drawbridge
