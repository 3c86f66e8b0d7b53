// Valid and invalid conversations of clients, generated from a seed, for property tests.
#ifndef DRAWBRIDGE_TESTS_GATEWAY_SESSION_CONVERSATIONS_H_
#define DRAWBRIDGE_TESTS_GATEWAY_SESSION_CONVERSATIONS_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/gateway/session/client_frames.h"
#include "tests/support/raw_deflate.h"

namespace drawbridge {

// Conversations that once found a bug, each with a name.
struct NamedConversation {
  const char* name;
  std::string bytes;
};
std::vector<NamedConversation> ConversationCorpus();

// The same seed gives the same conversations with every standard library.
class ConversationMaker {
 public:
  // kAlone: most messages are compressed, each without a context; kTakeover: each may refer to earlier ones.
  enum class Deflation { kNone, kAlone, kTakeover };

  explicit ConversationMaker(uint64_t seed, Deflation deflation = Deflation::kNone)
      : deflation_(deflation), random_(seed) {}

  // The bytes of a client: mostly valid, sometimes with one error, sometimes cut off.
  std::string Next();

  // Returns a number from 0 to `bound` - 1.
  size_t Below(size_t bound) { return static_cast<size_t>(random_() % bound); }

 private:
  bool OneIn(size_t n) { return Below(n) == 0; }
  size_t Length();
  std::string Text();
  std::string Bytes(size_t length);
  std::string ControlPayload(uint8_t opcode);
  void AddControl();
  void AddMessage();
  void Spoil(ClientFrame& frame);

  const Deflation deflation_;
  RawDeflater deflater_;
  std::mt19937_64 random_;
  std::vector<ClientFrame> frames_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_GATEWAY_SESSION_CONVERSATIONS_H_
