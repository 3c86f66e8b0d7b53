// How the TLS files determine a handshake: which clients are admitted, the protocol version and the
// certificate.
#include "gateway/session/tls_context.h"

#include <openssl/pem.h>

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/gateway/base/manual_clock.h"
#include "tests/gateway/session/tls_pair.h"
#include "tests/support/certificates.h"

namespace drawbridge {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Which = TlsFileError::Which;

constexpr char kHttp11[] = "\x08http/1.1";
constexpr char kHttp2[] = "\x02h2";

class TlsContextTest : public ::testing::Test {
 protected:
  TlsFiles Files() const { return {.certificate = files_.certificate.path(), .key = files_.key.path()}; }
  TlsFiles Files(TlsClientAuth client_auth) const {
    return {files_.certificate.path(), files_.key.path(), client_ca_.path(), client_auth};
  }
  // A client that trusts the authority of these tests.
  ClientTls::Options Good() const { return {.authority = authority_.certificate()}; }
  static bool Handshake(const TlsContext& context, ClientTls& client, bool* resumed) {
    TlsPair pair(context, client);
    const bool done = pair.Handshake();
    *resumed = SSL_session_reused(pair.client().ssl()) == 1;
    return done;
  }
  TlsFileError Refused(const TlsFiles& files) const {
    try {
      const TlsContext context(files, &clock_);
    } catch (const TlsFileError& error) {
      return error;
    }
    ADD_FAILURE() << "taken";
    return {Which::kKey, "", ""};
  }

  ManualClock clock_;
  TestAuthority authority_;
  TestAuthority clients_{"Authority of clients"};
  CredentialFiles files_{authority_.Issue("gateway.example")};
  TemporaryFile client_ca_{"clients.pem", clients_.certificate()};
};

TEST_F(TlsContextTest, BothVersionsComeToAnAgreementThatHidesThePast) {
  const TlsContext context(Files(), &clock_);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    ClientTls client({.authority = authority_.certificate(), .version = version});
    TlsPair pair(context, client);
    ASSERT_TRUE(pair.Handshake()) << pair.refusal();
    EXPECT_EQ(SSL_version(pair.client().ssl()), version);
    const SSL_CIPHER* const cipher = SSL_get_current_cipher(pair.client().ssl());
    EXPECT_EQ(SSL_CIPHER_is_aead(cipher), 1);
    EXPECT_THAT((std::vector{NID_kx_ecdhe, NID_kx_any}), ::testing::Contains(SSL_CIPHER_get_kx_nid(cipher)));
  }
}

TEST_F(TlsContextTest, EveryCipherOnOfferIsModern) {
  const TlsContext context(Files(), &clock_);
  const auto ssl = context.NewSsl();
  const auto* const ciphers = SSL_get_ciphers(ssl.get());
  ASSERT_GT(sk_SSL_CIPHER_num(ciphers), 5);
  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
    const SSL_CIPHER* const cipher = sk_SSL_CIPHER_value(ciphers, i);
    EXPECT_EQ(SSL_CIPHER_is_aead(cipher), 1) << SSL_CIPHER_get_name(cipher);
    const int exchange = SSL_CIPHER_get_kx_nid(cipher);
    EXPECT_TRUE(exchange == NID_kx_ecdhe || exchange == NID_kx_any) << SSL_CIPHER_get_name(cipher);
    EXPECT_NE(SSL_CIPHER_get_auth_nid(cipher), NID_auth_null) << SSL_CIPHER_get_name(cipher);
  }
}

TEST_F(TlsContextTest, OlderVersionsAreRefused) {
  const TlsContext context(Files(), &clock_);
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    ClientTls client({.version = version, .security_level = 0});
    TlsPair pair(context, client);
    EXPECT_FALSE(pair.Handshake());
    EXPECT_THAT(pair.refusal(), HasSubstr("protocol version"));
  }
}

TEST_F(TlsContextTest, ClientsThatOfferOnlyOtherProtocolsAreRefused) {
  const TlsContext context(Files(), &clock_);
  ClientTls both({.protocols = std::string(kHttp2) + kHttp11});
  TlsPair pair(context, both);
  ASSERT_TRUE(pair.Handshake()) << pair.refusal();
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(pair.client().ssl(), &chosen, &size);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), size), "http/1.1");

  ClientTls other({.protocols = kHttp2});
  TlsPair refused(context, other);
  EXPECT_FALSE(refused.Handshake());
  EXPECT_THAT(refused.refusal(), HasSubstr("no application protocol"));
}

