// How drawbridgectl connects to the gateway: address, TLS and credentials.
#ifndef DRAWBRIDGE_TOOLS_CTL_ACCESS_H_
#define DRAWBRIDGE_TOOLS_CTL_ACCESS_H_

#include <grpcpp/channel.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace drawbridge::ctl {

struct Access {
  std::string address = "127.0.0.1:9090";
  bool tls = false;
  std::string ca_cert;      // PEM file; empty: the system's certificate authorities
  std::string cert;         // PEM file; empty: no client certificate is sent
  std::string key;          // PEM file with the private key of `cert`
  std::string server_name;  // name that the gateway's certificate must have; empty: the host of `address`
  std::string token_file;   // empty: no token is sent
  bool insecure_token = false;
  bool use_proxy = false;  // use the proxy from the environment; only with TLS

  // Any flag that only TLS uses implies TLS.
  bool wants_tls() const {
    return tls || !ca_cert.empty() || !cert.empty() || !key.empty() || !server_name.empty();
  }
};

// A flag or the file that it names is invalid. The message is one line that names the flag and never contains
// the contents of the file.
class AccessError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Returns the token in a file: its first and only line. The file may be a pipe. Throws AccessError.
std::string ReadToken(const std::string& path);

// Returns a channel that sends the token with every call. It connects at the first call. It uses http_proxy,
// https_proxy and grpc_proxy only if `use_proxy` is set, and never for a loopback address. Throws
// AccessError, also if a token would be sent over a network without encryption.
std::shared_ptr<grpc::Channel> ChannelTo(const Access& access);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_ACCESS_H_
