#pragma once
// One HTTP request and its answer as plain data, so that what is sent and what is read is tested without
// sockets.
#include <cstdint>
#include <string>
#include <tl/expected.hpp>

namespace runbookd::http_client {

enum class Method : std::uint8_t { get, put, post };
enum class Authorization : std::uint8_t {
    bearer,        ///< of Datto RMM: the account's token
    public_client  ///< of Datto RMM: the fixed pair that its token call presents, the same for everybody
};

struct Request {
    Method method = Method::get;
    std::string target;        ///< path and query, encoded
    std::string content_type;  ///< empty: no body
    std::string body;
    Authorization authorization = Authorization::bearer;
    std::string idempotency_key;  ///< empty: none is sent
};

struct Response {
    int status = 0;
    std::string content_type;
    std::string retry_after;  ///< the header as sent, or empty
    std::string body;         ///< unpacked
};

/// What is known when no whole answer came.
enum class Delivery : std::uint8_t {
    not_sent,   ///< no byte of the request was handed to the network
    uncertain,  ///< some of it may have arrived
    unusable    ///< it was answered, with more than we read or in a packing that cannot be undone
};
struct TransportFailure {
    Delivery delivery = Delivery::uncertain;
    int status = 0;  ///< where the answer's head was read
    std::string message;
    bool timed_out = false;
};
using Exchange = tl::expected<Response, TransportFailure>;

}  // namespace runbookd::http_client
