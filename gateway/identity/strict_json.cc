#include "gateway/identity/strict_json.h"

#include <fmt/format.h>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "gateway/identity/quoted.h"

namespace drawbridge {
namespace {

namespace json = boost::json;

constexpr size_t kMaxDepth = 32;

// The handler of boost::json::basic_parser: builds the value, and refuses what the parser accepts but this
// project does not. Its member names are those that Boost requires.
class Builder {
 public:
  static const size_t max_object_size = json::object::max_size();
  static const size_t max_array_size = json::array::max_size();
  static const size_t max_key_size = json::string::max_size();
  static const size_t max_string_size = json::string::max_size();

  explicit Builder(const json::storage_ptr& storage) : root_(nullptr, storage) { open_.reserve(kMaxDepth); }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) {
    open_.push_back(&Add(json::object(root_.storage())));
    return true;
  }
  bool on_object_end(size_t, json::error_code&) { return Close(); }
  bool on_array_begin(json::error_code& error) {
    if (!HasParent(error)) return false;
    open_.push_back(&Add(json::array(root_.storage())));
    return true;
  }
  bool on_array_end(size_t, json::error_code&) { return Close(); }

  bool on_key_part(json::string_view part, size_t, json::error_code&) { return Keep(part); }
  bool on_key(json::string_view last, size_t, json::error_code& error) {
    Keep(last);
    key_.swap(text_);
    text_.clear();
    if (!open_.back()->get_object().contains(key_)) return true;
    return Refuse(fmt::format("has the member {} twice", QuotedForHeader(key_)), error);
  }
  bool on_string_part(json::string_view part, size_t, json::error_code&) { return Keep(part); }
  bool on_string(json::string_view last, size_t, json::error_code& error) {
    if (text_.empty()) return AddScalar(json::string(last, root_.storage()), error);
    Keep(last);
    json::string whole(text_, root_.storage());
    text_.clear();
    return AddScalar(std::move(whole), error);
  }

  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(int64_t number, json::string_view, json::error_code& error) {
    return AddScalar(number, error);
  }
  bool on_uint64(uint64_t number, json::string_view, json::error_code& error) {
    return AddScalar(number, error);
  }
  bool on_double(double number, json::string_view, json::error_code& error) {
    if (std::isfinite(number)) return AddScalar(number, error);  // 1e400 is read as infinity
    return Refuse("has a number that is too large", error);
  }
  bool on_bool(bool value, json::error_code& error) { return AddScalar(value, error); }
  bool on_null(json::error_code& error) { return AddScalar(nullptr, error); }

  // Comments are disabled, but the parser refers to these.
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  json::object TakeObject() { return std::move(root_.get_object()); }
  // Empty where the parser itself found the error.
  const std::string& problem() const { return problem_; }

 private:
  bool Keep(json::string_view part) {
    text_.append(part.data(), part.size());
    return true;
  }

  bool Close() {
    open_.pop_back();
    return true;
  }

  bool Refuse(std::string problem, json::error_code& error) {
    problem_ = std::move(problem);
    error = json::error::syntax;
    return false;
  }

  bool HasParent(json::error_code& error) { return !open_.empty() || Refuse("is not a JSON object", error); }

  template <typename Scalar>
  bool AddScalar(Scalar&& scalar, json::error_code& error) {
    if (!HasParent(error)) return false;
    Add(std::forward<Scalar>(scalar));
    return true;
  }

  template <typename Value>
  json::value& Add(Value&& value) {
    if (open_.empty()) return root_ = std::forward<Value>(value);
    json::value& parent = *open_.back();
    if (json::array* const array = parent.if_array()) return array->emplace_back(std::forward<Value>(value));
    return parent.get_object().emplace(key_, std::forward<Value>(value)).first->value();
  }

  json::value root_;
  // The containers that are not complete, the innermost last. A container gets no further element while one
  // inside of it is open, so these pointers stay valid.
  std::vector<json::value*> open_;
  std::string key_;   // of the next value in an object
  std::string text_;  // the parts so far of a key or string
  std::string problem_;
};

}  // namespace

std::variant<json::object, std::string> ParseStrictJson(std::string_view text,
                                                        const json::storage_ptr& storage) {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::basic_parser<Builder> parser(options, storage);
  json::error_code error;
  const size_t parsed = parser.write_some(false, text.data(), text.size(), error);
  if (!parser.handler().problem().empty()) return parser.handler().problem();
  if (!error && parsed < text.size()) error = json::error::extra_data;
  if (error) return fmt::format("is not valid JSON: {}", error.message());
  return parser.handler().TakeObject();
}

}  // namespace drawbridge
