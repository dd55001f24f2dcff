#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <pugixml.hpp>
#include <utility>

#include "gis/filter/bind.hpp"
#include "gis/filter/cql2.hpp"
#include "gis/filter/property.hpp"
#include "gis/records/csw.hpp"
#include "gis/text/ascii.hpp"
#include "gis/wfs/fes.hpp"
#include "gis/wfs/kvp.hpp"
#include "gis/wfs/service_error.hpp"
#include "gis/wfs/xml_document.hpp"

namespace gis::records {

namespace {

using Node = pugi::xml_node;
using wfs::invalid;
using wfs::missing;

constexpr std::string_view csw_uri = "http://www.opengis.net/cat/csw/2.0.2";
constexpr std::string_view gmd_uri = "http://www.isotc211.org/2005/gmd";
constexpr std::int64_t most_records = 1000;

ElementSet element_set_of(std::string_view name) {
    if (name.empty() || name == "summary") return ElementSet::Summary;
    if (name == "brief") return ElementSet::Brief;
    if (name == "full") return ElementSet::Full;
    throw invalid("ElementSetName", fmt::format("brief, summary or full expected, got '{}'", name.substr(0, 50)));
}

Schema schema_of(std::string_view uri) {
    if (uri.empty() || uri == csw_uri) return Schema::Csw;
    if (uri == gmd_uri) return Schema::Gmd;
    throw invalid("outputSchema", fmt::format("{} or {} expected, got '{}'", csw_uri, gmd_uri, uri.substr(0, 100)));
}

GetRecords::ResultType result_type_of(std::string_view name) {
    using Type = GetRecords::ResultType;
    if (name.empty() || name == "hits") return Type::Hits;
    if (name == "results") return Type::Results;
    throw invalid("resultType", fmt::format("hits or results expected, got '{}'", name.substr(0, 50)));
}

std::int64_t number_of(std::string_view text, std::int64_t otherwise, std::int64_t least, const char* parameter) {
    if (text.empty()) return otherwise;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < least)
        throw invalid(parameter,
                      fmt::format("a whole number from {} on expected, got '{}'", least, text.substr(0, 50)));
    return number;
}

void require_format(std::string_view format) {
    if (!format.empty() && format != "application/xml" && format != "text/xml")
        throw invalid("outputFormat", fmt::format("application/xml expected, got '{}'", format.substr(0, 50)));
}

void require_types(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        const std::string_view local = wfs::local_name(std::string_view(name));
        if (local != "Record" && local != "MD_Metadata")
            throw invalid("typeNames",
                          fmt::format("csw:Record or gmd:MD_Metadata expected, got '{}'", name.substr(0, 50)));
    }
}

void require_version(std::string_view version) {
    if (version.empty()) throw missing("version");
    if (version != "2.0.2") throw invalid("version", fmt::format("2.0.2 expected, got '{}'", version.substr(0, 20)));
}

void require_service(std::string_view service) {
    if (service.empty()) throw missing("service");
    if (lower(service) != "csw") throw invalid("service", "CSW expected");
}

Sort sort_of(std::string_view name, std::string_view order) {
    Sort sort{&field_of(queryables(), queryable_of(name), "sortBy"), false};
    const std::string direction = lower(order);
    sort.descending = direction == "d" || direction == "desc";
    if (!sort.descending && !direction.empty() && direction != "a" && direction != "asc")
        throw invalid("sortBy", fmt::format("A or D expected, got '{}'", order.substr(0, 50)));
    return sort;
}

/// A Filter element whose paths are those of the queryables. Changes it.
FilterPtr filter_of(Node filter) {
    struct Renamer : pugi::xml_tree_walker {
        bool for_each(Node& node) override {
            const std::string_view name = wfs::local_name(node);
            if (name == "PropertyName" || name == "ValueReference") {
                const std::string known = queryable_of(wfs::text_of(node));
                node.remove_children();
                node.append_child(pugi::node_pcdata).set_value(known.c_str());
            }
            return true;
        }
    } renamer;
    filter.traverse(renamer);
    return wfs::read_filter(wfs::standalone_text(filter), queryables(), {crs84(), *crs_from_epsg(4326)},
                            wfs::Version::V1_1_0, "constraint");
}

