// `group_by` of CountConnections: the field or label by whose values connections are sorted into groups.
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

// Immutable: any thread.
class Grouping {
 public:
  // INVALID_ARGUMENT, GROUP_BY_INVALID, where the text names no field that groups are made of.
  static grpc::Status Parse(std::string_view text, std::optional<Grouping>* grouping);

  // Writes the value that the connection has now. False where it has none: the label is missing, the field
  // empty. A label may be there and empty, which is a value.
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
