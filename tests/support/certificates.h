// Certificates that are generated at run time, so that the repository holds no certificate that expires and
// no private key.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_CERTIFICATES_H_
#define DRAWBRIDGE_TESTS_SUPPORT_CERTIFICATES_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace drawbridge {

// PEM.
struct Credentials {
  std::string certificate;
  std::string key;
};

// Signs certificates, each with its own P-256 key, that are valid both for a server at 127.0.0.1 and for a
// client.
class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name = "Test Authority");

  // PEM.
  const std::string& certificate() const { return certificate_; }

  // The attributes of a subject in order, such as {{"O", "Acme"}, {"CN", "alice"}}.
  using Subject = std::vector<std::pair<std::string, std::string>>;
  // `names`: subject alternative names in the syntax of OpenSSL.
  Credentials Issue(const Subject& subject, int days = 1,
                    const std::string& names = "IP:127.0.0.1,DNS:gateway.example");
  Credentials Issue(const std::string& common_name) { return Issue(Subject{{"CN", common_name}}); }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::unique_ptr<X509, decltype(&X509_free)> own_;
  std::string certificate_;
};

// A file in its own temporary folder, which is deleted with the object. Not thread-safe.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& name, const std::string& contents = "");
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  const std::string& path() const { return path_; }
  // Replaces the file atomically, by a rename.
  void Replace(const std::string& contents) const;

 private:
  std::string folder_;
  std::string path_;
};

// The certificate and key files of a gateway with TLS.
struct CredentialFiles {
  explicit CredentialFiles(const Credentials& credentials)
      : certificate("cert.pem", credentials.certificate), key("key.pem", credentials.key) {}
  TemporaryFile certificate;
  TemporaryFile key;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_CERTIFICATES_H_
