// The flags of TLS: a gateway that starts has all files that it needs, and otherwise the error names the
// wrong flag.
#include "services/server/tls_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "services/server/flags.h"
#include "tests/support/certificates.h"

namespace drawbridge {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class TlsFlagsTest : public ::testing::Test {
 protected:
  static std::variant<Flags, EarlyExit> Parse(const std::vector<std::string>& args) {
    std::vector<const char*> argv = {"drawbridge"};
    for (const std::string& arg : args) argv.push_back(arg.c_str());
    return ParseFlags(static_cast<int>(argv.size()), argv.data(),
                      {.host_name = "host", .cores = 2, .descriptors = 1024});
  }
  static Flags Taken(const std::vector<std::string>& args) {
    const auto parsed = Parse(args);
    if (const auto* exit = std::get_if<EarlyExit>(&parsed)) {
      ADD_FAILURE() << exit->text;
      return {};
    }
    return std::get<Flags>(parsed);
  }
  // Returns the line on standard error.
  static std::string Refused(const std::vector<std::string>& args) {
    const auto parsed = Parse(args);
    const auto* exit = std::get_if<EarlyExit>(&parsed);
    if (exit == nullptr) return "taken";
    EXPECT_EQ(exit->code, 2);
    EXPECT_EQ(std::ranges::count(exit->text, '\n'), 1) << exit->text;
    return exit->text;
  }
  static std::string Flag(const std::string& name, const TemporaryFile& file) {
    return "--" + name + "=" + file.path();
  }
  static auto Says(const std::string& flag, const std::string& value, const std::string& wanted) {
    return AllOf(HasSubstr("drawbridge: --" + flag + " is \"" + value + "\": "), HasSubstr(wanted));
  }

  TestAuthority authority_;
  CredentialFiles files_{authority_.Issue("gateway.example")};
  TemporaryFile client_ca_{"clients.pem", authority_.certificate()};
  TemporaryFile nonsense_{"nonsense.pem", "-----BEGIN CERTIFICATE-----\nnonsense\n"};
  const std::string cert_ = Flag("tls_cert", files_.certificate);
  const std::string key_ = Flag("tls_key", files_.key);
  const std::string ca_ = Flag("tls_client_ca", client_ca_);
};

TEST_F(TlsFlagsTest, ThereIsNoTlsByDefault) {
  const TlsFiles files = TlsFilesOf(Taken({}));
  EXPECT_EQ(files.certificate, "");
  EXPECT_EQ(files.client_auth, TlsClientAuth::kNone);
}

TEST_F(TlsFlagsTest, ACertificateWithItsKeyIsTaken) {
  const TlsFiles files = TlsFilesOf(Taken({cert_, key_}));
  EXPECT_EQ(files.certificate, files_.certificate.path());
  EXPECT_EQ(files.key, files_.key.path());
  EXPECT_EQ(files.client_auth, TlsClientAuth::kNone);
}

TEST_F(TlsFlagsTest, CertificatesOfClientsAreAskedFor) {
  const TlsFiles files = TlsFilesOf(Taken({cert_, key_, ca_, "--tls_client_auth=optional"}));
  EXPECT_EQ(files.client_ca, client_ca_.path());
  EXPECT_EQ(files.client_auth, TlsClientAuth::kOptional);
  EXPECT_EQ(TlsFilesOf(Taken({cert_, key_, ca_, "--tls_client_auth=required"})).client_auth,
            TlsClientAuth::kRequired);
  EXPECT_EQ(TlsFilesOf(Taken({cert_, key_, "--tls_client_auth=none"})).client_auth, TlsClientAuth::kNone);
}

TEST_F(TlsFlagsTest, WhatBelongsTogetherComesTogether) {
  EXPECT_THAT(Refused({cert_}), Says("tls_cert", files_.certificate.path(), "--tls_key"));
  EXPECT_THAT(Refused({key_}), Says("tls_key", files_.key.path(), "--tls_cert"));
  EXPECT_THAT(Refused({cert_, key_, "--tls_client_auth=required"}),
              Says("tls_client_auth", "required", "--tls_client_ca"));
  EXPECT_THAT(Refused({cert_, key_, "--tls_client_auth=optional"}),
              Says("tls_client_auth", "optional", "--tls_client_ca"));
  EXPECT_THAT(Refused({cert_, key_, ca_}), Says("tls_client_ca", client_ca_.path(), "--tls_client_auth"));
  EXPECT_THAT(Refused({ca_, "--tls_client_auth=required"}),
              Says("tls_client_auth", "required", "--tls_cert"));
  EXPECT_THAT(Refused({cert_, key_, ca_, "--tls_client_auth=maybe"}),
              Says("tls_client_auth", "maybe", "none, optional, required"));
}

TEST_F(TlsFlagsTest, FilesThatCannotBeUsedAreNamed) {
  EXPECT_THAT(Refused({"--tls_cert=/nowhere.pem", key_}), Says("tls_cert", "/nowhere.pem", "can be read"));
  EXPECT_THAT(Refused({"--tls_cert=/tmp", key_}), Says("tls_cert", "/tmp", "can be read"));
  EXPECT_THAT(Refused({"--tls_cert=/dev/zero", key_}), Says("tls_cert", "/dev/zero", "can be read"));
  EXPECT_THAT(Refused({Flag("tls_cert", nonsense_), key_}), Says("tls_cert", nonsense_.path(), "PEM"));
  EXPECT_THAT(Refused({cert_, Flag("tls_key", nonsense_)}), Says("tls_key", nonsense_.path(), "PEM"));
  EXPECT_THAT(Refused({cert_, key_, Flag("tls_client_ca", nonsense_), "--tls_client_auth=optional"}),
              Says("tls_client_ca", nonsense_.path(), "PEM"));
  const CredentialFiles other(authority_.Issue("other"));
  EXPECT_THAT(Refused({cert_, Flag("tls_key", other.key)}),
              Says("tls_key", other.key.path(), "must be the key of " + files_.certificate.path()));
}

}  // namespace
}  // namespace drawbridge
