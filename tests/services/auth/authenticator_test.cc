// Which caller a credential belongs to, which calls it may make, and what a reload changes.
#include "services/auth/authenticator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/services/control/status_of.h"
#include "tests/support/callers_file.h"
#include "tests/support/certificates.h"

namespace drawbridge {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kList[] = "/drawbridge.control.v1.ConnectionService/ListConnections";
constexpr char kSend[] = "/drawbridge.control.v1.ConnectionService/SendMessage";
constexpr char kInterrupt[] = "/drawbridge.control.v1.ConnectionService/InterruptConnection";

class AuthenticatorTest : public ::testing::Test {
 protected:
  StatusFacts Admit(const std::string& method, const std::vector<std::string_view>& authorization,
                    const std::string& certificate = "") {
    const grpc::Status status =
        authenticator_.Admit(method, {.authorization = authorization, .certificate = certificate}, &caller_);
    message_ = status.error_message();
    return FactsOf(status);
  }
  static StatusFacts Unauthenticated(const std::string& reason) {
    return {grpc::StatusCode::UNAUTHENTICATED, reason};
  }

  const StatusFacts ok_{grpc::StatusCode::OK, ""};
  const std::string lines_ = TokenLine("eve", "viewer", "look") + TokenLine("sam", "sender", "send") +
                             TokenLine("olga", "operator", "all") + "cert:ops sender\n";
  const TemporaryFile file_{"tokens", lines_};
  Authenticator authenticator_{file_.path()};
  Caller caller_;
  std::string message_;
};

TEST_F(AuthenticatorTest, ATokenSaysWhoCalls) {
  EXPECT_EQ(Admit(kInterrupt, {"Bearer all"}), ok_);
  EXPECT_EQ(caller_.name, "olga");
  EXPECT_EQ(caller_.role, Role::kOperator);
  EXPECT_EQ(Admit(kList, {"bEARER look"}), ok_) << "the scheme has no case";
  EXPECT_EQ(caller_.name, "eve");
}

TEST_F(AuthenticatorTest, ACertificateSaysWhoCallsWhereThereIsNoToken) {
  EXPECT_EQ(Admit(kSend, {}, "ops"), ok_);
  EXPECT_EQ(caller_.name, "cert:ops");
  EXPECT_EQ(Admit(kInterrupt, {"Bearer all"}, "ops"), ok_);
  EXPECT_EQ(caller_.name, "olga");
  EXPECT_EQ(Admit(kSend, {"Bearer wrong"}, "ops"), Unauthenticated("TOKEN_UNKNOWN"));
  EXPECT_EQ(Admit(kSend, {}, "nobody"), Unauthenticated("CERTIFICATE_UNKNOWN"));
  EXPECT_EQ(Admit(kSend, {}, "cert:ops"), Unauthenticated("CERTIFICATE_UNKNOWN"));
}

TEST_F(AuthenticatorTest, WhoIsNotKnownIsToldWhatIsWanted) {
  EXPECT_EQ(Admit(kList, {}), Unauthenticated("CREDENTIALS_MISSING"));
  EXPECT_EQ(Admit(kList, {"Bearer look", "Bearer look"}), Unauthenticated("AUTHORIZATION_REPEATED"));
  EXPECT_EQ(Admit(kList, {"look"}), Unauthenticated("AUTHORIZATION_MALFORMED"));
  EXPECT_EQ(Admit(kList, {"Basic look"}), Unauthenticated("AUTHORIZATION_MALFORMED"));
  EXPECT_EQ(Admit(kList, {""}), Unauthenticated("AUTHORIZATION_MALFORMED"));
  EXPECT_EQ(Admit(kList, {"Bearer "}), Unauthenticated("TOKEN_MALFORMED"));
  EXPECT_EQ(Admit(kList, {"Bearer " + std::string(513, 'x')}), Unauthenticated("TOKEN_MALFORMED"));
  EXPECT_EQ(Admit(kList, {"Bearer " + std::string(512, 'x')}), Unauthenticated("TOKEN_UNKNOWN"));
  EXPECT_EQ(Admit(kList, {"Bearer Look"}), Unauthenticated("TOKEN_UNKNOWN"));
  EXPECT_EQ(Admit(kList, {"Bearer look "}), Unauthenticated("TOKEN_UNKNOWN"));
  EXPECT_EQ(Admit(kList, {"Bearer secret"}), Unauthenticated("TOKEN_UNKNOWN"));
  EXPECT_THAT(message_, Not(HasSubstr("secret")));
}

TEST_F(AuthenticatorTest, ARoleThatDoesNotSufficeIsNamedWithTheOneThatDoes) {
  EXPECT_EQ(Admit(kInterrupt, {"Bearer send"}),
            (StatusFacts{grpc::StatusCode::PERMISSION_DENIED, "ROLE_INSUFFICIENT"}));
  EXPECT_EQ(message_, std::string(kInterrupt) + " needs the role operator: \"sam\" has sender");
  EXPECT_EQ(caller_.name, "sam") << "for the log";
  EXPECT_EQ(Admit(kSend, {"Bearer look"}),
            (StatusFacts{grpc::StatusCode::PERMISSION_DENIED, "ROLE_INSUFFICIENT"}));
}

TEST_F(AuthenticatorTest, AMethodThatNobodyKnowsIsTheOperators) {
  for (const char* method :
       {"/no.such.Service/Method", "", "/", "nonsense", "/drawbridge.control.v1.ConnectionService/"}) {
    EXPECT_EQ(Admit(method, {"Bearer send"}).code, grpc::StatusCode::PERMISSION_DENIED) << method;
    EXPECT_EQ(Admit(method, {}).code, grpc::StatusCode::UNAUTHENTICATED) << method;
    EXPECT_EQ(Admit(method, {"Bearer all"}), ok_) << method;
  }
}

TEST_F(AuthenticatorTest, WithoutAFileNobodyIsAsked) {
  const Authenticator open;
  EXPECT_FALSE(open.asks());
  EXPECT_TRUE(
      open.Admit(kInterrupt, {.authorization = {"Bearer whatever"}, .certificate = ""}, &caller_).ok());
  EXPECT_EQ(caller_.name, "");
  EXPECT_TRUE(open.AdmitAgain(kInterrupt, &caller_).ok());
}

TEST_F(AuthenticatorTest, AReloadTakesAwayAndGives) {
  file_.Replace(TokenLine("new", "operator", "fresh"));
  EXPECT_EQ(Admit(kList, {"Bearer look"}), ok_) << "not read yet";
  EXPECT_EQ(authenticator_.Reload(), 1u);
  EXPECT_EQ(Admit(kList, {"Bearer look"}), Unauthenticated("TOKEN_UNKNOWN"));
  EXPECT_EQ(Admit(kList, {}, "ops"), Unauthenticated("CERTIFICATE_UNKNOWN"));
  EXPECT_EQ(Admit(kInterrupt, {"Bearer fresh"}), ok_);
}

TEST_F(AuthenticatorTest, ABadFileChangesNothing) {
  file_.Replace("nonsense\n");
  EXPECT_THROW(authenticator_.Reload(), CallersError);
  EXPECT_EQ(Admit(kList, {"Bearer look"}), ok_);
  EXPECT_TRUE(authenticator_.AdmitAgain(kList, &caller_).ok());
  EXPECT_THROW(Authenticator("/nowhere"), CallersError);
}

TEST_F(AuthenticatorTest, ACallThatLastsIsAdmittedUntilItsTokenIsNot) {
  Caller certificate;
  ASSERT_TRUE(authenticator_.Admit(kList, {.authorization = {}, .certificate = "ops"}, &certificate).ok());
  ASSERT_EQ(Admit(kList, {"Bearer send"}), ok_);
  EXPECT_TRUE(authenticator_.AdmitAgain(kList, &caller_).ok());

  file_.Replace(lines_ + "# more\n");
  authenticator_.Reload();
  EXPECT_TRUE(authenticator_.AdmitAgain(kList, &caller_).ok());
  EXPECT_TRUE(authenticator_.AdmitAgain(kList, &certificate).ok());

  file_.Replace(TokenLine("sam", "viewer", "send"));
  authenticator_.Reload();
  EXPECT_TRUE(authenticator_.AdmitAgain(kList, &caller_).ok());
  EXPECT_EQ(FactsOf(authenticator_.AdmitAgain(kList, &certificate)), Unauthenticated("CERTIFICATE_UNKNOWN"));
  EXPECT_EQ(FactsOf(authenticator_.AdmitAgain(kList, &certificate)), Unauthenticated("CERTIFICATE_UNKNOWN"));

  file_.Replace("");
  authenticator_.Reload();
  EXPECT_EQ(FactsOf(authenticator_.AdmitAgain(kList, &caller_)), Unauthenticated("TOKEN_UNKNOWN"));
}

TEST_F(AuthenticatorTest, ACallThatLastsEndsWithItsRole) {
  ASSERT_EQ(Admit(kSend, {"Bearer send"}), ok_);
  file_.Replace(TokenLine("sam", "viewer", "send"));
  authenticator_.Reload();
  EXPECT_EQ(authenticator_.AdmitAgain(kSend, &caller_).error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

TEST(RoleTest, NamesGoBothWays) {
  for (const Role role : {Role::kViewer, Role::kSender, Role::kOperator})
    EXPECT_EQ(ParseRole(NameOf(role)), role);
  EXPECT_FALSE(ParseRole("admin").has_value());
  EXPECT_FALSE(ParseRole("").has_value());
}

}  // namespace
}  // namespace drawbridge
