#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gis/wfs/request.hpp"

// What KVP and XML requests have in common. Internal to the library.

namespace gis::wfs {

/// The namespace a prefix stands for; nothing when it is not declared.
using Prefixes = std::function<std::optional<std::string>(std::string_view prefix)>;

/// The layer that a qualified type name means. A name without prefix, or of a prefix that nothing declares, is looked
/// up by its local part. Throws ServiceError at typeNames (typeName in 1.x), the same for layers that are not there and
/// those that the caller does not see.
const Layer& layer_named(std::string_view name, const RequestContext& context, Version version,
                         const Prefixes& prefixes);

/// A Query for everything of the layer in its own CRS, or the one that `srs_name` names.
Query query_of(const Layer& layer, const std::string& srs_name, const RequestContext& context, Version version);

/// PROPERTYNAME: paths; "*" is everything; nothing changes for an empty list.
void choose_properties(Query& query, const std::vector<std::string>& paths);

/// "contenance DESC", "contenance D", "contenance+D", "contenance".
SortItem read_sort_item(std::string_view text, const Layer& layer);
SortItem sort_item(std::string_view path, std::string_view order, const Layer& layer);

/// Features by their names, a Query for each layer in the order in which the names say them.
std::vector<Query> queries_by_name(const std::vector<std::string>& names, const std::string& srs_name,
                                   const RequestContext& context, Version version);

/// Queries of a stored query. Throws ServiceError when there is none of that id or its parameter is missing.
GetFeature stored_query(std::string_view id, const std::optional<std::string>& feature, const std::string& srs_name,
                        const RequestContext& context);

/// CRS and DataSetIdCode must be there; the rest may be left out. Throws ServiceError.
void require_parameters(const GetSpatialDataSet& request);

std::int64_t read_count(std::string_view text, const std::string& parameter);
ResultType read_result_type(std::string_view text);

/// The version to answer GetCapabilities in (06-121r3, 7.3.2): the first acceptable one that is spoken; without a list,
/// `version` when it is one, or the nearest below it. Throws ServiceError (VersionNegotiationFailed).
Version negotiate(const std::vector<std::string>& accept, const std::optional<std::string>& version);

/// Every other operation needs a version that is spoken.
Version require_version(const std::string& text);

/// GetPropertyValue's valueReference: must name a property of every layer asked.
void set_value_reference(GetFeature& request, const std::string& path);

/// Refuses operations by their status: unknown, or known to the standard and not offered here.
[[noreturn]] void refuse_operation(const std::string& name);

void require_filter_language(const std::optional<std::string>& name);

}  // namespace gis::wfs
