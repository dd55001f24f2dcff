// Requests as XML: 09-025r2, the schemas of each operation; 04-094; 02-058.

#include <fmt/format.h>

#include <map>

#include "gis/wfs/fes.hpp"
#include "gis/wfs/fes_reader.hpp"
#include "gis/wfs/names.hpp"
#include "gis/wfs/request_parts.hpp"
#include "gis/wfs/service_error.hpp"
#include "gis/wfs/transaction_reader.hpp"
#include "gis/wfs/xml_document.hpp"

namespace gis::wfs {

namespace {

using Node = pugi::xml_node;

std::vector<std::string> split_white(std::string_view text) {
    std::vector<std::string> parts;
    std::string part;
    for (const char c : text) {
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',') {
            if (!part.empty()) parts.push_back(std::move(part));
            part.clear();
        } else {
            part += c;
        }
    }
    if (!part.empty()) parts.push_back(std::move(part));
    return parts;
}

class XmlReader {
  public:
    XmlReader(const Node& root, const RequestContext& context) : root_(root), context_(context) {}

    Request read() {
        const std::string name(local_name(root_));
        const std::string_view spoken = namespace_of(root_);
        if (!spoken.empty() && !spoken.starts_with("http://www.opengis.net/wfs"))
            throw unreadable(name.substr(0, 50),
                             "an operation of WFS expected, got an element of " + std::string(spoken.substr(0, 100)));
        const std::string_view service = attribute_of(root_, "service");
        if (!service.empty() && service != "WFS") throw invalid("service", "WFS expected");
        if (name == "GetCapabilities") return capabilities();
        version_ = version_of(spoken);
        if (version_ == Version::V2_0_0 && service.empty()) throw missing("service");
        if (name == "DescribeFeatureType") return {version_, describe()};
        if (name == "GetFeature" && asks_data_set()) return {version_, get_spatial_data_set()};
        if (name == "GetFeature") return {version_, get_feature()};
        if (name == "Transaction") return {version_, read_transaction(root_, context_, version_)};
        if (version_ == Version::V2_0_0) {
            if (name == "GetPropertyValue") return {version_, get_property_value()};
            if (name == "ListStoredQueries") return {version_, ListStoredQueries{}};
            if (name == "DescribeStoredQueries") return {version_, describe_stored_queries()};
        }
        refuse_operation(name);
    }

  private:
    /// QGIS leaves the version out of nothing, others do: the namespace says 2.0 or older then.
    Version version_of(std::string_view spoken) const {
        const std::string text(attribute_of(root_, "version"));
        if (!text.empty()) return require_version(text);
        return spoken == namespaces_of(Version::V2_0_0).wfs ? Version::V2_0_0 : Version::V1_1_0;
    }

    Request capabilities() const {
        GetCapabilities request;
        std::vector<std::string> accept;
        if (const Node versions = child_called(root_, "AcceptVersions")) {
            for (const Node& version : children_called(versions, "Version")) accept.push_back(text_of(version));
        }
        std::optional<std::string> version;
        if (has_attribute(root_, "version")) version = std::string(attribute_of(root_, "version"));
        request.version = negotiate(accept, version);
        if (const Node sections = child_called(root_, "Sections")) {
            for (const Node& section : children_called(sections, "Section"))
                request.sections.names.push_back(text_of(section));
        }
        return {request.version, request};
    }

    static Prefixes prefixes_at(const Node& element) {
        return [element](std::string_view prefix) -> std::optional<std::string> {
            const std::string_view uri = namespace_of_prefix(element, prefix);
            if (uri.empty()) return std::nullopt;
            return std::string(uri);
        };
    }

    DescribeFeatureType describe() const {
        DescribeFeatureType request;
        for (const Node& name : children_called(root_, "TypeName"))
            request.layers.push_back(&layer_named(text_of(name), context_, version_, prefixes_at(name)));
        return request;
    }

    DescribeStoredQueries describe_stored_queries() const {
        DescribeStoredQueries request;
        for (const Node& id : children_called(root_, "StoredQueryId")) request.ids.push_back(text_of(id));
        return request;
    }

    std::vector<Query> queries_of(const Node& element) const {
        std::vector<Query> found;
        const std::string srs_name(attribute_of(element, "srsName"));
        const bool second = version_ == Version::V2_0_0;
        const auto names = split_white(attribute_of(element, second ? "typeNames" : "typeName"));
        if (names.empty()) throw missing(second ? "typeNames" : "typeName");
        if (names.size() > 1) {
            throw ServiceError("OptionNotSupported", "typeNames",
                               "typeNames: joins are not supported; write one Query for each type");
        }
        found.push_back(query_of(layer_named(names.front(), context_, version_, prefixes_at(element)), srs_name,
                                 context_, version_));
        Query& query = found.back();
        std::vector<std::string> properties;
        for (const Node& child : child_elements(element)) {
            const std::string_view name = local_name(child);
            if (name == "PropertyName" || name == "XlinkPropertyName") {
                properties.push_back(text_of(child));
            } else if (name == "Filter") {
                std::vector<Crs> offered = context_.offered;
                if (query.layer->has_geometry()) offered.push_back(query.layer->crs);
                query.filter = read_filter(child, *query.layer, offered, version_, "filter");
            } else if (name == "SortBy") {
                sort(query, child);
            } else if (name == "Function") {
                throw invalid("function", "functions are not supported");
            }
        }
        choose_properties(query, properties);
        return found;
    }

    void sort(Query& query, const Node& element) const {
        for (const Node& item : children_called(element, "SortProperty")) {
            const Node order = child_called(item, "SortOrder");
            for (const Node& child : child_elements(item)) {
                if (is_property_name(child))
                    query.sort.push_back(sort_item(text_of(child), order ? text_of(order) : "", *query.layer));
            }
        }
    }

