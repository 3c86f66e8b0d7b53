// `token`: creates a token, and its line for the file in --control_tokens.
#include <fmt/format.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "tools/ctl/define.h"
#include "tools/ctl/output.h"

namespace drawbridge::ctl {
namespace {

constexpr size_t kMaxName = 64;

struct Flags {
  std::string name;
  std::string role;
};

bool IsName(const std::string& name) {
  return !name.empty() && name.size() <= kMaxName && std::ranges::all_of(name, [](char c) {
    return absl::ascii_isalnum(c) || std::string_view("_.@-").find(c) != std::string_view::npos;
  });
}

// 256 random bits cannot be guessed, also not from a fast digest. The prefix lets secret scanners find leaked
// tokens.
std::string DrawToken() {
  std::string bits(32, '\0');
  if (::RAND_bytes(reinterpret_cast<uint8_t*>(bits.data()), static_cast<int>(bits.size())) != 1)
    throw std::runtime_error("cannot generate random numbers");
  return "drawbridge_" + absl::WebSafeBase64Escape(bits);
}

std::string DigestOf(const std::string& token) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  ::SHA256(reinterpret_cast<const uint8_t*>(token.data()), token.size(),
           reinterpret_cast<uint8_t*>(digest.data()));
  return absl::BytesToHexString(digest);
}

ExitCode Draw(const Flags& flags, Session& session) {
  const std::string token = DrawToken();
  const std::string line = fmt::format("{} {} {}", flags.name, flags.role, DigestOf(token));
  if (session.json) {
    Print(fmt::format("{{\"token\":\"{}\",\"line\":\"{}\"}}\n", token, line));
    return ExitCode::kOk;
  }
  Print(token + "\n");
  std::fputs((line + "\n").c_str(), stderr);
  return ExitCode::kOk;
}

}  // namespace

void DefineToken(CLI::App& app, Action* chosen) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* token = Subcommand(
      app, "token", "Create a token on standard output, and its line for --control_tokens on standard error",
      "  (umask 077; drawbridgectl token ci sender >ci.token 2>>tokens)\n"
      "  drawbridgectl token alice operator -o json\n",
      flags, Draw, chosen);
  token
      ->add_option_function<std::string>(
          "NAME",
          [flags](const std::string& name) {
            if (!IsName(name)) {
              throw CLI::ValidationError(fmt::format(
                  "NAME is \"{}\": must be 1 to {} characters of [A-Za-z0-9_.@-]", name, kMaxName));
            }
            flags->name = name;
          },
          "Name of the caller, as shown in the log and on closed connections")
      ->required()
      ->type_name("");
  token
      ->add_option_function<std::string>(
          "ROLE",
          [flags](const std::string& role) {
            if (role != "viewer" && role != "sender" && role != "operator") {
              throw CLI::ValidationError("ROLE is \"" + role + "\": must be one of viewer, sender, operator");
            }
            flags->role = role;
          },
          "viewer reads, sender also sends and labels, operator may do everything")
      ->required()
      ->type_name("viewer|sender|operator");
}

}  // namespace drawbridge::ctl
