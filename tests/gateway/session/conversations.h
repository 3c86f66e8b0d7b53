// Conversations of clients good and bad, by the thousand and always the same: food for property tests.
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

// A few that once mattered somewhere, with a word each.
struct NamedConversation {
  const char* name;
  std::string bytes;
};
std::vector<NamedConversation> ConversationCorpus();

// The same seed gives the same conversations, whatever the standard library.
class ConversationMaker {
 public:
  // Whether messages are compressed, most of them, and whether each may refer to those before.
  enum class Deflation { kNone, kAlone, kTakeover };

  explicit ConversationMaker(uint64_t seed, Deflation deflation = Deflation::kNone)
      : deflation_(deflation), random_(seed) {}

  // The bytes of a client: most often lawful, sometimes with one fault, sometimes cut off.
  std::string Next();

  // 0 to `bound` - 1.
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