class ResumptionTest : public TlsContextTest, public ::testing::WithParamInterface<int> {
 protected:
  ClientTls::Options Resuming() const {
    return {.authority = authority_.certificate(), .version = GetParam(), .resume = true};
  }
};

TEST_P(ResumptionTest, ATicketIsGoodAlsoAfterTheCertificateWasReloaded) {
  TlsContext context(Files(), &clock_);
  ClientTls client(Resuming());
  bool resumed = true;
  ASSERT_TRUE(Handshake(context, client, &resumed));
  EXPECT_FALSE(resumed);
  ASSERT_TRUE(Handshake(context, client, &resumed));
  EXPECT_TRUE(resumed);
  const Credentials next = authority_.Issue("gateway.example");
  files_.certificate.Replace(next.certificate);
  files_.key.Replace(next.key);
  context.Reload();
  ASSERT_TRUE(Handshake(context, client, &resumed));
  EXPECT_TRUE(resumed);
}

TEST_P(ResumptionTest, AKeySealsForTwoHoursAndOpensForTwoMore) {
  const TlsContext context(Files(), &clock_);
  ClientTls first(Resuming());
  ClientTls second(Resuming());
  bool resumed = false;
  ASSERT_TRUE(Handshake(context, first, &resumed));
  ASSERT_TRUE(Handshake(context, second, &resumed));
  clock_.Advance(TicketKeys::kLifetime + std::chrono::seconds(1));
  ASSERT_TRUE(Handshake(context, first, &resumed));  // and gets a ticket with the current key
  EXPECT_TRUE(resumed);
  clock_.Advance(TicketKeys::kLifetime + std::chrono::seconds(1));
  ASSERT_TRUE(Handshake(context, second, &resumed));
  EXPECT_FALSE(resumed);
  ASSERT_TRUE(Handshake(context, first, &resumed));
  EXPECT_TRUE(resumed);
}

TEST_P(ResumptionTest, AnotherNodesTicketsMeanNothing) {
  const TlsContext one(Files(), &clock_);
  const TlsContext other(Files(), &clock_);
  ClientTls client(Resuming());
  bool resumed = true;
  ASSERT_TRUE(Handshake(one, client, &resumed));
  ASSERT_TRUE(Handshake(other, client, &resumed));
  EXPECT_FALSE(resumed);
}

TEST_P(ResumptionTest, WhoShowsACertificateShowsItEachTime) {
  for (const auto client_auth : {TlsClientAuth::kOptional, TlsClientAuth::kRequired}) {
    const TlsContext context(Files(client_auth), &clock_);
    auto options = Resuming();
    options.own = clients_.Issue("alice");
    ClientTls client(options);
    for (int i = 0; i < 2; ++i) {
      TlsPair pair(context, client);
      ASSERT_TRUE(pair.Handshake()) << pair.refusal();
      EXPECT_EQ(SSL_session_reused(pair.client().ssl()), 0);
      EXPECT_EQ(pair.link().PeerSubject(), "CN=alice");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, ResumptionTest, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& param_info) {
                           return param_info.param == TLS1_2_VERSION ? "Tls12" : "Tls13";
                         });

TEST_F(TlsContextTest, CertificatesOfClientsAreAskedForAsToldTo) {
  struct Case {
    TlsClientAuth client_auth;
    Credentials own;
    bool let_in;
    std::string subject;
  };
  const Credentials alice = clients_.Issue({{"C", "PL"}, {"O", "Most, S.A."}, {"CN", "zażółć"}});
  const Credentials stranger = authority_.Issue("stranger");  // its authority is not for clients
  const Credentials late = clients_.Issue({{"CN", "late"}}, -1);
  const std::string subject = "CN=zażółć,O=Most\\, S.A.,C=PL";
  const std::vector<Case> cases = {{TlsClientAuth::kNone, {}, true, ""},
                                   {TlsClientAuth::kNone, alice, true, ""},
                                   {TlsClientAuth::kOptional, {}, true, ""},
                                   {TlsClientAuth::kOptional, alice, true, subject},
                                   {TlsClientAuth::kOptional, stranger, false, ""},
                                   {TlsClientAuth::kOptional, late, false, ""},
                                   {TlsClientAuth::kRequired, {}, false, ""},
                                   {TlsClientAuth::kRequired, alice, true, subject},
                                   {TlsClientAuth::kRequired, stranger, false, ""},
                                   {TlsClientAuth::kRequired, late, false, ""}};
  for (size_t i = 0; i < cases.size(); ++i) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      const TlsContext context(Files(cases[i].client_auth), &clock_);
      ClientTls client({.own = cases[i].own, .version = version});
      TlsPair pair(context, client);
      EXPECT_EQ(pair.Handshake(), cases[i].let_in) << "case " << i << ": " << pair.refusal();
      if (cases[i].let_in) {
        EXPECT_EQ(pair.link().PeerSubject(), cases[i].subject) << "case " << i;
      }
    }
  }
}

