#include "store/read_error.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace runbookd::store {

Error read_error(const SQLite::Exception& error) {
    if (error.getErrorCode() == SQLITE_INTERRUPT) {
        return {ErrorCode::unavailable,
                "the question took longer than 5 s: narrow it with filters or a smaller limit"};
    }
    return {ErrorCode::unavailable, std::string("the store cannot be read: ") + error.what()};
}

std::string stored_uid(std::string uid) {
    constexpr std::string_view kLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz";
    if (uid.find_first_not_of(kLetters) != std::string::npos || uid.empty() || uid[0] > '7') return uid;
    std::transform(uid.begin(), uid.end(), uid.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return uid;
}

}  // namespace runbookd::store
