#include "tests/conformance/deflate_case.h"

#include <random>
#include <utility>

namespace drawbridge::conformance {
namespace {

std::vector<std::string> operator+(std::vector<std::string> flags, const std::vector<std::string>& more) {
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

}  // namespace

std::vector<std::string> Deflating(const std::vector<std::string>& more) {
  return std::vector<std::string>{"--permessage_deflate"} + more;
}

std::vector<std::string> DeflatingWithTakeover(const std::vector<std::string>& more) {
  return Deflating({"--deflate_server_context_takeover", "--deflate_client_context_takeover"}) + more;
}

std::vector<std::string> Inflating(const std::vector<std::string>& more) {
  return Deflating({"--deflate_min_bytes=1073741824"}) + more;
}

std::string Offer(const std::string& parameters) {
  return "Sec-WebSocket-Extensions: permessage-deflate" + parameters;
}

RequestCase Accepted(std::string name, const std::string& header, const std::string& parameters, int line,
                     const char* file) {
  return {std::move(name), Request({header}) + Compressed(kHello),
          Switches(Offer(parameters) + "\r\n", {TextOf("Hello")}), file, line};
}

RequestCase Declined(std::string name, const std::string& header, int line, const char* file) {
  return {std::move(name), Request({header}) + Compressed(kHello), Switches("", {FailedWith(1002)}), file,
          line};
}

std::string Named(std::initializer_list<std::string_view> parts) {
  std::string name;
  for (const std::string_view part : parts) name += part;
  return name;
}

Answer FailedAsCorrupt() { return FailedWith(1007, "invalid deflate data"); }

std::string Noise(size_t size, unsigned seed) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::minstd_rand random(seed);
  std::string noise(size, ' ');
  for (char& letter : noise) letter = kLetters[random() / 7919 % kLetters.size()];
  return noise;
}

}  // namespace drawbridge::conformance
