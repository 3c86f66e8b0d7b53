// Certificates made on the spot, so that none with its key lies in the repository, to expire or to be
// believed.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_CERTIFICATES_H_
#define DRAWBRIDGE_TESTS_SUPPORT_CERTIFICATES_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace drawbridge {

// PEM texts.
struct Credentials {
  std::string certificate;
  std::string key;
};

// Signs certificates, each with a key of its own on P-256, for a server at 127.0.0.1 and for a client alike.
class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name = "Test Authority");

  // PEM.
  const std::string& certificate() const { return certificate_; }

  // The parts of a subject in their order, such as {{"O", "Acme"}, {"CN", "alice"}}.
  using Subject = std::vector<std::pair<std::string, std::string>>;
  // `names`: subject alternative names as OpenSSL writes them.
  Credentials Issue(const Subject& subject, int days = 1,
                    const std::string& names = "IP:127.0.0.1,DNS:gateway.example");
  Credentials Issue(const std::string& common_name) { return Issue(Subject{{"CN", common_name}}); }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::unique_ptr<X509, decltype(&X509_free)> own_;
  std::string certificate_;
};

// A file in a folder of its own, gone with the object. Not thread-safe.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& name, const std::string& contents = "");
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  const std::string& path() const { return path_; }
  // Replaces the file at once, as whoever renews a certificate should.
  void Replace(const std::string& contents) const;

 private:
  std::string folder_;
  std::string path_;
};

// The two files that a gateway with TLS is given.
struct CredentialFiles {
  explicit CredentialFiles(const Credentials& credentials)
      : certificate("cert.pem", credentials.certificate), key("key.pem", credentials.key) {}
  TemporaryFile certificate;
  TemporaryFile key;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_CERTIFICATES_H_
