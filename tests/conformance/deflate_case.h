// Shared by the cases of RFC 7692: offers, their answers, and the example of the RFC.
#ifndef DRAWBRIDGE_TESTS_CONFORMANCE_DEFLATE_CASE_H_
#define DRAWBRIDGE_TESTS_CONFORMANCE_DEFLATE_CASE_H_

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "tests/conformance/case.h"
#include "tests/conformance/request_case.h"

namespace drawbridge::conformance {

// Flags of three gateways. The first compresses, by default without context takeover. The second takes over
// the context in both directions. The third inflates and never compresses, so its answers can be read as they
// are.
std::vector<std::string> Deflating(const std::vector<std::string>& more = {});
std::vector<std::string> DeflatingWithTakeover(const std::vector<std::string>& more = {});
std::vector<std::string> Inflating(const std::vector<std::string>& more = {});

// The header of an offer, with these parameters.
std::string Offer(const std::string& parameters = "");
// The parameters of the default answer, which follow the name of the extension.
inline constexpr std::string_view kNoTakeover = "; server_no_context_takeover; client_no_context_takeover";

// The offer in `header` is accepted with `parameters`, and a compressed message is then accepted.
RequestCase Accepted(std::string name, const std::string& header, const std::string& parameters,
                     int line = __builtin_LINE(), const char* file = __builtin_FILE());
// The offer is declined, and a compressed message is then a violation.
RequestCase Declined(std::string name, const std::string& header, int line = __builtin_LINE(),
                     const char* file = __builtin_FILE());

// Section 7.2.3.1: "Hello", and section 7.2.3.2: the same again, as a reference to the first.
inline constexpr std::string_view kHello("\xf2\x48\xcd\xc9\xc9\x07\x00", 7);
inline constexpr std::string_view kHelloAgain("\xf2\x00\x11\x00\x00", 5);

// Joins the parts of the name of a case.
std::string Named(std::initializer_list<std::string_view> parts);

// The answer to data that cannot be inflated.
Answer FailedAsCorrupt();

// Text of `size` bytes without long repetitions: DEFLATE saves a quarter of it. Each seed makes a different
// text.
std::string Noise(size_t size, unsigned seed = 1);

}  // namespace drawbridge::conformance

#endif  // DRAWBRIDGE_TESTS_CONFORMANCE_DEFLATE_CASE_H_
