#pragma once
// The control socket as a file: who may connect, what was there before, and who is at the other end.
#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <string>

#include "base/result.hpp"

namespace runbookd::http_api {

/// A listening socket and its file, which is removed again with it (unless another file has taken its place).
class UnixListener {
public:
    /// Binds `path` with mode 0660 and the given group. A socket file that nobody answers on is replaced.
    /// Where the group does not exist, or this user may not give files to it, the file keeps the own group;
    /// see note(). Errors: conflict (somebody answers there, or the file is no socket), permission,
    /// invalid_input (path too long, no such folder).
    [[nodiscard]] static Result<UnixListener> open(const boost::asio::any_io_executor& loop, std::string path,
                                                   const std::string& group);
    UnixListener(UnixListener&&) = default;
    UnixListener& operator=(UnixListener&&) = delete;
    ~UnixListener() { close(); }

    [[nodiscard]] boost::asio::local::stream_protocol::acceptor& acceptor() { return acceptor_; }
    /// A warning for the log; empty: all is as it should be.
    [[nodiscard]] const std::string& note() const { return note_; }
    void close();

private:
    UnixListener(boost::asio::local::stream_protocol::acceptor acceptor, std::string path);
    boost::asio::local::stream_protocol::acceptor acceptor_;
    std::string path_;
    std::string note_;
    ino_t inode_ = 0;
};

/// The user name of the process at the other end (SO_PEERCRED, as of its connect); "uid:N" where it has none.
[[nodiscard]] std::string peer_user(boost::asio::local::stream_protocol::socket& peer);

}  // namespace runbookd::http_api
