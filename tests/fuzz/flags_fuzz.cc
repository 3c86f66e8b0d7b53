// Arbitrary command lines, flag files and environments: flags within their bounds, or one line and exit code
// 2.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "gateway/base/ascii.h"
#include "gateway/listener/address.h"
#include "services/server/flags.h"
#include "tests/fuzz/chunks.h"

namespace drawbridge {
namespace {

void CheckTaken(const Flags& flags) {
  const bool good = SocketAddress::Parse(flags.listen).has_value() && !flags.node_id.empty() &&
                    flags.node_id.size() <= 40 && flags.io_threads >= 1 && flags.io_threads <= 256 &&
                    flags.max_connections >= 1 && flags.max_connections <= 1000 &&
                    flags.max_message_bytes >= 1 && flags.send_queue_bytes >= 1024 &&
                    flags.handshake_timeout.count() > 0 && flags.ping_interval.count() >= 0 &&
                    flags.idle_timeout.count() >= 0 &&
                    (flags.control_insecure || SocketAddress::Parse(flags.control_listen)->is_loopback() ||
                     (!flags.control_tokens.empty() && !flags.control_tls_cert.empty()));
  if (!good) Broken("flags out of bounds");
}

void CheckExit(const EarlyExit& exit) {
  if (exit.code == 0) return;
  if (exit.code != 2) Broken("exit code " + std::to_string(exit.code));
  if (std::ranges::count(exit.text, '\n') != 1 || !exit.text.ends_with('\n') ||
      !exit.text.starts_with("drawbridge: "))
    Broken("not one line: " + exit.text);
}

void Parse(const std::vector<std::string>& args) {
  std::vector<const char*> argv = {"drawbridge"};
  for (const std::string& arg : args) argv.push_back(arg.c_str());
  const Machine machine{.host_name = "fuzz", .cores = 2, .descriptors = 1000};
  const auto parsed = ParseFlags(static_cast<int>(argv.size()), argv.data(), machine);
  std::visit(
      [](const auto& result) {
        if constexpr (std::is_same_v<std::decay_t<decltype(result)>, Flags>) {
          CheckTaken(result);
        } else {
          CheckExit(result);
        }
      },
      parsed);
}

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\0'), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

void ParseArguments(std::string_view text) {
  std::vector<std::string> args = Split(text);
  // It could name any file of this machine.
  std::erase_if(args, [](const std::string& arg) { return arg.find("flagfile") != std::string::npos; });
  Parse(args);
}

void ParseFile(std::string_view text) {
  const int file = ::memfd_create("flags", 0);
  if (::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size())) {
    Parse({"--flagfile=/proc/self/fd/" + std::to_string(file)});
  }
  ::close(file);
}

// NAME=VALUE, without the prefix.
void ParseEnvironment(std::string_view text) {
  std::vector<std::string> names;
  for (const std::string& each : Split(text)) {
    if (ToLower(each).starts_with("flagfile")) continue;  // any file of this machine
    const size_t equals = std::min(each.find('='), each.size());
    names.push_back("DRAWBRIDGE_" + each.substr(0, equals));
    ::setenv(names.back().c_str(), each.c_str() + std::min(equals + 1, each.size()), 1);
  }
  Parse({});
  for (const std::string& name : names) ::unsetenv(name.c_str());
}

// The first byte chooses where the flags come from; NUL separates the parts.
void Run(std::string_view input) {
  if (input.empty()) return;
  const char from = input[0];
  input.remove_prefix(1);
  switch (from) {
    case 'f':
      return ParseFile(input);
    case 'e':
      return ParseEnvironment(input);
    default:
      return ParseArguments(input);
  }
}

}  // namespace
}  // namespace drawbridge

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  drawbridge::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
