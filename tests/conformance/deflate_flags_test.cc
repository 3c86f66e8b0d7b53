// RFC 7692, sections 6 and 7.2, under every combination of the flags for compression: what is sent can be
// inflated, including empty messages.
#include <string>
#include <vector>

#include "tests/conformance/deflate_case.h"
#include "tests/conformance/group.h"

namespace drawbridge::conformance {
namespace {

struct Shape {
  int window_bits;
  int level;
  int memory_level;
};

struct Combination {
  bool server_takeover;
  bool client_takeover;
  bool all_sizes;  // --deflate_min_bytes=0
  Shape shape;

  std::vector<std::string> Flags() const {
    std::vector<std::string> flags = {
        "--deflate_server_window_bits=" + std::to_string(shape.window_bits),
        "--deflate_client_window_bits=" + std::to_string(shape.window_bits),
        "--deflate_level=" + std::to_string(shape.level),
        "--deflate_memory_level=" + std::to_string(shape.memory_level),
    };
    if (server_takeover) flags.emplace_back("--deflate_server_context_takeover");
    if (client_takeover) flags.emplace_back("--deflate_client_context_takeover");
    if (all_sizes) flags.emplace_back("--deflate_min_bytes=0");
    return Deflating(flags);
  }

  std::string Suffix() const {
    return Named({server_takeover ? "WithServerTakeover" : "", client_takeover ? "WithClientTakeover" : "",
                  all_sizes ? "OfAllSizes" : "", "WithAWindowOf", std::to_string(shape.window_bits)});
  }

  // The answer to a message that shrinks.
  Answer Shrunk(const std::string& text) const {
    if (!all_sizes && text.size() < 1024) return TextOf(text);
    return CompressedText(text, {.window_bits = shape.window_bits, .context_kept = server_takeover});
  }
};

Group Under(const Combination& flags) {
  const std::string suffix = flags.Suffix();
  const std::string small = Repeat("drawbridge", 10);
  const std::string large = Repeat("drawbridge", 1000);
  const std::string one_zero = Compressed(std::string(1, '\0'));  // section 7.2.3.6
  const Answer empty = TextOf("");
  return {.section = "Deflate7_2",
          .flags = flags.Flags(),
          .headers = {Offer("; client_max_window_bits")},
          .cases = {
              // Regression test: with context takeover this ended the process.
              {"TwoEmptyOnesBehindOneOf100Bytes" + suffix,
               Text(small) + Text("") + Text("") + Text(small),
               {flags.Shrunk(small), empty, empty, flags.Shrunk(small)}},
              {"EmptyOnesFirst" + suffix,
               Text("") + Binary("") + Text(large) + Text("") + Text(large),
               {empty, BinaryOf(""), flags.Shrunk(large), empty, flags.Shrunk(large)}},
              {"CompressedEmptyOnes" + suffix,
               one_zero + Text(large) + one_zero + Compressed("") + Text(large),
               {empty, flags.Shrunk(large), empty, empty, flags.Shrunk(large)}},
              {"EmptyFragments" + suffix,
               Text(large) + Compressed("", kOpText, false) + Last(std::string(1, '\0')) + First("") +
                   Last("") + Text(large),
               {flags.Shrunk(large), empty, empty, flags.Shrunk(large)}},
              {"OneByteAndWhatDoesNotShrink" + suffix,
               Text(large) + Text("x") + Text("") + Text(large),
               {flags.Shrunk(large), TextOf("x"), empty, flags.Shrunk(large)}},
          }};
}

}  // namespace

std::vector<Group> Groups() {
  std::vector<Group> groups;
  for (const bool server_takeover : {false, true}) {
    for (const bool client_takeover : {false, true}) {
      for (const bool all_sizes : {false, true}) {
        for (const Shape& shape : {Shape{9, 9, 1}, Shape{15, 1, 9}}) {
          groups.push_back(Under({server_takeover, client_takeover, all_sizes, shape}));
        }
      }
    }
  }
  return groups;
}

}  // namespace drawbridge::conformance
