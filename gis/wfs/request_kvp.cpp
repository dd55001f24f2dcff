// Requests as keyword and value pairs: 09-025r2, 6.2.5 and the tables of each operation; 04-094, clause 14; 02-058, 13.

#include <fmt/format.h>

#include "gis/text/ascii.hpp"
#include "gis/wfs/fes.hpp"
#include "gis/wfs/kvp.hpp"
#include "gis/wfs/kvp_bbox.hpp"
#include "gis/wfs/names.hpp"
#include "gis/wfs/request_parts.hpp"
#include "gis/wfs/service_error.hpp"

namespace gis::wfs {

namespace {

class KvpReader {
  public:
    KvpReader(const Kvp& kvp, const RequestContext& context) : kvp_(kvp), context_(context) {
        if (const auto text = kvp.find_any({"namespaces", "namespace"})) namespaces_ = read_namespaces(*text);
    }

    Request read() {
        const std::string operation = kvp_.find("request").value_or("");
        if (operation.empty()) throw missing("request");
        const std::string name = lower(operation);
        if (name == "getcapabilities") return capabilities();
        const auto service = kvp_.find("service");
        if (service && lower(*service) != "wfs") throw invalid("service", "WFS expected");
        const auto version = kvp_.find("version");
        version_ = version ? require_version(*version) : Version::V2_0_0;
        if (version_ == Version::V2_0_0 && !service) throw missing("service");
        if (version_ == Version::V2_0_0 && !version) throw missing("version");
        if (name == "describefeaturetype") return {version_, describe()};
        if (name == "getfeature" && asks_data_set()) return {version_, get_spatial_data_set()};
        if (name == "getfeature") return {version_, get_feature()};
        if (name == "transaction")
            throw ServiceError("OperationNotSupported", "Transaction", "Transaction: a POST of XML is expected");
        if (version_ == Version::V2_0_0) {
            if (name == "getpropertyvalue") return {version_, get_property_value()};
            if (name == "liststoredqueries") return {version_, ListStoredQueries{}};
            if (name == "describestoredqueries") return {version_, describe_stored_queries()};
        }
        refuse_operation(operation);
    }

  private:
    Request capabilities() const {
        const auto service = kvp_.find("service");
        if (!service) throw missing("service");
        if (lower(*service) != "wfs") throw invalid("service", "WFS expected");
        const auto accept = kvp_.find("acceptversions");
        GetCapabilities request;
        request.version = negotiate(accept ? split_list(*accept) : std::vector<std::string>{}, kvp_.find("version"));
        if (const auto sections = kvp_.find("sections")) request.sections.names = split_list(*sections);
        return {request.version, request};
    }

    Prefixes prefixes() const {
        return [this](std::string_view prefix) -> std::optional<std::string> {
            for (const auto& [known, uri] : namespaces_) {
                if (known == prefix) return uri;
            }
            return std::nullopt;
        };
    }

    /// One group for each query. In 2.0.0 a comma inside a group is a join, before it begins the next query.
    std::vector<std::string> type_names() const {
        const auto text = kvp_.find_any({"typenames", "typename"});
        if (!text) return {};
        if (version_ != Version::V2_0_0) {
            std::vector<std::string> names;
            for (const std::string& group : split_groups(*text)) {
                for (std::string& name : split_list(group)) names.push_back(std::move(name));
            }
            return names;
        }
        std::vector<std::string> names = split_groups(*text);
        for (const std::string& group : names) {
            if (split_list(group).size() != 1) {
                throw ServiceError("OptionNotSupported", "typeNames",
                                   "typeNames: joins are not supported; (a)(b) asks for two types one after the other");
            }
        }
        return names;
    }

    DescribeFeatureType describe() const {
        DescribeFeatureType request;
        if (const auto text = kvp_.find_any({"typename", "typenames"})) {
            for (const std::string& group : split_groups(*text)) {
                for (const std::string& name : split_list(group))
                    request.layers.push_back(&layer_named(name, context_, version_, prefixes()));
            }
        }
        return request;
    }

    DescribeStoredQueries describe_stored_queries() const {
        const auto ids = kvp_.find("storedquery_id");
        return {ids ? split_list(*ids) : std::vector<std::string>{}};
    }

    /// The group of `name` that goes with query `index`; one group goes with all of them.
    std::optional<std::string> group(std::string_view name, std::size_t index, std::size_t queries) const {
        const auto text = kvp_.find(name);
        if (!text) return std::nullopt;
        std::vector<std::string> groups = split_groups(*text);
        if (groups.size() == 1) return std::move(groups.front());
        if (groups.size() != queries) {
            throw invalid(std::string(name),
                          fmt::format("one group for each of the {} types expected, got {}", queries, groups.size()));
        }
        return std::move(groups[index]);
    }

    void require_one_condition() const {
        int conditions = 0;
        for (const std::string_view name : {"filter", "bbox"}) conditions += kvp_.find(name).has_value();
        conditions += kvp_.find_any({"resourceid", "featureid"}).has_value();
        if (conditions > 1) {
            throw invalid("filter", "FILTER, BBOX and RESOURCEID exclude each other; a filter can hold a BBOX");
        }
    }

