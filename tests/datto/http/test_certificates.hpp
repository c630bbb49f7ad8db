#pragma once
// A certificate authority of the test's own, and a server certificate that it has signed.
#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>
#include <string>

namespace runbookd::tests {

class TestAuthority {
public:
    TestAuthority();
    ~TestAuthority();

    /// A file with the authority's certificate; removed with this object.
    [[nodiscard]] std::string ca_file() const { return file_.string(); }
    /// A server's TLS, with a certificate for these names, as in "DNS:localhost" or "IP:127.0.0.1".
    [[nodiscard]] boost::asio::ssl::context server(const std::string& subject_names) const;

private:
    struct Pair;
    std::unique_ptr<Pair> ca_;
    std::filesystem::path file_;
};

}  // namespace runbookd::tests
