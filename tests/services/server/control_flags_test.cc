// The flags that protect the control port: a gateway that starts is protected as its flags say, and one that
// would be open by mistake does not start.
#include "services/server/control_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "services/server/flags.h"
#include "services/server/tls_flags.h"
#include "tests/support/certificates.h"

namespace drawbridge {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ControlFlagsTest : public ::testing::Test {
 protected:
  static std::variant<Flags, EarlyExit> Parse(const std::vector<std::string>& args) {
    std::vector<const char*> argv = {"drawbridge"};
    for (const std::string& arg : args) argv.push_back(arg.c_str());
    return ParseFlags(static_cast<int>(argv.size()), argv.data(),
                      {.host_name = "host", .cores = 2, .descriptors = 1024});
  }
  static bool IsTaken(const std::vector<std::string>& args) {
    return std::holds_alternative<Flags>(Parse(args));
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

  TestAuthority authority_;
  CredentialFiles files_{authority_.Issue("gateway.example")};
  TemporaryFile client_ca_file_{"clients.pem", authority_.certificate()};
  TemporaryFile tokens_file_{"tokens", "cert:ops operator\n"};
  const std::string cert_ = "--control_tls_cert=" + files_.certificate.path();
  const std::string key_ = "--control_tls_key=" + files_.key.path();
  const std::string client_ca_ = "--control_tls_client_ca=" + client_ca_file_.path();
  const std::string tokens_ = "--control_tokens=" + tokens_file_.path();
  const std::string insecure_ = "--control_insecure";
};

TEST_F(ControlFlagsTest, WithoutNamesThePortIsOnLoopbackAlone) {
  for (const char* address : {"127.0.0.1:0", "127.9.9.9:1", "[::1]:0"}) {
    const std::string listen = std::string("--control_listen=") + address;
    EXPECT_TRUE(IsTaken({listen})) << address;
    EXPECT_TRUE(IsTaken({listen, tokens_})) << address;
  }
  for (const char* address :
       {"0.0.0.0:9090", "[::]:9090", "192.0.2.1:9090", "[fe80::1]:9090", "[2001:db8::1]:9090",
        "[::ffff:127.0.0.1]:9090", "[::ffff:0.0.0.0]:9090", "126.0.0.1:1", "128.0.0.1:1"}) {
    const std::string listen = std::string("--control_listen=") + address;
    EXPECT_THAT(Refused({listen}), AllOf(HasSubstr("--control_listen is \"" + std::string(address) + "\""),
                                         HasSubstr("--control_tokens"), HasSubstr("--control_insecure")));
    EXPECT_THAT(Refused({listen, cert_, key_}), HasSubstr("--control_tokens")) << "TLS alone asks nobody";
    EXPECT_THAT(Refused({listen, tokens_}), AllOf(HasSubstr("encrypted"), HasSubstr("--control_tls_cert"),
                                                  HasSubstr("--control_insecure")));
    EXPECT_TRUE(IsTaken({listen, tokens_, cert_, key_})) << address;
    EXPECT_TRUE(IsTaken({listen, insecure_})) << address;
    EXPECT_TRUE(IsTaken({listen, insecure_, tokens_})) << address;
  }
  for (const char* name : {"localhost:9090", "example.com:9090", ":9090", "*:9090", "127.1:9090", "0:9090"})
    EXPECT_THAT(Refused({std::string("--control_listen=") + name}), HasSubstr("must be ip:port")) << name;
}

TEST_F(ControlFlagsTest, TheFlagsOfTlsAreThoseOfTheOtherPort) {
  const auto parsed = Parse({cert_, key_, client_ca_, "--control_tls_client_auth=optional", tokens_});
  ASSERT_TRUE(std::holds_alternative<Flags>(parsed));
  const TlsFiles files = ControlTlsFilesOf(std::get<Flags>(parsed));
  EXPECT_EQ(files.certificate, files_.certificate.path());
  EXPECT_EQ(files.key, files_.key.path());
  EXPECT_EQ(files.client_ca, client_ca_file_.path());
  EXPECT_EQ(files.client_auth, TlsClientAuth::kOptional);
  EXPECT_EQ(TlsFilesOf(std::get<Flags>(parsed)).certificate, "");
}

TEST_F(ControlFlagsTest, WhatBelongsTogetherComesTogether) {
  EXPECT_THAT(Refused({cert_}), HasSubstr("--control_tls_cert is \"" + files_.certificate.path() +
                                          "\": must come with --control_tls_key"));
  EXPECT_THAT(Refused({key_}), HasSubstr("must come with --control_tls_cert"));
  EXPECT_THAT(Refused({cert_, key_, client_ca_, tokens_}), HasSubstr("--control_tls_client_auth"));
  EXPECT_THAT(Refused({cert_, key_, "--control_tls_client_auth=required", tokens_}),
              HasSubstr("must come with --control_tls_client_ca"));
  EXPECT_THAT(Refused({"--control_tls_client_auth=required", tokens_}),
              HasSubstr("--control_tls_cert and --control_tls_key"));
  EXPECT_THAT(Refused({cert_, key_, client_ca_, "--control_tls_client_auth=required"}),
              AllOf(HasSubstr("--control_tls_client_auth is \"required\""), HasSubstr("--control_tokens")));
  EXPECT_THAT(Refused({cert_, "--control_tls_key=" + files_.certificate.path()}),
              HasSubstr("--control_tls_key is"));
}

TEST_F(ControlFlagsTest, AFileOfCallersThatCannotBeUsedIsRefusedWithItsLine) {
  tokens_file_.Replace("# first\ncert:ops root\n");
  EXPECT_EQ(Refused({tokens_}),
            "drawbridge: --control_tokens is \"" + tokens_file_.path() +
                "\": line 2: the role is \"root\": must be one of viewer, sender or operator (see --help)\n");
  EXPECT_THAT(Refused({"--control_tokens=/nowhere"}), HasSubstr("must be a file that can be read"));
  EXPECT_THAT(Refused({"--control_tokens=/tmp"}), HasSubstr("must be a file that can be read"));
}

TEST_F(ControlFlagsTest, ADamagedFileOfBansIsRefusedWithItsLine) {
  const std::string header = "{\"format\":\"drawbridge-bans\",\"version\":1}\n";
  const TemporaryFile good("bans", header);
  EXPECT_TRUE(IsTaken({"--bans_file=" + good.path()}));
  EXPECT_TRUE(IsTaken({"--bans_file=" + good.path() + ".missing"}));
  const TemporaryFile damaged("damaged_bans", header + "{\"ban_id\":\n");
  EXPECT_THAT(Refused({"--bans_file=" + damaged.path()}),
              HasSubstr("--bans_file is \"" + damaged.path() + "\": line 2: is no ban"));
}

}  // namespace
}  // namespace drawbridge
