// Each parameter of permessage-deflate (RFC 7692, section 7.1), offered and configured in every way.
#include "gateway/listener/deflate_negotiation.h"

#include <algorithm>
#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace drawbridge {
namespace {

constexpr char kNoTakeover[] = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

DeflateOptions Takeover() { return {.server_context_takeover = true, .client_context_takeover = true}; }

// The header of the answer, or "declined" if there is none.
std::string Answer(const std::string& offers, const DeflateOptions& options = {}) {
  const auto answer = NegotiateDeflate(*ParseExtensions(offers), options);
  return answer.has_value() ? answer->header : "declined";
}

DeflateAgreement Agreement(const std::string& offers, const DeflateOptions& options = {}) {
  return NegotiateDeflate(*ParseExtensions(offers), options).value().agreement;
}

TEST(DeflateNegotiationTest, NothingIsAnsweredToThoseWhoDoNotAsk) {
  EXPECT_EQ(Answer(""), "declined");
  EXPECT_EQ(Answer("permessage-bzip2, x-webkit-deflate-frame; no_context_takeover"), "declined");
}

TEST(DeflateNegotiationTest, OtherExtensionsAreIgnored) {
  EXPECT_EQ(Answer("permessage-bzip2; server_max_window_bits=99, permessage-deflate, x; y"), kNoTakeover);
}

// ------------------------------------------------------------------------------------- 7.1.1: takeover

TEST(DeflateNegotiationTest, NoContextIsTakenOverByDefault) {
  EXPECT_EQ(Answer("permessage-deflate"), kNoTakeover);
  EXPECT_EQ(Agreement("permessage-deflate"), DeflateAgreement());
}

TEST(DeflateNegotiationTest, TakeoverIsForThoseWhoDoNotRefuseIt) {
  const DeflateOptions options = Takeover();
  EXPECT_EQ(Answer("permessage-deflate", options), "permessage-deflate");
  EXPECT_EQ(Agreement("permessage-deflate", options),
            (DeflateAgreement{.server_context_takeover = true, .client_context_takeover = true}));
  EXPECT_EQ(Answer("permessage-deflate; server_no_context_takeover", options),
            "permessage-deflate; server_no_context_takeover");
  EXPECT_EQ(Agreement("permessage-deflate; server_no_context_takeover", options),
            (DeflateAgreement{.client_context_takeover = true}));
  EXPECT_EQ(Answer("permessage-deflate; client_no_context_takeover", options),
            "permessage-deflate; client_no_context_takeover");
  EXPECT_EQ(Agreement("permessage-deflate; client_no_context_takeover", options),
            (DeflateAgreement{.server_context_takeover = true}));
  EXPECT_EQ(Answer("permessage-deflate; client_no_context_takeover; server_no_context_takeover", options),
            kNoTakeover);
}

TEST(DeflateNegotiationTest, EachDirectionHasItsOwnTakeover) {
  EXPECT_EQ(Answer("permessage-deflate", {.server_context_takeover = true}),
            "permessage-deflate; client_no_context_takeover");
  EXPECT_EQ(Answer("permessage-deflate", {.client_context_takeover = true}),
            "permessage-deflate; server_no_context_takeover");
}

// ------------------------------------------------------------------------------------- 7.1.2: windows

TEST(DeflateNegotiationTest, TheServersWindowIsTheSmaller) {
  for (int ours = 9; ours <= 15; ++ours) {
    const DeflateOptions options{.server_window_bits = ours};
    const std::string unasked = ours == 15 ? "" : "; server_max_window_bits=" + std::to_string(ours);
    EXPECT_EQ(Answer("permessage-deflate", options), kNoTakeover + unasked);
    EXPECT_EQ(Agreement("permessage-deflate", options).server_window_bits, ours);
    for (int theirs = 9; theirs <= 15; ++theirs) {
      const std::string offer = "permessage-deflate; server_max_window_bits=" + std::to_string(theirs);
      const int bits = std::min(ours, theirs);
      EXPECT_EQ(Answer(offer, options), kNoTakeover + ("; server_max_window_bits=" + std::to_string(bits)));
      EXPECT_EQ(Agreement(offer, options).server_window_bits, bits);
    }
  }
}

TEST(DeflateNegotiationTest, AServersWindowOf8BitsIsDeclined) {
  EXPECT_EQ(Answer("permessage-deflate; server_max_window_bits=8"), "declined");
}

TEST(DeflateNegotiationTest, TheClientsWindowIsTheSmallerWhereItMayBeAskedFor) {
  for (int ours = 9; ours <= 15; ++ours) {
    const DeflateOptions options{.client_window_bits = ours};
    const std::string asked = ours == 15 ? "" : "; client_max_window_bits=" + std::to_string(ours);
    EXPECT_EQ(Answer("permessage-deflate; client_max_window_bits", options), kNoTakeover + asked);
    EXPECT_EQ(Agreement("permessage-deflate; client_max_window_bits", options).client_window_bits, ours);
    for (int theirs = 8; theirs <= 15; ++theirs) {
      const std::string offer = "permessage-deflate; client_max_window_bits=" + std::to_string(theirs);
      const int bits = std::min(ours, theirs);
      const std::string answered = bits == 15 ? "" : "; client_max_window_bits=" + std::to_string(bits);
      EXPECT_EQ(Answer(offer, options), kNoTakeover + answered);
      EXPECT_EQ(Agreement(offer, options).client_window_bits, bits);
    }
    // Section 7.1.2.2: the answer has the parameter only if the offer has it.
    EXPECT_EQ(Answer("permessage-deflate", options), kNoTakeover);
    EXPECT_EQ(Agreement("permessage-deflate", options).client_window_bits, 15);
  }
}

TEST(DeflateNegotiationTest, AWindowThatCannotBeBoundedIsNotKept) {
  DeflateOptions options = Takeover();
  options.client_window_bits = 10;
  EXPECT_EQ(Answer("permessage-deflate", options), "permessage-deflate; client_no_context_takeover");
  EXPECT_EQ(Answer("permessage-deflate; client_max_window_bits", options),
            "permessage-deflate; client_max_window_bits=10");
  EXPECT_TRUE(Agreement("permessage-deflate; client_max_window_bits", options).client_context_takeover);
}

TEST(DeflateNegotiationTest, AllAtOnceInAnyOrder) {
  DeflateOptions options = Takeover();
  options.server_window_bits = 12;
  EXPECT_EQ(Answer("permessage-deflate; client_max_window_bits=11; server_no_context_takeover; "
                   "server_max_window_bits=\"13\"; client_no_context_takeover",
                   options),
            std::string(kNoTakeover) + "; server_max_window_bits=12; client_max_window_bits=11");
}

// The offers of browsers and libraries.
TEST(DeflateNegotiationTest, OffersAsTheyAreSeen) {
  EXPECT_EQ(Answer("permessage-deflate; client_max_window_bits"), kNoTakeover);
  EXPECT_EQ(Answer("permessage-deflate; server_no_context_takeover; client_no_context_takeover"),
            kNoTakeover);
  EXPECT_EQ(Answer("permessage-deflate; client_no_context_takeover; client_max_window_bits=15"), kNoTakeover);
  EXPECT_EQ(Answer("permessage-deflate;client_max_window_bits=12, permessage-deflate"),
            std::string(kNoTakeover) + "; client_max_window_bits=12");
}

// ------------------------------------------------------------------------------------- 7.1: bad offers

TEST(DeflateNegotiationTest, BadOffersAreDeclined) {
  for (const std::string parameters :
       {"server_no_context_takeover=1",
        "client_no_context_takeover=true",
        "server_max_window_bits",
        "server_max_window_bits=7",
        "server_max_window_bits=16",
        "server_max_window_bits=09",
        "server_max_window_bits=1",
        "server_max_window_bits=150",
        "server_max_window_bits=-9",
        "server_max_window_bits=+9",
        "server_max_window_bits=x",
        "server_max_window_bits=1x",
        "client_max_window_bits=7",
        "client_max_window_bits=16",
        "client_max_window_bits=08",
        "client_max_window_bits=0",
        "client_max_window_bits=1",
        "client_max_window_bits=255",
        "unknown",
        "unknown=1",
        "Server_no_context_takeover",
        "server_no_context_takeover; server_no_context_takeover",
        "client_no_context_takeover; client_no_context_takeover",
        "server_max_window_bits=10; server_max_window_bits=10",
        "client_max_window_bits; client_max_window_bits",
        "client_max_window_bits=10; server_no_context_takeover; client_max_window_bits"}) {
    EXPECT_EQ(Answer("permessage-deflate; " + parameters), "declined") << parameters;
    EXPECT_EQ(Answer("permessage-deflate; " + parameters, Takeover()), "declined") << parameters;
  }
}

TEST(DeflateNegotiationTest, TheFirstOfferThatCanBeIsAccepted) {
  EXPECT_EQ(Answer("permessage-deflate; server_max_window_bits=8, permessage-deflate; unknown, "
                   "permessage-deflate; server_max_window_bits=10, permessage-deflate"),
            std::string(kNoTakeover) + "; server_max_window_bits=10");
  EXPECT_EQ(Answer("permessage-deflate; a, permessage-deflate; b"), "declined");
}

}  // namespace
}  // namespace drawbridge
