// Who this gateway process is, and the connection ids that only it can have given.
#ifndef DRAWBRIDGE_GATEWAY_BASE_NODE_IDENTITY_H_
#define DRAWBRIDGE_GATEWAY_BASE_NODE_IDENTITY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drawbridge {

// A connection id reads NODE-INCARNATION-SEQUENCE, at most 32 of [a-z0-9-]:
//   NODE         4 characters, a hash of the node id: tells nodes apart at a glance;
//   INCARNATION  8 characters drawn at random at every start, so that no id is ever used twice;
//   SEQUENCE     1, 2, 3, ... in base 36, in the order of the connections' arrival.
//
// Immutable: any thread.
class NodeIdentity {
 public:
  // Draws the incarnation from the operating system's entropy.
  static NodeIdentity Draw(std::string node_id);

  NodeIdentity(std::string node_id, std::string incarnation);

  const std::string& node_id() const { return node_id_; }
  const std::string& incarnation() const { return incarnation_; }

  std::string ConnectionId(uint64_t sequence) const;

  // The sequence of an id that this incarnation may have given; nullopt for any other text.
  std::optional<uint64_t> Sequence(std::string_view connection_id) const;

 private:
  std::string node_id_;
  std::string incarnation_;
  std::string prefix_;  // "NODE-INCARNATION-"
};

// Whether the text has the alphabet and the length of a connection id of any node.
bool IsConnectionId(std::string_view text);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_NODE_IDENTITY_H_
