// The file that says who may call: digests of tokens and names of certificates, each with a role.
#ifndef DRAWBRIDGE_SERVICES_AUTH_KNOWN_CALLERS_H_
#define DRAWBRIDGE_SERVICES_AUTH_KNOWN_CALLERS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "services/auth/role.h"

namespace drawbridge {

// The file cannot be used. what() is one line that names the line, what is there and what is wanted. It never
// repeats what could be a token that somebody put in the wrong place.
class CallersError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using TokenDigest = std::array<uint8_t, 32>;  // SHA-256

TokenDigest DigestOf(std::string_view token);

// One who may call.
struct Principal {
  std::string name;  // "ci"; of a certificate "cert:ops", which no token can be named
  Role role;
};

// Never changed, only replaced as a whole. Its lines:
//
//     # comment, also behind a line
//     NAME ROLE SHA256HEX       a token; a name may stand in several lines, as it does while one is renewed
//     cert:SUBJECT ROLE         a client certificate with this name: see peer_certificate.h
class KnownCallers {
 public:
  static constexpr size_t kMaxBytes = 1 << 20;
  static constexpr size_t kMaxEntries = 1000;  // each is compared with every token that comes
  static constexpr size_t kMaxName = 64;
  static constexpr size_t kMaxSubject = 256;

  // Throws CallersError.
  static KnownCallers Parse(std::string_view text);

  // Null where there is none. Takes as long whatever the token is, and whether it is there or not: all
  // digests are compared, each in constant time. The pointer lives as long as this.
  const Principal* FindToken(const TokenDigest& digest) const;
  const Principal* FindCertificate(const std::string& subject) const;

  size_t size() const { return tokens_.size() + certificates_.size(); }

 private:
  void AddLine(std::string_view line, size_t number);
  void AddToken(std::string_view line, size_t number);
  void AddCertificate(std::string_view line, size_t number);

  struct Token {
    TokenDigest digest;
    size_t line;
    Principal principal;
  };
  struct Certificate {
    size_t line;
    Principal principal;
  };
  std::vector<Token> tokens_;
  std::map<std::string, Certificate> certificates_;  // by subject
};

// A file's contents as they are now. Throws CallersError where it cannot be read, is no regular file or
// is too large. `exposed`: it may be read or written by others than its owner and group. Blocks on the file
// system.
std::string ReadCallersFile(const std::string& path, bool* exposed);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_AUTH_KNOWN_CALLERS_H_