TEST_F(TlsContextTest, FilesThatCannotBeUsedAreNamed) {
  const TemporaryFile nonsense("nonsense.pem", "no PEM at all\n");
  const TemporaryFile other_key("other.pem", authority_.Issue("other").key);
  const std::string nowhere = "/nowhere/at/all.pem";
  TlsFiles files = Files();
  files.certificate = nonsense.path();
  EXPECT_EQ(Refused(files).which(), Which::kCertificate);
  EXPECT_THAT(Refused(files).what(),
              AllOf(HasSubstr(nonsense.path()), HasSubstr("certificate chain in PEM")));
  files.certificate = nowhere;
  EXPECT_THAT(Refused(files).what(), AllOf(HasSubstr(nowhere), HasSubstr("No such file or directory")));
  files = Files();
  files.key = nonsense.path();
  EXPECT_EQ(Refused(files).which(), Which::kKey);
  EXPECT_THAT(Refused(files).what(), AllOf(HasSubstr(nonsense.path()), HasSubstr("private key in PEM")));
  files.key = other_key.path();
  EXPECT_EQ(Refused(files).which(), Which::kKey);
  EXPECT_THAT(Refused(files).what(),
              AllOf(HasSubstr(other_key.path()), HasSubstr("must be the key of " + files.certificate)));
  files = Files(TlsClientAuth::kRequired);
  files.client_ca = nonsense.path();
  EXPECT_EQ(Refused(files).which(), Which::kClientCa);
  EXPECT_THAT(Refused(files).what(), HasSubstr(nonsense.path()));
}

TEST_F(TlsContextTest, AKeyWithAPassphraseIsRefusedAndNobodyIsAskedForIt) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> pem(BIO_new(BIO_s_mem()), &BIO_free);
  const std::string phrase = "secret";
  ASSERT_EQ(PEM_write_bio_PKCS8PrivateKey(pem.get(), key.get(), EVP_aes_256_cbc(), phrase.data(),
                                          static_cast<int>(phrase.size()), nullptr, nullptr),
            1);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(pem.get(), &bytes);
  files_.key.Replace(std::string(bytes, static_cast<size_t>(size)));
  EXPECT_THAT(Refused(Files()).what(), HasSubstr("without a passphrase"));
}

TEST_F(TlsContextTest, AReloadIsForNewClientsAndABadOneChangesNothing) {
  TlsContext context(Files(), &clock_);
  ClientTls client(Good());
  TlsPair before(context, client);
  ASSERT_TRUE(before.Handshake());

  TestAuthority next("Next authority");
  const Credentials renewed = next.Issue("gateway.example");
  files_.certificate.Replace(renewed.certificate);
  EXPECT_THROW(context.Reload(), TlsFileError);  // the key file is still the old one
  TlsPair meanwhile(context, client);
  EXPECT_TRUE(meanwhile.Handshake()) << meanwhile.refusal();

  files_.key.Replace(renewed.key);
  context.Reload();
  TlsPair after(context, client);
  EXPECT_FALSE(after.Handshake()) << "of an authority that this client does not know";
  ClientTls knowing({.authority = next.certificate()});
  TlsPair known(context, knowing);
  EXPECT_TRUE(known.Handshake()) << known.refusal();

  before.ClientSends("who came before stays");
  EXPECT_EQ(before.LinkReceives(), "who came before stays");
}

}  // namespace
}  // namespace drawbridge
