#pragma once
// Which function answers which path and verb.
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/call.hpp"
#include "sandbox/dialect.hpp"
#include "sandbox/operation.hpp"

namespace runbookd::sandbox {

enum class Access { bearer, open };

struct Route {
    std::string_view method;
    std::string_view pattern;  ///< "{}" stands for one part of the path
    Operation operation;
    Reply (*answer)(const Call& call);
    std::string_view write{};  ///< its name in operationWriteStatus; empty: it has no limit of its own
    Access access = Access::bearer;
};

struct Match {
    const Route* route = nullptr;  ///< none: no such path, or (with path_known) not with this verb
    bool path_known = false;
    Operation operation = Operation::other;
    std::vector<std::string> parts;
};

/// `path` is decoded part by part.
[[nodiscard]] Match find_route(Dialect dialect, std::string_view method, const std::string& path);

}  // namespace runbookd::sandbox