/// "w, s, e, n" of the corners of a BBOX, which may end in the name of a CRS between quotes.
std::string corners_of(std::string_view text) {
    const auto quote = text.find('\'');
    if (quote == std::string_view::npos) return std::string(text);
    std::string_view name = text.substr(quote + 1);
    name = name.substr(0, name.find('\''));
    const auto crs = find_crs(name, {crs84(), *crs_from_epsg(4326)});
    if (!crs) throw invalid("constraint", fmt::format("there is no BBOX in '{}'", name.substr(0, 100)));
    const std::vector<std::string> corners = wfs::split_list(text.substr(0, quote));
    if (corners.size() != 4) throw invalid("constraint", "BBOX: a name, 4 numbers and a CRS expected");
    // "EPSG:4326" has longitude first by custom; the names of the OGC have the order of the EPSG.
    const bool latitude_first = !crs->is_crs84 && !name.starts_with("EPSG:");
    return latitude_first ? fmt::format("{},{},{},{}", corners[1], corners[0], corners[3], corners[2])
                          : fmt::format("{},{},{},{}", corners[0], corners[1], corners[2], corners[3]);
}

/// Reads the Common Catalogue Query Language as clients write it, and writes it as CQL2: names without their prefixes
/// and as the queryables have them, BBOX(name, w, s, e, n) as the relation it is.
class CqlWords {
  public:
    explicit CqlWords(std::string_view text) : rest_(text) {}

    std::string as_cql2() {
        while (!rest_.empty()) {
            if (rest_.front() == '\'') {
                out_ += take_quoted();
            } else if (is_letter(rest_.front()) || rest_.front() == '"') {
                add_word();
            } else {
                out_ += rest_.front();
                rest_.remove_prefix(1);
            }
        }
        return std::move(out_);
    }

  private:
    static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

    void skip_blanks() {
        while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t' || rest_.front() == '\n'))
            rest_.remove_prefix(1);
    }

    /// A text with its quotes; a doubled quote does not end it.
    std::string_view take_quoted() {
        std::size_t end = 1;
        while (end < rest_.size()) {
            if (rest_[end++] != '\'') continue;
            if (end == rest_.size() || rest_[end] != '\'') break;
            ++end;
        }
        const std::string_view quoted = rest_.substr(0, end);
        rest_.remove_prefix(end);
        return quoted;
    }

    /// A word, with prefixes and paths, with or without double quotes.
    std::string_view take_word() {
        const bool quoted = rest_.starts_with('"');
        if (quoted) rest_.remove_prefix(1);
        std::size_t end = 0;
        while (end < rest_.size() && (is_letter(rest_[end]) || rest_[end] == ':' || rest_[end] == '_' ||
                                      rest_[end] == '/' || (rest_[end] >= '0' && rest_[end] <= '9')))
            ++end;
        const std::string_view word = rest_.substr(0, end);
        rest_.remove_prefix(end);
        if (quoted && rest_.starts_with('"')) rest_.remove_prefix(1);
        return word;
    }

    static bool is_queryable(const std::string& name) {
        return queryables().find_field(name) != nullptr || name == queryables().geometry_column;
    }

    void add_word() {
        const std::string_view word = take_word();
        if (lower(word) == "bbox" && add_box()) return;
        const std::string known = queryable_of(word);
        const bool is_date = lower(word) == "date";  // a word of the language
        out_ += is_queryable(known) && !is_date ? known : std::string(word);
    }

    /// What stands behind BBOX, when it is a name and numbers.
    bool add_box() {
        const std::string_view before = rest_;
        skip_blanks();
        if (rest_.starts_with('(')) {
            rest_.remove_prefix(1);
            skip_blanks();
            const std::string name = queryable_of(take_word());
            skip_blanks();
            const auto close = rest_.find(')');
            if (is_queryable(name) && rest_.starts_with(',') && close != std::string_view::npos) {
                out_ += fmt::format("S_INTERSECTS({}, BBOX({}))", name, corners_of(rest_.substr(1, close - 1)));
                rest_.remove_prefix(close + 1);
                return true;
            }
        }
        rest_ = before;
        return false;
    }

