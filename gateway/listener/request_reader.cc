#include "gateway/listener/request_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstdint>
#include <limits>

#include "gateway/listener/request_target.h"

namespace drawbridge {

namespace http = boost::beast::http;

struct RequestReader::Parser : http::request_parser<http::empty_body> {};

RequestReader::RequestReader(size_t max_bytes) : max_bytes_(max_bytes), parser_(std::make_unique<Parser>()) {
  // The parser's own count depends on the pieces in which the header arrives.
  parser_->header_limit(std::numeric_limits<uint32_t>::max());
  parser_->eager(false);
  parser_->body_limit(boost::none);  // the verdict bounds it
}

RequestReader::~RequestReader() = default;

std::optional<Verdict> RequestReader::Feed(std::span<char> bytes) {
  const size_t before = pending_.size();
  const std::span<char> head = bytes.first(std::min(bytes.size(), max_bytes_ - received_));
  received_ += head.size();
  std::string_view input{head.data(), head.size()};
  if (before != 0) input = pending_.append(input);

  const size_t skipped = SkipEmptyLine(input);
  input.remove_prefix(skipped);
  LookAtLine(input, before - std::min(before, skipped));
  boost::system::error_code error = http::error::need_more;
  const size_t used = begun_ ? parser_->put(boost::asio::const_buffer(input.data(), input.size()), error) : 0;
  if (error && error != http::error::need_more) {
    return HttpAnswer{400, fmt::format("malformed HTTP request: {}", error.message())};
  }
  if (parser_->is_header_done()) {
    rest_ = bytes.subspan(skipped + used - before);
    return Judge(parser_->get().base());
  }
  if (received_ == max_bytes_) return TooLong();
  if (before == 0) {
    pending_ = input.substr(used);
  } else {
    pending_.erase(0, skipped + used);
  }
  return std::nullopt;
}

std::vector<std::string_view> RequestReader::Lines(std::string_view name) const {
  std::vector<std::string_view> lines;
  const auto [begin, end] = parser_->get().equal_range({name.data(), name.size()});
  for (auto line = begin; line != end; ++line) lines.emplace_back(line->value().data(), line->value().size());
  return lines;
}

std::string_view RequestReader::query() const {
  const auto target = parser_->get().target();
  const auto parsed = ParseRequestTarget({target.data(), target.size()});
  return parsed.has_value() ? parsed->query : std::string_view();
}

// One empty line before the request is ignored (RFC 9112, section 2.2).
size_t RequestReader::SkipEmptyLine(std::string_view input) {
  if (begun_ || input == "\r") return 0;
  begun_ = true;
  return input.starts_with("\r\n") ? 2 : 0;
}

// The first `seen` bytes of `input` were examined before.
void RequestReader::LookAtLine(std::string_view input, size_t seen) {
  if (line_ended_ || !begun_) return;
  is_head_ = input.starts_with("HEAD ");
  const std::string_view fresh = input.substr(seen);
  line_ended_ = fresh.find('\n') != std::string_view::npos;
  has_target_ = has_target_ || fresh.find(' ') != std::string_view::npos;
}

HttpAnswer RequestReader::TooLong() const {
  if (line_ended_) return {431, fmt::format("the request header is over {} bytes", max_bytes_)};
  return {has_target_ ? 414 : 400, fmt::format("the request line is over {} bytes", max_bytes_)};
}

}  // namespace drawbridge
