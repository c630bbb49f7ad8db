#include "http_api/unix_socket.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;

constexpr mode_t kSocketMode = 0660;

Error system_failure(const std::string& what, const std::string& path, int error) {
    const auto code = error == EACCES || error == EPERM     ? ErrorCode::permission
                      : error == ENOENT || error == ENOTDIR ? ErrorCode::invalid_input
                                                            : ErrorCode::unavailable;
    const char* advice = code == ErrorCode::permission      ? "; check who owns its folder"
                         : code == ErrorCode::invalid_input ? "; create its folder or change control.socket"
                                                            : "";
    return {code, "control socket " + path + ": " + what + ": " + std::strerror(error) + advice};
}

/// Makes room for a socket at `path`: removes one that nobody answers on.
Result<void> clear_stale(const asio::any_io_executor& loop, const std::string& path) {
    struct stat found{};
    if (::lstat(path.c_str(), &found) != 0) {
        if (errno == ENOENT) return {};
        return tl::unexpected(system_failure("cannot be looked at", path, errno));
    }
    if (!S_ISSOCK(found.st_mode))
        return fail(ErrorCode::conflict, "control socket " + path +
                                             ": a file that is not a socket is there; remove it or change "
                                             "control.socket");
    stream_protocol::socket probe(loop);
    boost::system::error_code error;
    probe.open(stream_protocol(), error);
    // A full queue of an answering daemon must not make us wait.
    if (!error) probe.non_blocking(true, error);
    if (!error) probe.connect(stream_protocol::endpoint(path), error);
    if (error == asio::error::connection_refused) {
        if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
        return tl::unexpected(system_failure("a stale one cannot be removed", path, errno));
    }
    if (error && error != asio::error::try_again && error != asio::error::would_block)
        return tl::unexpected(system_failure("cannot be tried", path, error.value()));
    return fail(ErrorCode::conflict, "control socket " + path +
                                         " is in use: another runbookd answers there; stop it or change "
                                         "control.socket");
}

std::optional<gid_t> group_id(const std::string& name) {
    std::array<char, 16384> buffer{};
    struct group entry{};
    struct group* found = nullptr;
    if (::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
        return std::nullopt;
    return found->gr_gid;
}

/// Gives the file to the group; what stood in the way, or empty.
std::string give_to_group(const std::string& path, const std::string& group) {
    const auto id = group_id(group);
    if (!id)
        return "control socket " + path + ": there is no group '" + group +
               "', so it keeps the daemon's own; members of that may connect";
    if (::lchown(path.c_str(), static_cast<uid_t>(-1), *id) == 0) return {};
    return "control socket " + path + ": cannot be given to group '" + group + "' (" + std::strerror(errno) +
           "), so it keeps the daemon's own; members of that may connect";
}

}  // namespace

UnixListener::UnixListener(stream_protocol::acceptor acceptor, std::string path)
    : acceptor_(std::move(acceptor)), path_(std::move(path)) {}

Result<UnixListener> UnixListener::open(const asio::any_io_executor& loop, std::string path,
                                        const std::string& group) {
    if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path))
        return fail(ErrorCode::invalid_input, "control socket '" + path + "': the path must have 1 to " +
                                                  std::to_string(sizeof(sockaddr_un::sun_path) - 1) +
                                                  " bytes; change control.socket");
    const auto cleared = clear_stale(loop, path);
    if (!cleared) return tl::unexpected(cleared.error());
    UnixListener listener(stream_protocol::acceptor(loop), std::move(path));
    auto& acceptor = listener.acceptor_;
    boost::system::error_code error;
    acceptor.open(stream_protocol(), error);
    // Linux takes the new file's mode from the socket's: nobody can connect before group and mode are right.
    if (!error && ::fchmod(acceptor.native_handle(), 0600) != 0)
        error.assign(errno, boost::system::system_category());
    if (!error) acceptor.bind(stream_protocol::endpoint(listener.path_), error);
    if (error) return tl::unexpected(system_failure("cannot be bound", listener.path_, error.value()));
    struct stat made{};
    if (::lstat(listener.path_.c_str(), &made) == 0) listener.inode_ = made.st_ino;
    listener.note_ = give_to_group(listener.path_, group);
    if (::chmod(listener.path_.c_str(), kSocketMode) != 0)
        return tl::unexpected(system_failure("its mode cannot be set", listener.path_, errno));
    acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return tl::unexpected(system_failure("cannot listen", listener.path_, error.value()));
    return listener;
}

void UnixListener::close() {
    if (!acceptor_.is_open()) return;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    struct stat found{};
    if (::lstat(path_.c_str(), &found) == 0 && found.st_ino == inode_) ::unlink(path_.c_str());
}

std::string peer_user(stream_protocol::socket& peer) {
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(peer.native_handle(), SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return "unknown";
    std::array<char, 16384> buffer{};
    struct passwd entry{};
    struct passwd* found = nullptr;
    if (::getpwuid_r(who.uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
        return found->pw_name;
    return "uid:" + std::to_string(who.uid);
}

}  // namespace runbookd::http_api
