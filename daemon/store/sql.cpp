#include "store/sql.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace runbookd::store {

std::string_view query_text(std::string_view name) {
    const auto all = queries();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const NamedSql& sql) { return sql.name == name; });
    if (found == all.end()) throw std::logic_error("no query named " + std::string(name) + " in db/queries");
    return found->text;
}

}  // namespace runbookd::store
