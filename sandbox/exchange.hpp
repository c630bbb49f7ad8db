#pragma once
// One request and one reply, free of any HTTP library.
#include <map>
#include <string>

#include "base/time.hpp"
#include "sandbox/operation.hpp"

namespace runbookd::sandbox {

struct Request {
    std::string method;
    std::string path;   ///< without the query
    std::string query;  ///< still encoded
    std::string host;   ///< of the Host header; absolute URLs in replies begin with it
    std::string authorization;
    std::string content_type;
    std::string idempotency_key;  ///< of the header of that name
    std::string body;
};

enum class Ending {
    whole,  ///< the reply is sent
    cut,    ///< half of its body is sent, then the connection closes
    reset,  ///< nothing is sent, the connection is reset
};

struct Reply {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";
    Millis delay{0};                             ///< to wait before it is sent
    std::map<std::string, std::string> headers;  ///< beside those of every reply
    Ending ending = Ending::whole;
};

/// Names and values of a query or form; of a name given twice, the first counts.
using Form = std::map<std::string, std::string>;

/// Decodes "a=1&b=x+y". What is not well-formed is left out.
[[nodiscard]] Form parse_form(const std::string& text);
/// The reverse, percent-encoded.
[[nodiscard]] std::string format_form(const Form& form);

}  // namespace runbookd::sandbox
