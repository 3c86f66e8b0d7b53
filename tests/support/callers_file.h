// Builds lines of the --control_tokens file.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_CALLERS_FILE_H_
#define DRAWBRIDGE_TESTS_SUPPORT_CALLERS_FILE_H_

#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <string>

namespace drawbridge {

inline std::string TokenLine(const std::string& name, const std::string& role, const std::string& token) {
  std::array<uint8_t, SHA256_DIGEST_LENGTH> digest{};
  ::SHA256(reinterpret_cast<const uint8_t*>(token.data()), token.size(), digest.data());
  std::string line = name + " " + role + " ";
  for (const uint8_t byte : digest) {
    line += "0123456789abcdef"[byte >> 4];
    line += "0123456789abcdef"[byte & 15];
  }
  return line + "\n";
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_CALLERS_FILE_H_
