// The file of known callers is accepted, or refused with its line, the value found and the value expected. An
// error never contains text that could be a token.
#include "services/auth/known_callers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "tests/support/certificates.h"

namespace drawbridge {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// The digest of "abc", from FIPS 180-2.
constexpr char kAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

std::string DigestText(char c) { return std::string(64, c); }

std::string Refused(const std::string& text) {
  try {
    KnownCallers::Parse(text);
  } catch (const CallersError& error) {
    EXPECT_THAT(error.what(), Not(HasSubstr("\n")));
    return error.what();
  }
  return "taken";
}

TEST(KnownCallersTest, AByteOrderMarkIsNoPartOfTheFirstName) {
  const KnownCallers known = KnownCallers::Parse(
      "\xEF\xBB\xBF"
      "ci sender " +
      std::string(kAbc) + "\r\n");
  ASSERT_NE(known.FindToken(DigestOf("abc")), nullptr);
  EXPECT_EQ(known.FindToken(DigestOf("abc"))->name, "ci");
}

TEST(KnownCallersTest, AFileGivesRolesToTokensAndCertificates) {
  const KnownCallers known = KnownCallers::Parse(
      "# who may call\n"
      "\n"
      "ci sender " +
      std::string(kAbc) +
      "\n"
      "  \t alice@example.com\toperator  " +
      DigestText('A') +
      " # hers\r\n"
      "cert:ops viewer\n"
      "cert:Alice Smith#1  operator # a name with a space\n"
      "cert:spiffe://cluster.local/ns/ops/sa/bot sender");
  EXPECT_EQ(known.size(), 5u);
  const Principal* ci = known.FindToken(DigestOf("abc"));
  ASSERT_NE(ci, nullptr);
  EXPECT_EQ(ci->name, "ci");
  EXPECT_EQ(ci->role, Role::kSender);
  TokenDigest alice;
  alice.fill(0xAA);
  ASSERT_NE(known.FindToken(alice), nullptr) << "digits of either case";
  EXPECT_EQ(known.FindToken(alice)->name, "alice@example.com");
  EXPECT_EQ(known.FindCertificate("ops")->name, "cert:ops");
  EXPECT_EQ(known.FindCertificate("ops")->role, Role::kViewer);
  EXPECT_EQ(known.FindCertificate("Alice Smith#1")->role, Role::kOperator);
  EXPECT_EQ(known.FindCertificate("spiffe://cluster.local/ns/ops/sa/bot")->role, Role::kSender);
  EXPECT_EQ(known.FindCertificate("Alice"), nullptr);
  EXPECT_EQ(known.FindCertificate(""), nullptr);
  EXPECT_EQ(known.FindToken(DigestOf("abd")), nullptr);
}

TEST(KnownCallersTest, ATokenIsFoundWhereverItsLineStands) {
  std::string text;
  for (int i = 0; i < 16; ++i)
    text += "n" + std::to_string(i) + " viewer " + DigestText("0123456789abcdef"[i]) + "\n";
  const KnownCallers known = KnownCallers::Parse(text);
  for (int i = 0; i < 16; ++i) {
    TokenDigest digest;
    digest.fill(static_cast<uint8_t>(0x11 * i));
    ASSERT_NE(known.FindToken(digest), nullptr) << i;
    EXPECT_EQ(known.FindToken(digest)->name, "n" + std::to_string(i));
    digest.back() ^= 1;
    EXPECT_EQ(known.FindToken(digest), nullptr) << "the last bit counts";
    digest.back() ^= 1;
    digest.front() ^= 0x80;
    EXPECT_EQ(known.FindToken(digest), nullptr) << "and the first";
  }
}

TEST(KnownCallersTest, AnEmptyFileLetsNobodyIn) {
  const KnownCallers known = KnownCallers::Parse("");
  EXPECT_EQ(known.size(), 0u);
  EXPECT_EQ(known.FindToken(DigestOf("")), nullptr);
  EXPECT_EQ(known.FindToken(TokenDigest{}), nullptr);
}

TEST(KnownCallersTest, ANameMayHaveTwoTokensWhileOneIsRenewed) {
  const KnownCallers known =
      KnownCallers::Parse("ci viewer " + DigestText('1') + "\nci viewer " + DigestText('2'));
  EXPECT_EQ(known.size(), 2u);
}

TEST(KnownCallersTest, BadLinesAreNamed) {
  const std::string digest = DigestText('1');
  EXPECT_EQ(Refused("\n# x\nci viewer"),
            "line 3: has 2 words: must be NAME ROLE SHA256HEX, or cert:SUBJECT ROLE");
  EXPECT_THAT(Refused("ci"), StartsWith("line 1: has 1 word: "));
  EXPECT_THAT(Refused("ci viewer " + digest + " more"), StartsWith("line 1: has 4 words: "));
  EXPECT_EQ(Refused("c:i viewer " + digest),
            "line 1: the name is \"c:i\": must be 1 to 64 characters of [A-Za-z0-9_.@-]");
  EXPECT_THAT(Refused(std::string(65, 'n') + " viewer " + digest), HasSubstr("the name has 65 bytes"));
  EXPECT_EQ(Refused(std::string(64, 'n') + " viewer " + digest), "taken");
  EXPECT_EQ(Refused("ci admin " + digest),
            "line 1: the role is \"admin\": must be one of viewer, sender or operator");
  EXPECT_THAT(Refused("ci Viewer " + digest), HasSubstr("the role is \"Viewer\""));
  EXPECT_THAT(Refused("ci viewer " + digest.substr(1)), HasSubstr("the digest has 63 characters"));
  EXPECT_THAT(Refused("ci viewer " + digest.substr(1) + "g"), HasSubstr("the digest has 64 characters"));
  EXPECT_EQ(Refused("a viewer " + digest + "\n\nb operator " + digest),
            "line 3: the digest is already in line 1: must be unique");
  EXPECT_THAT(Refused("cert:ops"), StartsWith("line 1: has 1 word: "));
  EXPECT_THAT(Refused("cert: viewer"), HasSubstr("the subject is \"\": must be 1 to 256 bytes"));
  EXPECT_THAT(Refused("cert:ops admin"), HasSubstr("the role is \"admin\""));
  EXPECT_THAT(Refused("cert:o\x01s viewer"), HasSubstr("the subject is \"o\\001s\""));
  EXPECT_THAT(Refused("cert:o\xffs viewer"), HasSubstr("the subject is"));
  EXPECT_THAT(Refused("cert:" + std::string(257, 's') + " viewer"), HasSubstr("the subject has 257 bytes"));
  EXPECT_THAT(Refused("cert:ops viewer\ncert:ops operator"),
              StartsWith("line 2: the subject is already in line 1"));
  EXPECT_THAT(Refused(std::string("c\0i viewer ", 11) + digest), HasSubstr("the name is \"c\\000i\""));
}

TEST(KnownCallersTest, ATokenInTheWrongPlaceIsNotRepeated) {
  const std::string token = "drawbridge_3kTBbJ0wQm3f1x9T8ZbPq2o7v5cYyLhN";
  for (const std::string& line :
       {token, token + " viewer ci", "ci " + token + " viewer", "ci viewer " + token, "cert:ops " + token,
        "ci viewer " + DigestText('1') + " " + token})
    EXPECT_THAT(Refused(line), Not(HasSubstr("3kTBbJ"))) << line;
}

TEST(KnownCallersTest, TheFileIsBounded) {
  EXPECT_THAT(Refused(std::string(KnownCallers::kMaxBytes + 1, '#')),
              HasSubstr("at most 1048576 are allowed"));
  EXPECT_EQ(Refused(std::string(KnownCallers::kMaxBytes, '#')), "taken");
  std::string text;
  for (size_t i = 0; i < KnownCallers::kMaxEntries; ++i) text += "cert:n" + std::to_string(i) + " viewer\n";
  EXPECT_EQ(Refused(text), "taken");
  EXPECT_EQ(Refused(text + "cert:more viewer"), "line 1001: is entry 1001: at most 1000 are allowed");
}

TEST(CallersFileTest, OthersWhoMayReadItAreNoticed) {
  const TemporaryFile file("tokens", "cert:ops viewer\n");
  bool exposed = true;
  for (const auto& [mode, expected] :
       {std::pair{0600, false}, std::pair{0640, false}, std::pair{0644, true}, std::pair{0602, true}}) {
    ASSERT_EQ(::chmod(file.path().c_str(), static_cast<mode_t>(mode)), 0);
    EXPECT_EQ(ReadCallersFile(file.path(), &exposed), "cert:ops viewer\n");
    EXPECT_EQ(exposed, expected) << std::oct << mode;
  }
}

TEST(CallersFileTest, WhatIsNoFileIsRefused) {
  bool exposed = false;
  for (const char* path : {"/nowhere", "/tmp", "/dev/zero"})
    EXPECT_THROW(ReadCallersFile(path, &exposed), CallersError) << path;
}

TEST(CallersFileTest, AHugeFileIsNotReadToItsEnd) {
  const TemporaryFile file("tokens", std::string(2 * KnownCallers::kMaxBytes, '#'));
  bool exposed = false;
  const std::string text = ReadCallersFile(file.path(), &exposed);
  EXPECT_EQ(text.size(), KnownCallers::kMaxBytes + 1);
  EXPECT_THAT(Refused(text), HasSubstr("at most"));
}

}  // namespace
}  // namespace drawbridge