    GetFeature stored(const Node& element) const {
        std::optional<std::string> id;
        for (const Node& parameter : children_called(element, "Parameter")) {
            const std::string_view name = attribute_of(parameter, "name");
            if (name == "ID" || name == "id" || name == "Id") id = text_of(parameter);
        }
        return stored_query(attribute_of(element, "id"), id, "", context_);
    }

    bool asks_data_set() const {
        const Node query = child_called(root_, "StoredQuery");
        return version_ == Version::V2_0_0 && query && is_spatial_data_set_query(attribute_of(query, "id"));
    }

    GetSpatialDataSet get_spatial_data_set() const {
        GetSpatialDataSet request;
        for (const Node& parameter : children_called(child_called(root_, "StoredQuery"), "Parameter")) {
            const std::string_view name = attribute_of(parameter, "name");
            if (name == "CRS") request.crs = text_of(parameter);
            if (name == "DataSetIdCode") request.code = text_of(parameter);
            if (name == "DataSetIdNamespace") request.id_namespace = text_of(parameter);
        }
        request.result_type = read_result_type(attribute_of(root_, "resultType"));
        require_parameters(request);
        return request;
    }

    GetFeature get_feature() const {
        GetFeature request;
        for (const Node& child : child_elements(root_)) {
            const std::string_view name = local_name(child);
            if (name == "StoredQuery") {
                GetFeature one = stored(child);
                request.single_feature = true;
                for (Query& query : one.queries) request.queries.push_back(std::move(query));
            } else if (name == "Query") {
                for (Query& query : queries_of(child)) request.queries.push_back(std::move(query));
            } else {
                throw unreadable(std::string(name.substr(0, 50)), "Query or StoredQuery expected");
            }
            if (request.queries.size() > 100) throw invalid("Query", "at most 100 queries");
        }
        if (request.queries.empty()) throw missing("Query");
        request.single_feature = request.single_feature && request.queries.size() == 1;
        request.output_format = std::string(attribute_of(root_, "outputFormat"));
        request.result_type = read_result_type(attribute_of(root_, "resultType"));
        const char* limit = version_ == Version::V2_0_0 ? "count" : "maxFeatures";
        if (has_attribute(root_, limit)) request.count = read_count(attribute_of(root_, limit), limit);
        if (has_attribute(root_, "startIndex"))
            request.start_index = read_count(attribute_of(root_, "startIndex"), "startIndex");
        request.as_kvp = as_kvp(request);
        return request;
    }

    /// The queries as pairs, so that an answer can link to its next page; nothing where pairs cannot say the same.
    std::vector<std::pair<std::string, std::string>> as_kvp(const GetFeature& request) const {
        std::vector<std::pair<std::string, std::string>> pairs{{"service", "WFS"},
                                                               {"version", std::string(to_string(version_))},
                                                               {"request", std::string(local_name(root_))}};
        if (!request.output_format.empty()) pairs.emplace_back("outputformat", request.output_format);
        const std::string reference(attribute_of(root_, "valueReference"));
        if (!reference.empty()) pairs.emplace_back("valuereference", reference);
        const Query& first = request.queries.front();
        for (const Query& query : request.queries) {
            const bool alike =
                query.crs_asked == first.crs_asked && (!query.crs_asked || query.srs_name == first.srs_name);
            if (!alike) return {};
        }
        if (const Node stored = child_called(root_, "StoredQuery")) {
            if (!request.single_feature) return {};
            pairs.emplace_back("storedquery_id", std::string(attribute_of(stored, "id")));
            for (const Node& parameter : children_called(stored, "Parameter"))
                pairs.emplace_back(std::string(attribute_of(parameter, "name")), text_of(parameter));
            return pairs;
        }
        Groups groups;
        for (std::size_t i = 0; i < request.queries.size(); ++i)
            add_groups(groups, request.queries[i], query_nodes()[i]);
        for (auto& [name, group] : groups) {
            if (group.find_first_not_of("()") != std::string::npos) pairs.emplace_back(name, std::move(group));
        }
        if (first.crs_asked) pairs.emplace_back("srsname", first.srs_name);
        return pairs;
    }

    using Groups = std::map<std::string, std::string>;

    std::vector<Node> query_nodes() const { return children_called(root_, "Query"); }

    static void add_groups(Groups& groups, const Query& query, const Node& element) {
        groups["typenames"] += fmt::format("({}:{})", feature_prefix, query.layer->name);
        std::string names;
        for (const Node& name : children_called(element, "PropertyName"))
            names += (names.empty() ? "" : ",") + text_of(name);
        groups["propertyname"] += '(' + (names.empty() ? "*" : names) + ')';
        std::string sorts;
        for (const SortItem& item : query.sort)
            sorts += (sorts.empty() ? "" : ",") + item.field->name + (item.descending ? " DESC" : " ASC");
        groups["sortby"] += '(' + sorts + ')';
        const Node filter = child_called(element, "Filter");
        groups["filter"] += '(' + (filter ? standalone_text(filter) : "") + ')';
    }

    GetFeature get_property_value() const {
        GetFeature request = get_feature();
        if (!has_attribute(root_, "valueReference")) throw missing("valueReference");
        set_value_reference(request, std::string(attribute_of(root_, "valueReference")));
        return request;
    }

    Node root_;
    const RequestContext& context_;
    Version version_ = Version::V2_0_0;
};

}  // namespace

Request read_xml_request(std::string_view body, const RequestContext& context) {
    const XmlDocument document(body, "request");
    return XmlReader(document.root(), context).read();
}

}  // namespace gis::wfs
