#include "tests/support/certificates.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace drawbridge {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

void Check(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("certificates: ") + what);
}

template <typename Write>
std::string Pem(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  Check(write(bio.get()) == 1, "PEM");
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<size_t>(size)};
}

std::string PemOf(X509* certificate) {
  return Pem([=](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

Key DrawKey() {
  Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  Check(key != nullptr, "key");
  return key;
}

void AddExtension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value), &X509_EXTENSION_free);
  Check(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1, "extension");
}

void SetSubject(X509* certificate, const TestAuthority::Subject& subject) {
  X509_NAME* const name = X509_get_subject_name(certificate);
  for (const auto& [field, value] : subject) {
    Check(X509_NAME_add_entry_by_txt(name, field.c_str(), MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(value.c_str()),
                                     static_cast<int>(value.size()), -1, 0) == 1,
          "subject");
  }
}

// Returns an unsigned certificate.
Certificate Draft(const TestAuthority::Subject& subject, EVP_PKEY* key, int days) {
  static std::atomic<long> serial = 1;
  Certificate certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24L * 3600 * days);
  X509_set_pubkey(certificate.get(), key);
  SetSubject(certificate.get(), subject);
  return certificate;
}

}  // namespace

TestAuthority::TestAuthority(const std::string& name) : key_(DrawKey()), own_(nullptr, &X509_free) {
  own_ = Draft({{"CN", name}}, key_.get(), 1);
  X509_set_issuer_name(own_.get(), X509_get_subject_name(own_.get()));
  AddExtension(own_.get(), own_.get(), NID_basic_constraints, "critical,CA:TRUE");
  Check(X509_sign(own_.get(), key_.get(), EVP_sha256()) != 0, "signature");
  certificate_ = PemOf(own_.get());
}

Credentials TestAuthority::Issue(const Subject& subject, int days, const std::string& names) {
  const Key key = DrawKey();
  const Certificate certificate = Draft(subject, key.get(), days);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(own_.get()));
  AddExtension(certificate.get(), own_.get(), NID_subject_alt_name, names.c_str());
  Check(X509_sign(certificate.get(), key_.get(), EVP_sha256()) != 0, "signature");
  return {.certificate = PemOf(certificate.get()),
          .key = Pem([&](BIO* bio) {
            return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

TemporaryFile::TemporaryFile(const std::string& name, const std::string& contents) {
  const char* const parent = std::getenv("TEST_TMPDIR");
  folder_ = std::string(parent == nullptr ? "/tmp" : parent) + "/drawbridge.XXXXXX";
  Check(::mkdtemp(folder_.data()) != nullptr, "folder");
  path_ = folder_ + "/" + name;
  Replace(contents);
}

TemporaryFile::~TemporaryFile() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void TemporaryFile::Replace(const std::string& contents) const {
  const std::string fresh = path_ + ".new";
  std::ofstream(fresh) << contents;
  Check(std::rename(fresh.c_str(), path_.c_str()) == 0, "rename");
}

}  // namespace drawbridge
