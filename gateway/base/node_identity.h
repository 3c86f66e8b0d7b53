// Who this gateway process is, and the connection ids that only it can have given.
#ifndef DRAWBRIDGE_GATEWAY_BASE_NODE_IDENTITY_H_
#define DRAWBRIDGE_GATEWAY_BASE_NODE_IDENTITY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/sip_hash.h"

namespace drawbridge {

// A connection id reads NODE-INCARNATION-SERIAL, 27 of [a-z0-9-]:
//   NODE         4 characters, a hash of the node id: tells nodes apart at a glance;
//   INCARNATION  8 characters drawn at random at every start, so that no id is ever used twice;
//   SERIAL       13 characters in base 36: the sequence of the connection, permuted under a key that is drawn
//                at every start. Clients see their id, and must not learn from it how many others there are.
//
// Immutable: any thread.
class NodeIdentity {
 public:
  // Draws incarnation and key from the operating system's entropy.
  static NodeIdentity Draw(std::string node_id);

  NodeIdentity(std::string node_id, std::string incarnation, const SipKey& key = SipKey::Draw());

  const std::string& node_id() const { return node_id_; }
  const std::string& incarnation() const { return incarnation_; }

  // Another one for each sequence.
  std::string ConnectionId(uint64_t sequence) const;

  // The sequence whose id this is; nullopt for any other text. A made-up id of this incarnation gives some
  // sequence, too: one that no connection has had, but for a chance of one in 2^64 for each that has.
  std::optional<uint64_t> Sequence(std::string_view connection_id) const;

 private:
  std::string node_id_;
  std::string incarnation_;
  SipKey key_;
  std::string prefix_;  // "NODE-INCARNATION-"
};

// Whether the text has the alphabet and the length of a connection id of any node.
bool IsConnectionId(std::string_view text);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_NODE_IDENTITY_H_
