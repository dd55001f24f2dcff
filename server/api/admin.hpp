#pragma once

#include "server/api/documents.hpp"
#include "server/api/handlers.hpp"

// What the handlers of the administration share. Their answers are nobody else's: no-store.

namespace api {

Response admin_response(const Json& document, int status = 200);

/// {"items": [...]} of everything kept, or of what `condition` on the alias t and its parameters choose.
Answer list_records(const Services& services, CallPtr call, const admin::Kind* kind, std::string condition,
                    std::vector<db::Parameter> parameters);

/// 201 with what was made of `body`.
Answer make_record(const Services& services, CallPtr call, const admin::Kind* kind, Json body);

/// 200 with what became of the record that the path names.
Answer change_record(const Services& services, CallPtr call, const admin::Kind* kind, Json patch);

}  // namespace api
