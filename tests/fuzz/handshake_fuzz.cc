// The reader of HTTP requests on arbitrary bytes: the verdict is the same however the input is cut, and no
// answer contains lines or headers that the client has injected.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/base/utf8.h"
#include "gateway/listener/cors.h"
#include "gateway/listener/deflate_negotiation.h"
#include "gateway/listener/extensions.h"
#include "gateway/listener/handshake.h"
#include "gateway/listener/http_answer.h"
#include "gateway/listener/request_reader.h"
#include "gateway/listener/token_list.h"
#include "tests/fuzz/chunks.h"

namespace drawbridge {
namespace {

constexpr char kIncomplete[] = "incomplete";

// The answer to the client's offer; it must be a valid offer itself.
std::string Compression(const UpgradeRequest& request) {
  const DeflateOptions options{
      .server_window_bits = 12, .client_window_bits = 11, .client_context_takeover = true};
  const auto answer = NegotiateDeflate(request.extensions, options);
  if (!answer.has_value()) return {};
  const auto read_back = ParseExtensions(answer->header);
  if (!read_back.has_value() || read_back->size() != 1 || !NegotiateDeflate(*read_back, options).has_value())
    Broken("a bad answer: " + answer->header);
  if (answer->agreement.server_window_bits > 12) Broken("too wide a window: " + answer->header);
  if (answer->agreement.client_context_takeover && answer->agreement.client_window_bits > 11)
    Broken("too wide a window is kept: " + answer->header);
  return answer->header;
}

// The answer to the client, and what the session gets.
std::string Account(const Verdict& verdict, bool is_head, std::string_view rest) {
  if (const auto* answer = std::get_if<HttpAnswer>(&verdict)) {
    if (answer->text.find_first_of("\r\n") != std::string::npos) Broken("an answer of several lines");
    return Serialize(*answer, WallTime(), is_head);
  }
  if (const auto* renewal = std::get_if<RenewalRequest>(&verdict)) {
    for (const std::string* kept : {&renewal->origin, &renewal->host}) {
      if (kept->size() > kMaxKeptText || !IsUtf8(*kept)) Broken("kept what must not be kept: " + *kept);
    }
    if (renewal->body_bytes > kMaxRenewalBytes) Broken("a body over the bound");
    const HttpAnswer answer = renewal->fault.value_or(PreflightAnswer());
    if (answer.text.find_first_of("\r\n") != std::string::npos) Broken("an answer of several lines");
    return Serialize(answer, WallTime()) + CorsHeaders(renewal->origin) + "\nrest: " + std::string(rest);
  }
  const auto& request = std::get<UpgradeRequest>(verdict);
  for (const std::string* kept : {&request.path, &request.user_agent, &request.origin, &request.host}) {
    if (kept->size() > kMaxKeptText || !IsUtf8(*kept)) Broken("kept what must not be kept: " + *kept);
  }
  const std::string deflate = Compression(request);
  if (!std::ranges::all_of(request.subprotocols, [](const std::string& each) { return IsToken(each); }))
    Broken("a subprotocol that is no token");
  const std::string subprotocol = request.subprotocols.empty() ? "" : request.subprotocols.front();
  const std::string response = SwitchingProtocols(
      {.accept = request.accept, .connection_id = "id", .subprotocol = subprotocol, .extensions = deflate},
      WallTime());
  const auto lines = std::ranges::count(response, '\n');
  if (lines != 7 + (subprotocol.empty() ? 0 : 1) + (deflate.empty() ? 0 : 1))
    Broken("a header smuggled in: " + response);
  return response + request.path + request.user_agent + request.origin + "\nrest: " + std::string(rest);
}

std::string Feed(std::string_view input, Chunks* chunks) {
  RequestReader reader;
  while (!input.empty()) {
    const std::string_view piece = input.substr(0, chunks == nullptr ? input.size() : chunks->Next());
    std::vector<char> memory(piece.begin(), piece.end());
    input.remove_prefix(piece.size());
    if (const auto verdict = reader.Feed(memory)) {
      std::string rest;
      if (!std::holds_alternative<HttpAnswer>(*verdict))
        rest.assign(reader.rest().begin(), reader.rest().end());
      return Account(*verdict, reader.is_head(), rest.append(input));
    }
  }
  return kIncomplete;
}

bool IsTooLong(const std::string& answer) {
  return answer.starts_with("HTTP/1.1 414 ") || answer.starts_with("HTTP/1.1 431 ") ||
         answer.find("the request line is over ") != std::string::npos;
}

// The parser examines a header in pieces only when all of it has arrived. So it may find a fault later than
// in a header that arrives at once, or never if the header does not end.
bool IsOnlyLater(const std::string& whole, const std::string& pieces) {
  return whole.starts_with("HTTP/1.1 400 ") &&
         (whole.find("malformed HTTP request") != std::string::npos || whole.ends_with("\r\n\r\n")) &&
         (pieces == kIncomplete || IsTooLong(pieces));
}

// The first byte chooses the pieces.
void Run(std::string_view input) {
  if (input.empty()) return;
  Chunks chunks(static_cast<uint8_t>(input[0]));
  input.remove_prefix(1);
  const std::string whole = Feed(input, nullptr);
  const std::string pieces = Feed(input, &chunks);
  if (whole != pieces && !IsOnlyLater(whole, pieces))
    Broken("as a whole:\n" + whole + "\nin pieces:\n" + pieces);
}

}  // namespace
}  // namespace drawbridge

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  drawbridge::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