    std::string_view rest_;
    std::string out_;
};

FilterPtr cql_filter(const std::string& text) {
    constexpr std::size_t longest = 20'000;
    if (text.size() > longest) throw invalid("constraint", fmt::format("at most {} bytes expected", longest));
    FilterReading reading;
    reading.layer = &queryables();
    reading.crs = crs84();
    reading.parameter = "constraint";
    reading.gdal_dialect = true;  // ILIKE
    return bind_filter(parse_cql2_text(CqlWords(text).as_cql2(), reading), queryables(), "constraint");
}

FilterPtr constraint_of(const std::string& text, const std::string& language) {
    if (text.empty()) return nullptr;
    const std::string name = lower(language);
    if (name == "filter" || (name.empty() && text.find('<') == text.find_first_not_of(" \t\r\n"))) {
        pugi::xml_document copy;
        const wfs::XmlDocument document(text, "constraint");
        copy.append_copy(document.root());
        return filter_of(copy.document_element());
    }
    if (name.empty() || name == "cql_text" || name == "cql") return cql_filter(text);
    throw invalid("constraintLanguage", "CQL_TEXT or FILTER expected, got '" + language.substr(0, 50) + "'");
}

[[noreturn]] void refuse_operation(const std::string& name) {
    for (const std::string_view other : {"transaction", "harvest"}) {
        if (lower(name) == other)
            throw wfs::ServiceError("OperationNotSupported", name,
                                    name + ": this service does not offer the operation");
    }
    throw invalid("request", fmt::format("there is no operation '{}'", name.substr(0, 50)));
}

/// The types' prefixes are the caller's own; their local names say enough.
DescribeRecord describe(const std::vector<std::string>& types) {
    DescribeRecord request;
    for (const std::string& type : types) {
        const std::string_view name = wfs::local_name(std::string_view(type));
        if (name != "Record" && name != "MD_Metadata")
            throw invalid("typeName", "csw:Record or gmd:MD_Metadata expected, got '" + type.substr(0, 50) + "'");
        request.schemas.push_back(name == "Record" ? Schema::Csw : Schema::Gmd);
    }
    if (request.schemas.empty()) request.schemas = {Schema::Csw, Schema::Gmd};
    return request;
}

GetDomain domain(std::vector<std::string> parameters, std::vector<std::string> properties) {
    constexpr std::size_t most = 100;
    if (parameters.empty() && properties.empty()) throw missing("propertyName");
    if (parameters.size() + properties.size() > most)
        throw invalid("propertyName", fmt::format("at most {} names expected", most));
    return {std::move(parameters), std::move(properties)};
}

void bound(GetRecords& request) {
    request.count = std::min(request.count, most_records);
}

}  // namespace

CswRequest read_csw_kvp(const std::vector<std::pair<std::string, std::string>>& pairs) {
    const wfs::Kvp kvp(pairs);
    const auto text = [&](std::string_view name) { return kvp.find(name).value_or(""); };
    require_service(text("service"));
    if (text("request").empty()) throw missing("request");
    const std::string name = lower(text("request"));
    if (name == "getcapabilities") {
        if (const auto versions = kvp.find("acceptversions")) {
            const std::vector<std::string> accepted = wfs::split_list(*versions);
            if (std::ranges::find(accepted, "2.0.2") == accepted.end())
                throw wfs::ServiceError("VersionNegotiationFailed", "AcceptVersions", "2.0.2 is the version there is");
        }
        return GetCapabilities{};
    }
    if (name != "getrecords" && name != "getrecordbyid" && name != "describerecord" && name != "getdomain")
        refuse_operation(text("request"));
    require_version(text("version"));
    if (name == "getdomain")
        return domain(wfs::split_list(text("parametername")), wfs::split_list(text("propertyname")));
    require_format(text("outputformat"));
    if (name == "describerecord") {
        const std::string types = text("typename");
        return describe(wfs::split_list(types.empty() ? text("typenames") : types));
    }
    if (name == "getrecordbyid") {
        GetRecordById request{wfs::distinct_ids(wfs::split_list(text("id")), "Id"),
                              element_set_of(text("elementsetname")), schema_of(text("outputschema"))};
        if (request.ids.empty()) throw missing("id");
        return request;
    }
    if (text("typenames").empty()) throw missing("typeNames");
    require_types(wfs::split_list(text("typenames")));
    GetRecords request;
    request.result_type = result_type_of(text("resulttype"));
    request.elements = element_set_of(text("elementsetname"));
    request.schema = schema_of(text("outputschema"));
    request.start = number_of(text("startposition"), 1, 1, "startPosition");
    request.count = number_of(text("maxrecords"), 10, 0, "maxRecords");
    request.filter = constraint_of(text("constraint"), text("constraintlanguage"));
    for (const std::string& item : wfs::split_list(text("sortby"))) {
        // "dc:title:A": the order stands behind the last colon, where it is one letter.
        const auto colon = item.rfind(':');
        const bool has_order = colon != std::string::npos && item.size() - colon == 2;
        request.sort.push_back(
            sort_of(has_order ? item.substr(0, colon) : item, has_order ? item.substr(colon + 1) : ""));
    }
    bound(request);
    return request;
}

