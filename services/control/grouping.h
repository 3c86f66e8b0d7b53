// `group_by` of CountConnections: the field or label by whose values connections are grouped.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_GROUPING_H_
#define DRAWBRIDGE_SERVICES_CONTROL_GROUPING_H_

#include <grpcpp/support/status.h>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/connections/connection.h"
#include "services/filter/field.h"

namespace drawbridge {

// Immutable, so thread-safe.
class Grouping {
 public:
  // Returns INVALID_ARGUMENT, GROUP_BY_INVALID, if `text` does not name a field that supports grouping.
  static grpc::Status Parse(std::string_view text, std::optional<Grouping>* grouping);

  // Writes the current value of the connection. Returns false if it has none: the label is missing, or the
  // field is empty. An empty label is a value.
  bool Read(const Connection& connection, std::string_view node_id, std::string* value) const;

 private:
  struct Label {
    std::string key;
  };
  using By = std::variant<Field, Label>;
  explicit Grouping(By by) : by_(std::move(by)) {}

  By by_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_GROUPING_H_
