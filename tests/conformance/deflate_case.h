// What the clauses of RFC 7692 have in common: offers, answers to them, and the RFC's own example.
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

// Flags of a gateway that compresses, by default without takeover; of one that takes all context over; of one
// that inflates and never compresses, so that its answers can be read as they are.
std::vector<std::string> Deflating(const std::vector<std::string>& more = {});
std::vector<std::string> DeflatingWithTakeover(const std::vector<std::string>& more = {});
std::vector<std::string> Inflating(const std::vector<std::string>& more = {});

// The header of an offer, with these parameters.
std::string Offer(const std::string& parameters = "");
// As above, behind the name of the extension: what is answered by default.
inline constexpr std::string_view kNoTakeover = "; server_no_context_takeover; client_no_context_takeover";

// The offer in this header is accepted with these parameters, and then a compressed message is understood.
RequestCase Accepted(std::string name, const std::string& header, const std::string& parameters,
                     int line = __builtin_LINE(), const char* file = __builtin_FILE());
// It is declined, and then a compressed message is a violation.
RequestCase Declined(std::string name, const std::string& header, int line = __builtin_LINE(),
                     const char* file = __builtin_FILE());

// Section 7.2.3.1: "Hello", and section 7.2.3.2: the same again, by reference to the first.
inline constexpr std::string_view kHello("\xf2\x48\xcd\xc9\xc9\x07\x00", 7);
inline constexpr std::string_view kHelloAgain("\xf2\x00\x11\x00\x00", 5);

// The name of one of many cases, from its parts.
std::string Named(std::initializer_list<std::string_view> parts);

// What cannot be inflated.
Answer FailedAsCorrupt();

// Text of so many bytes in which nothing longer than a few bytes occurs twice; what DEFLATE saves of it is a
// quarter. Each seed makes another.
std::string Noise(size_t size, unsigned seed = 1);

}  // namespace drawbridge::conformance

#endif  // DRAWBRIDGE_TESTS_CONFORMANCE_DEFLATE_CASE_H_
