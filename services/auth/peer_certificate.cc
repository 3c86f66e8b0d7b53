#include "services/auth/peer_certificate.h"

#include <grpc/grpc_security_constants.h>

namespace drawbridge {
namespace {

std::string FirstOf(const grpc_auth_context* context, const char* property) {
  grpc_auth_property_iterator values = grpc_auth_context_find_properties_by_name(context, property);
  const grpc_auth_property* const first = grpc_auth_property_iterator_next(&values);
  return first == nullptr ? "" : std::string(first->value, first->value_length);
}

}  // namespace

std::string CertificateName(const grpc_auth_context* context) {
  if (context == nullptr) return "";
  std::string name = FirstOf(context, GRPC_PEER_SPIFFE_ID_PROPERTY_NAME);
  return name.empty() ? FirstOf(context, GRPC_X509_CN_PROPERTY_NAME) : name;
}

}  // namespace drawbridge
