#include "audit/checkpoints.hpp"

#include "store/checkpointer.hpp"
#include "store/signature.hpp"

namespace runbookd::audit {

std::vector<Checkpoint> read_checkpoints(store::Connection& connection) {
    std::vector<Checkpoint> checkpoints;
    store::Execution all(connection.statement("audit_checkpoints"));
    while (all.step())
        checkpoints.push_back(
            {all.integer(0), all.text(1), all.integer(2), all.text(3), all.text(4), all.text(5)});
    return checkpoints;
}

SignedPart check_signatures(const std::vector<Checkpoint>& checkpoints,
                            const std::optional<std::string>& public_key) {
    SignedPart part;
    for (const auto& checkpoint : checkpoints) {
        const auto text = store::checkpoint_text(checkpoint.seq, checkpoint.hash, checkpoint.at);
        if (!store::is_signed_by(checkpoint.public_key, text, checkpoint.signature)) {
            part.findings.push_back({"checkpoint", checkpoint.seq,
                                     "checkpoint " + std::to_string(checkpoint.seq),
                                     "its signature is not that of its content by the key beside it"});
        } else if (public_key && checkpoint.public_key != *public_key) {
            ++part.by_other_keys;
        } else {
            part.last = checkpoint;
        }
    }
    if (public_key && !part.last)
        part.findings.push_back(
            {"checkpoint", 0, "checkpoints",
             "none is signed by the public key that was given (" + store::key_id_of(*public_key) + ")"});
    return part;
}

}  // namespace runbookd::audit
