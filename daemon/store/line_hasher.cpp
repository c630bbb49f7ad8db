#include "store/line_hasher.hpp"

#include "store/json_text.hpp"

namespace runbookd::store {

Sha256 LineHasher::hash_of(const Sha256& previous, const StoredEvent& event) {
    line_.assign(previous.begin(), previous.end());
    line_ += R"({"actor":)";
    if (event.actor) {
        append_json_text(line_, *event.actor);
    } else {
        line_ += "null";
    }
    line_ += R"(,"at":)";
    line_ += std::to_string(event.at);
    line_ += R"(,"data":)";
    line_ += event.data;
    line_ += R"(,"kind":)";
    append_json_text(line_, event.kind);
    line_ += R"(,"seq":)";
    line_ += std::to_string(event.seq);
    line_ += R"(,"subject":)";
    append_json_text(line_, event.subject);
    line_ += R"(,"subject_uid":)";
    append_json_text(line_, event.subject_uid);
    line_ += '}';
    digest_.add(line_);
    return digest_.finish();
}

}  // namespace runbookd::store