CswRequest read_csw_xml(std::string_view body) {
    const wfs::XmlDocument document(body, "request");
    const Node root = document.root();
    const std::string name(wfs::local_name(root));
    require_service(wfs::attribute_of(root, "service"));
    if (name == "GetCapabilities") return GetCapabilities{};
    if (name != "GetRecords" && name != "GetRecordById" && name != "DescribeRecord" && name != "GetDomain")
        refuse_operation(name);
    require_version(wfs::attribute_of(root, "version"));
    if (name == "GetDomain")
        return domain(wfs::split_list(wfs::text_of(wfs::child_called(root, "ParameterName"))),
                      wfs::split_list(wfs::text_of(wfs::child_called(root, "PropertyName"))));
    require_format(wfs::attribute_of(root, "outputFormat"));
    if (name == "DescribeRecord") {
        std::vector<std::string> types;
        for (const Node& type : wfs::children_called(root, "TypeName")) types.push_back(wfs::text_of(type));
        return describe(types);
    }
    const Schema schema = schema_of(wfs::attribute_of(root, "outputSchema"));
    if (name == "GetRecordById") {
        GetRecordById request{{}, element_set_of(wfs::text_of(wfs::child_called(root, "ElementSetName"))), schema};
        for (const Node& id : wfs::children_called(root, "Id")) request.ids.push_back(wfs::text_of(id));
        if (request.ids.empty()) throw missing("Id");
        request.ids = wfs::distinct_ids(request.ids, "Id");
        return request;
    }
    const Node query = wfs::child_called(root, "Query");
    if (!query) throw missing("Query");
    std::string types(wfs::attribute_of(query, "typeNames"));
    std::ranges::replace(types, ' ', ',');
    if (types.empty()) throw missing("typeNames");
    require_types(wfs::split_list(types));
    GetRecords request;
    request.result_type = result_type_of(wfs::attribute_of(root, "resultType"));
    request.elements = element_set_of(wfs::text_of(wfs::child_called(query, "ElementSetName")));
    request.schema = schema;
    request.start = number_of(wfs::attribute_of(root, "startPosition"), 1, 1, "startPosition");
    request.count = number_of(wfs::attribute_of(root, "maxRecords"), 10, 0, "maxRecords");
    if (const Node constraint = wfs::child_called(query, "Constraint")) {
        pugi::xml_document copy;
        if (const Node filter = wfs::child_called(constraint, "Filter")) {
            copy.load_string(wfs::standalone_text(filter).c_str());
            request.filter = filter_of(copy.document_element());
        } else {
            request.filter = constraint_of(wfs::text_of(wfs::child_called(constraint, "CqlText")), "CQL_TEXT");
        }
    }
    for (const Node& item : wfs::children_called(wfs::child_called(query, "SortBy"), "SortProperty")) {
        request.sort.push_back(sort_of(wfs::text_of(wfs::child_called(item, "PropertyName")),
                                       wfs::text_of(wfs::child_called(item, "SortOrder"))));
    }
    bound(request);
    return request;
}

}  // namespace gis::records
