#pragma once

#include <string>
#include <string_view>

#include "server/api/documents.hpp"

// What the description of the API (OpenAPI 3.0) is put together from.

namespace api::openapi {

/// A reference to what the document's components hold: "parameters/limit".
Json component(const std::string& what);

/// A response with its content.
Json answer(std::string_view description, std::string_view type, Json schema = Json::object());
/// One that is problem+json.
Json problem(std::string_view description);

/// A path that answers GET.
Json operation(std::string_view id, std::string_view summary, std::string_view tag, Json parameters,
               std::string_view type, Json schema = Json{{"type", "object"}});

Json path_parameter(std::string_view name, std::string_view description, Json schema);
Json query_parameter(std::string_view name, std::string_view description, Json schema);

}  // namespace api::openapi
