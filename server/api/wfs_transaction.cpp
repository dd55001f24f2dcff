// WFS-T: a transaction is one request of edits, all or nothing.

#include "server/api/wfs.hpp"
#include "server/db/edits.hpp"
#include "server/gate/errors.hpp"

namespace api {

Answer wfs_transaction(const Services& services, CallPtr call, WfsRequestPtr request) {
    if (call->caller->is_anonymous()) throw gate::Unauthorized("log in to edit");
    auto work = [request](db::Connection& connection) {
        return db::apply_edits(connection, std::get<gis::wfs::Transaction>(request->operation).request);
    };
    const std::vector<gis::EditResult> results =
        co_await services.database.run(call->editor(), query_for(*call->request), std::move(work));
    const auto& transaction = std::get<gis::wfs::Transaction>(request->operation);
    co_return Response::bytes("text/xml; charset=utf-8",
                              gis::wfs::transaction_response(request->version, transaction, results));
}

}  // namespace api