    std::vector<Query> queries() const {
        require_one_condition();
        require_filter_language(kvp_.find("filter_language"));
        const std::string srs_name = kvp_.find("srsname").value_or("");
        const std::vector<std::string> names = type_names();
        std::vector<Query> found;
        if (const auto ids = kvp_.find_any({"resourceid", "featureid"})) {
            found = queries_by_name(split_list(*ids), srs_name, context_, version_);
            require_asked(found, names);
        } else {
            if (names.empty()) throw missing(version_ == Version::V2_0_0 ? "typeNames" : "typeName");
            for (const std::string& name : names)
                found.push_back(
                    query_of(layer_named(name, context_, version_, prefixes()), srs_name, context_, version_));
        }
        for (std::size_t i = 0; i < found.size(); ++i) complete(found[i], i, found.size());
        return found;
    }

    /// With TYPENAMES beside them, RESOURCEIDs of other types are an error of the caller.
    void require_asked(const std::vector<Query>& queries, const std::vector<std::string>& names) const {
        if (names.empty()) return;
        for (const Query& query : queries) {
            bool asked = false;
            for (const std::string& name : names)
                asked = asked || &layer_named(name, context_, version_, prefixes()) == query.layer;
            if (!asked) throw invalid("resourceId", "a feature of a type that is not among the type names");
        }
    }

    void complete(Query& query, std::size_t index, std::size_t queries) const {
        const Layer& layer = *query.layer;
        if (const auto text = group("filter", index, queries); text && !text->empty())
            query.filter = read_filter(*text, layer, offered_for(layer), version_);
        if (const auto text = kvp_.find("bbox")) query.bbox = read_bbox(*text, layer, offered_for(layer), version_);
        if (const auto text = group("propertyname", index, queries)) choose_properties(query, split_list(*text));
        if (const auto text = group("sortby", index, queries)) {
            for (const std::string& item : split_list(*text)) query.sort.push_back(read_sort_item(item, layer));
        }
    }

    std::vector<Crs> offered_for(const Layer& layer) const {
        std::vector<Crs> all = context_.offered;
        if (layer.has_geometry()) all.push_back(layer.crs);
        return all;
    }

    bool asks_data_set() const {
        return version_ == Version::V2_0_0 && is_spatial_data_set_query(kvp_.find("storedquery_id").value_or(""));
    }

    GetSpatialDataSet get_spatial_data_set() const {
        GetSpatialDataSet request{kvp_.find("crs").value_or(""), kvp_.find("datasetidcode").value_or(""),
                                  kvp_.find("datasetidnamespace").value_or(""),
                                  read_result_type(kvp_.find("resulttype").value_or(""))};
        require_parameters(request);
        return request;
    }

    GetFeature get_feature() const {
        GetFeature request;
        if (const auto id = kvp_.find("storedquery_id"); id && version_ == Version::V2_0_0) {
            request = stored_query(*id, kvp_.find("id"), kvp_.find("srsname").value_or(""), context_);
        } else {
            request.queries = queries();
        }
        request.output_format = kvp_.find("outputformat").value_or("");
        request.result_type = read_result_type(kvp_.find("resulttype").value_or(""));
        if (const auto text = kvp_.find_any({"count", "maxfeatures"})) request.count = read_count(*text, "count");
        if (const auto text = kvp_.find("startindex")) request.start_index = read_count(*text, "startIndex");
        for (const auto& [name, value] : kvp_.pairs()) {
            const bool of_page =
                name == "count" || name == "maxfeatures" || name == "startindex" || name == "resulttype";
            if (!of_page) request.as_kvp.emplace_back(name, value);
        }
        return request;
    }

    GetFeature get_property_value() const {
        GetFeature request = get_feature();
        if (!kvp_.is_given("valuereference")) throw missing("valueReference");
        set_value_reference(request, kvp_.find("valuereference").value_or(""));
        return request;
    }

    const Kvp& kvp_;
    const RequestContext& context_;
    Version version_ = Version::V2_0_0;
    std::vector<std::pair<std::string, std::string>> namespaces_;
};

}  // namespace

Request read_kvp_request(const std::vector<std::pair<std::string, std::string>>& pairs, const RequestContext& context) {
    const Kvp kvp(pairs);
    return KvpReader(kvp, context).read();
}

Version version_for_errors(const std::vector<std::pair<std::string, std::string>>& pairs, std::string_view body) {
    for (const auto& [name, value] : pairs) {
        const bool called_version = name.size() == 7 && (name[0] == 'v' || name[0] == 'V');
        if (called_version) return parse_version(value).value_or(Version::V2_0_0);
    }
    // The attribute of the document element, which is where every client writes it.
    const std::string_view head = body.substr(0, 4000);
    for (auto at = head.find("version="); at != std::string_view::npos; at = head.find("version=", at + 1)) {
        if (at + 14 > head.size()) break;
        if (head.substr(0, at).ends_with("<?xml ")) continue;
        return parse_version(head.substr(at + 9, 5)).value_or(Version::V2_0_0);
    }
    return Version::V2_0_0;
}

}  // namespace gis::wfs
