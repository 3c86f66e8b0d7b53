// How the gateway is reached: its address, TLS, and what says who is calling.
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
  std::string ca_cert;      // PEM file; empty: the system's authorities
  std::string cert;         // PEM file; empty: no certificate is shown
  std::string key;          // PEM file, of `cert`
  std::string server_name;  // that the gateway's certificate must have; empty: the address's
  std::string token_file;   // empty: no token is sent
  bool insecure_token = false;
  bool use_proxy = false;  // that the environment names; only with TLS

  // Any flag that only TLS has use for asks for TLS.
  bool wants_tls() const {
    return tls || !ca_cert.empty() || !cert.empty() || !key.empty() || !server_name.empty();
  }
};

// A flag is wrong, or its file is: one line that names it and never what is in it.
class AccessError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The token in a file, which may be a pipe: its first and only line.
std::string ReadToken(const std::string& path);

// Every call carries the token. Connects with the first one. Follows http_proxy, https_proxy and grpc_proxy
// only where `use_proxy` says so, and never to a loopback address. Throws AccessError, also where a token
// would go over a network in the clear.
std::shared_ptr<grpc::Channel> ChannelTo(const Access& access);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_ACCESS_H_
