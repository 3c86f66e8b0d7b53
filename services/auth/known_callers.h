// The file of the callers of the control API: digests of tokens and names of certificates, each with a role.
#ifndef DRAWBRIDGE_SERVICES_AUTH_KNOWN_CALLERS_H_
#define DRAWBRIDGE_SERVICES_AUTH_KNOWN_CALLERS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/token_digest.h"
#include "services/auth/role.h"

namespace drawbridge {

// The file cannot be used. what() is one line that names the line in the file, its problem and what it must
// be. It never repeats a word that could be a misplaced token.
class CallersError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A known caller.
struct Principal {
  std::string name;  // "ci"; for a certificate "cert:ops", which is not a valid name for a token
  Role role;
};

// Immutable, so thread-safe. The lines of the file:
//
//     # comment, also at the end of a line
//     NAME ROLE SHA256HEX       a token; a name may have several lines, as during the renewal of its token
//     cert:SUBJECT ROLE         a client certificate with this name: see peer_certificate.h
class KnownCallers {
 public:
  static constexpr size_t kMaxBytes = 1 << 20;
  static constexpr size_t kMaxEntries = 1000;  // each call compares its token with all of them
  static constexpr size_t kMaxName = 64;
  static constexpr size_t kMaxSubject = 256;

  // Throws CallersError.
  static KnownCallers Parse(std::string_view text);

  // Null if it is unknown. The time does not depend on the token: all digests are compared, each in constant
  // time. The pointer is valid as long as this object.
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

// Returns the contents of the file, of a file that is too large the first kMaxBytes + 1 bytes. Throws
// CallersError if it is not a regular file or cannot be read. `exposed` is set to whether users other than
// its owner and group can read or write it. Blocks on the file system.
std::string ReadCallersFile(const std::string& path, bool* exposed);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_AUTH_KNOWN_CALLERS_H_
