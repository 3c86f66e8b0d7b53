#include "services/auth/port_credentials.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/slice.h>

#include <string_view>
#include <utility>

#include "services/auth/peer_certificate.h"

namespace drawbridge {
namespace {

std::string_view TextOf(const grpc_slice& slice) {
  return {reinterpret_cast<const char*>(GRPC_SLICE_START_PTR(slice)), GRPC_SLICE_LENGTH(slice)};
}

class PortCredentials final : public grpc::ServerCredentials {
 public:
  explicit PortCredentials(PortOptions options)
      : options_(std::make_shared<const PortOptions>(std::move(options))) {}

  // Ignored: AddPortToServer sets a processor of its own.
  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>& /*processor*/) override {}

 private:
  using Shared = std::shared_ptr<const PortOptions>;

  int AddPortToServer(const std::string& address, grpc_server* server) override {
    grpc_server_credentials* const credentials = options_->certificates == nullptr
                                                     ? grpc_insecure_server_credentials_create()
                                                     : options_->certificates->NewCredentials();
    grpc_server_credentials_set_auth_metadata_processor(
        credentials, {.process = &Process, .destroy = &Destroy, .state = new Shared(options_)});
    const int port = grpc_server_add_http2_port(server, address.c_str(), credentials);
    grpc_server_credentials_release(credentials);
    return port;
  }

  // gRPC calls it for each call when the headers have arrived, on any thread.
  static void Process(void* state, grpc_auth_context* context, const grpc_metadata* headers, size_t count,
                      grpc_process_auth_metadata_done_cb done, void* call) {
    const PortOptions& options = **static_cast<Shared*>(state);
    std::string_view method;
    Presented presented;
    for (size_t i = 0; i < count; ++i) {
      const std::string_view name = TextOf(headers[i].key);
      if (name == ":path") method = TextOf(headers[i].value);
      if (name == "authorization") presented.authorization.push_back(TextOf(headers[i].value));
    }
    grpc::Status status;
    if (options.guard->door() == Guard::Door::kServicesGone || !options.guarded_methods.contains(method)) {
      presented.certificate = CertificateName(context);
      Caller caller;
      status = options.guard->Admit(method, presented, "", &caller);
    }
    done(call, nullptr, 0, nullptr, 0, static_cast<grpc_status_code>(status.error_code()),
         status.error_message().c_str());
  }

  static void Destroy(void* state) { delete static_cast<Shared*>(state); }

  const Shared options_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> NewPortCredentials(PortOptions options) {
  return std::make_shared<PortCredentials>(std::move(options));
}

}  // namespace drawbridge
