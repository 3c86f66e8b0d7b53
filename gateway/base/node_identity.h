// The identity of this gateway process, and the connection ids that it issues.
#ifndef DRAWBRIDGE_GATEWAY_BASE_NODE_IDENTITY_H_
#define DRAWBRIDGE_GATEWAY_BASE_NODE_IDENTITY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/sip_hash.h"

namespace drawbridge {

// A connection id has the form NODE-INCARNATION-SERIAL, 27 characters of [a-z0-9-]:
//   NODE         4 characters, a hash of the node id, so that ids show which connections share a node;
//   INCARNATION  8 random characters, drawn at every start, so that no id is used twice;
//   SERIAL       13 characters in base 36: the sequence of the connection, permuted under a key that is drawn
//                at every start. Clients see their id and must not learn the number of connections from it.
//
// Immutable, so thread-safe.
class NodeIdentity {
 public:
  // Draws incarnation and key from the operating system's entropy. Throws std::exception where there is none.
  static NodeIdentity Draw(std::string node_id);

  NodeIdentity(std::string node_id, std::string incarnation, const SipKey& key = SipKey::Draw());

  const std::string& node_id() const { return node_id_; }
  const std::string& incarnation() const { return incarnation_; }

  // A different id for each sequence.
  std::string ConnectionId(uint64_t sequence) const;

  // The sequence of this id. nullopt for a text that is not an id of this incarnation. A guessed id of this
  // incarnation decodes to a sequence, too: with n connections so far, to an existing one with probability
  // n / 2^64.
  std::optional<uint64_t> Sequence(std::string_view connection_id) const;

 private:
  std::string node_id_;
  std::string incarnation_;
  SipKey key_;
  std::string prefix_;  // "NODE-INCARNATION-"
};

// Whether the text can be the connection id of any node: 1 to 32 characters of [a-z0-9-].
bool IsConnectionId(std::string_view text);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_NODE_IDENTITY_H_
