#include "datto/http/test_certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <fstream>

namespace runbookd::tests {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Key make_key() { return {EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free}; }

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    auto* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

/// A certificate for `key`, valid for an hour, not yet signed.
Certificate make_certificate(EVP_PKEY* key, const char* name, long serial) {
    Certificate certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key);
    auto* subject = X509_get_subject_name(certificate.get());
    const auto* text = reinterpret_cast<const unsigned char*>(name);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text, -1, -1, 0);
    return certificate;
}

template <class Write>
std::string pem(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
    write(memory.get());
    std::string text(static_cast<std::size_t>(BIO_pending(memory.get())), '\0');
    BIO_read(memory.get(), text.data(), static_cast<int>(text.size()));
    return text;
}

}  // namespace

struct TestAuthority::Pair {
    Key key = make_key();
    Certificate certificate = make_certificate(key.get(), "Test authority", 1);
};

TestAuthority::TestAuthority() : ca_(std::make_unique<Pair>()) {
    auto* certificate = ca_->certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(certificate, ca_->key.get(), EVP_sha256());
    static int made = 0;
    file_ = std::filesystem::temp_directory_path() /
            ("runbookd-test-ca-" + std::to_string(getpid()) + "-" + std::to_string(++made) + ".pem");
    std::ofstream(file_) << pem([&](BIO* out) { PEM_write_bio_X509(out, certificate); });
}

TestAuthority::~TestAuthority() { std::filesystem::remove(file_); }

boost::asio::ssl::context TestAuthority::server(const std::string& subject_names) const {
    const auto key = make_key();
    const auto certificate = make_certificate(key.get(), "Test server", 2);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(ca_->certificate.get()));
    add_extension(certificate.get(), ca_->certificate.get(), NID_subject_alt_name, subject_names);
    X509_sign(certificate.get(), ca_->key.get(), EVP_sha256());
    boost::asio::ssl::context tls(boost::asio::ssl::context::tls_server);
    const auto certificate_text = pem([&](BIO* out) { PEM_write_bio_X509(out, certificate.get()); });
    const auto key_text = pem(
        [&](BIO* out) { PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
    tls.use_certificate_chain(boost::asio::buffer(certificate_text));
    tls.use_private_key(boost::asio::buffer(key_text), boost::asio::ssl::context::pem);
    return tls;
}

}  // namespace runbookd::tests
