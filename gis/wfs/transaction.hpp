#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "gis/edit/edit.hpp"
#include "gis/wfs/version.hpp"

namespace gis::wfs {

/// One Insert, Update, Replace or Delete of a transaction: which edits it became.
struct Action {
    Edit::Kind kind = Edit::Kind::Insert;
    std::string handle;
    std::size_t first_edit = 0;
    std::size_t edits = 0;
};

/// A Transaction: edits in their order, all or nothing.
struct Transaction {
    std::string handle;
    std::vector<Action> actions;
    EditRequest request;
};

/// The answer to a transaction that was applied, in the namespaces of `version`: a summary, and the names of what was
/// inserted and replaced. `results` are those of the edits.
std::string transaction_response(Version version, const Transaction& transaction,
                                 const std::vector<EditResult>& results);

}  // namespace gis::wfs
