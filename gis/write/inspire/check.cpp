#include "gis/write/inspire/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <pugixml.hpp>
#include <set>
#include <unordered_set>

#include "gis/error.hpp"
#include "gis/geometry/prepare.hpp"
#include "gis/geometry/wkb_builder.hpp"
#include "gis/text/ascii.hpp"
#include "gis/write/inspire/code_lists.hpp"

namespace gis::inspire {

namespace {

constexpr std::size_t places_at_most = 10;

struct Rule {
    std::string_view name;
    std::string_view french;
    std::string_view english;
};

constexpr Rule collection_rule{
    "collection", "La racine doit être wfs:FeatureCollection, gml:FeatureCollection ou base:SpatialDataSet.",
    "The root must be wfs:FeatureCollection, gml:FeatureCollection or base:SpatialDataSet."};
constexpr Rule schema_rule{"schema", "Donner xsi:schemaLocation, avec le schéma de chaque espace de noms INSPIRE.",
                           "Give xsi:schemaLocation, with the schema of each INSPIRE namespace."};
constexpr Rule crs_rule{
    "crs",
    "N'employer que les systèmes admis, écrits http://www.opengis.net/def/crs/EPSG/0/CODE (4258, 3034, 3035, 3038 à "
    "3051).",
    "Use admitted systems only, written http://www.opengis.net/def/crs/EPSG/0/CODE (4258, 3034, 3035, 3038 to 3051)."};
constexpr Rule nil_rule{"nil", "Un nilReason va avec xsi:nil=\"true\", et inversement.",
                        "A nilReason goes with xsi:nil=\"true\", and the other way round."};
constexpr Rule reason_rule{
    "nil-reason", "Raisons admises : unknown, withheld, other:unpopulated, ou les adresses de VoidReasonValue.",
    "Reasons admitted: unknown, withheld, other:unpopulated, or the addresses of VoidReasonValue."};
constexpr Rule unique_rule{"id", "Chaque gml:id et chaque inspireId est unique dans le document.",
                           "Each gml:id and each inspireId is unique in the document."};
constexpr Rule reference_rule{"reference", "Ce que nomme un xlink:href=\"#...\" doit être dans le document.",
                              "What an xlink:href=\"#...\" names must be in the document."};
constexpr Rule ring_rule{"ring", "Un anneau a au moins quatre positions de deux ou trois nombres, et se ferme.",
                         "A ring has at least four positions of two or three numbers, and closes."};
constexpr Rule curve_rule{"interpolation", "Pas d'arcs ni de courbes : des segments seulement.",
                          "No arcs and no curves: straight segments only."};
constexpr Rule lifespan_rule{"lifespan", "Une fin ne précède pas son début.", "An end does not precede its beginning."};
constexpr Rule unit_rule{"unit", "cp:areaValue est en m2, cp:estimatedAccuracy en m.",
                         "cp:areaValue is in m2, cp:estimatedAccuracy in m."};

constexpr Rule code_rule{"code-list", "Prendre la valeur dans la liste de codes INSPIRE que la spécification demande.",
                         "Take the value from the INSPIRE code list that the specification asks for."};
constexpr Rule geometry_rule{
    "geometry", "Corriger la surface : ses anneaux se croisent, se touchent le long d'un bord ou sortent du contour.",
    "Mend the surface: its rings cross, share an edge or leave the outline."};

std::string_view local(std::string_view name) {
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool is_admitted_crs(std::string_view name) {
    constexpr std::string_view prefix = "http://www.opengis.net/def/crs/EPSG/0/";
    if (!name.starts_with(prefix)) return false;
    int code = 0;
    const std::string_view text = name.substr(prefix.size());
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
    if (error != std::errc{} || end != text.data() + text.size()) return false;
    constexpr std::array<int, 8> admitted{4258, 4936, 4937, 3034, 3035, 5730, 7409, 9390};
    return std::ranges::find(admitted, code) != admitted.end() || (code >= 3038 && code <= 3051) || code == 9389;
}

bool is_admitted_reason(std::string_view text) {
    if (text == "unknown" || text == "withheld" || text == "other:unpopulated") return true;
    for (const std::string_view base : {"http://inspire.ec.europa.eu/codelist/VoidReasonValue/",
                                        "https://inspire.ec.europa.eu/codelist/VoidReasonValue/"}) {
        if (!text.starts_with(base)) continue;
        text.remove_prefix(base.size());
        return text == "Unknown" || text == "Unpopulated" || text == "Withheld";
    }
    return false;
}

/// The numbers of a position list; nothing when something else is among them.
std::vector<double> numbers_of(std::string_view text) {
    std::vector<double> numbers;
    while (!(text = trimmed(text)).empty()) {
        double number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{}) return {};
        numbers.push_back(number);
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    }
    return numbers;
}

/// Numbers of a position of a closed ring; 0 when it is none.
std::size_t dimensions_of_ring(const std::vector<double>& numbers) {
    for (const std::size_t dimensions : {std::size_t{2}, std::size_t{3}}) {
        if (numbers.size() % dimensions != 0 || numbers.size() < 4 * dimensions) continue;
        if (std::equal(numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(dimensions),
                       numbers.end() - static_cast<std::ptrdiff_t>(dimensions)))
            return dimensions;
    }
    return 0;
}

std::vector<double> positions_of(const pugi::xml_node& ring) {
    std::vector<double> numbers;
    for (const pugi::xml_node& child : ring.children()) {
        const std::vector<double> more = numbers_of(child.child_value());
        numbers.insert(numbers.end(), more.begin(), more.end());
    }
    return numbers;
}

/// Why a polygon or a patch is not valid (OGC 06-103r4, 6.1.11), with the place in the order of its coordinates; empty
/// when it is, or when one of its rings is none, which another rule tells.
std::string defect_of_surface(const pugi::xml_node& surface, const ValidityCheck& validity) {
    try {
        WkbBuilder builder({{}, "", std::numeric_limits<std::size_t>::max()});
        builder.begin(WkbType::Polygon);
        for (const pugi::xml_node& boundary : surface.children()) {
            const std::string_view name = local(boundary.name());
            if (name != "exterior" && name != "interior") continue;
            const std::vector<double> numbers = positions_of(boundary.first_child());
            const std::size_t dimensions = dimensions_of_ring(numbers);
            if (dimensions == 0) return "";
            builder.begin_ring();
            for (std::size_t i = 0; i < numbers.size(); i += dimensions) builder.position(numbers[i], numbers[i + 1]);
            builder.end();
        }
        builder.end();
        return validity.defect(builder.take());
    } catch (const InvalidRequest& invalid) {
        return invalid.what();
    }
}

class Checker : public pugi::xml_tree_walker {
  public:
    bool for_each(pugi::xml_node& node) override {
        if (node.type() != pugi::node_element) return true;
        const std::string_view name = local(node.name());
        if (const std::string_view parent = local(node.parent().name());
            parent == "member" || parent == "featureMember") {
            ++report.objects;
            object_ = node.attribute("gml:id").value();
        }
        check_id(node);
        check_nil(node);
        if (const auto href = node.attribute("xlink:href"); std::string_view(href.value()).starts_with('#'))
            references_.emplace_back(std::string(href.value()).substr(1), object_);
        if (const auto srs = node.attribute("srsName"); srs && !is_admitted_crs(srs.value()))
            add(crs_rule, srs.value());
        if (const std::string_view list =
                wrong_code(local(node.parent().name()), name, node.attribute("xlink:href").value());
            !list.empty())
            add(code_rule, fmt::format("{}: {}, {}", node.name(), list, node.attribute("xlink:href").value()));
        if (name == "LinearRing") check_ring(node);
        if (name == "Polygon" || name == "PolygonPatch") {
            if (const std::string defect = defect_of_surface(node, validity_); !defect.empty())
                add(geometry_rule, defect);
        }
        if (name == "Arc" || name == "ArcString" || name == "Circle" || name == "CubicSpline" || name == "BSpline" ||
            name == "Bezier")
            add(curve_rule, node.name());
        if (name == "Identifier") check_inspire_id(node);
        if (name == "areaValue" && std::string_view(node.attribute("uom").value()) != "m2") add(unit_rule, node.name());
        if (name == "estimatedAccuracy" && std::string_view(node.attribute("uom").value()) != "m")
            add(unit_rule, node.name());
        check_dates(node, name);
        return true;
    }

    void check_root(const pugi::xml_node& root) {
        const std::string_view name = local(root.name());
        if (name != "FeatureCollection" && name != "SpatialDataSet") add(collection_rule, root.name());
        const std::string location = root.attribute("xsi:schemaLocation").value();
        for (const pugi::xml_attribute& attribute : root.attributes()) {
            const std::string_view uri = attribute.value();
            if (!std::string_view(attribute.name()).starts_with("xmlns:")) continue;
            // The theme's own namespaces: those of shared types come with it.
            const bool is_theme = uri.starts_with("http://inspire.ec.europa.eu/schemas/") &&
                                  uri.find("/base") == std::string_view::npos &&
                                  uri.find("/gn/") == std::string_view::npos;
            if (is_theme && location.find(uri) == std::string::npos) add(schema_rule, std::string(uri));
        }
        if (location.empty()) add(schema_rule, root.name());
    }

    void check_references() {
        for (const auto& [id, object] : references_) {
            object_ = object;
            if (!ids_.contains(id)) add(reference_rule, "#" + id);
        }
    }

    CheckReport report;

  private:
    void add(const Rule& rule, std::string_view what) {
        auto found = std::ranges::find(report.findings, rule.name, &Finding::rule);
        if (found == report.findings.end()) {
            report.findings.push_back(
                {std::string(rule.name), std::string(rule.french), std::string(rule.english), 0, {}});
            found = report.findings.end() - 1;
        }
        ++found->count;
        if (found->places.size() < places_at_most)
            found->places.push_back(fmt::format("{}{}{}", object_, object_.empty() ? "" : ": ", what.substr(0, 200)));
    }

    void check_id(const pugi::xml_node& node) {
        const auto id = node.attribute("gml:id");
        if (id && !ids_.insert(id.value()).second) add(unique_rule, id.value());
    }

    void check_inspire_id(const pugi::xml_node& node) {
        std::string id;
        for (const char* part : {"namespace", "localId", "versionId"}) {
            for (const pugi::xml_node& child : node.children()) {
                if (local(child.name()) == part) id += std::string(trimmed(child.child_value())) + '/';
            }
        }
        if (!inspire_ids_.insert(id).second) add(unique_rule, id);
    }

    void check_nil(const pugi::xml_node& node) {
        const auto why = node.attribute("nilReason");
        const bool is_nil = node.attribute("xsi:nil").as_bool();
        if (static_cast<bool>(why) != is_nil) add(nil_rule, node.name());
        if (why && !is_admitted_reason(why.value())) add(reason_rule, why.value());
    }

    void check_ring(const pugi::xml_node& node) {
        if (dimensions_of_ring(positions_of(node)) == 0) add(ring_rule, "LinearRing");
    }

    /// ISO 8601 in one form sorts as text.
    void check_dates(const pugi::xml_node& node, std::string_view name) {
        std::string_view begin_name;
        if (name == "endLifespanVersion") begin_name = "beginLifespanVersion";
        if (name == "endLifeSpanVersion") begin_name = "beginLifeSpanVersion";
        if (name == "validTo") begin_name = "validFrom";
        if (begin_name.empty()) return;
        const std::string_view end = trimmed(node.child_value());
        for (const pugi::xml_node& sibling : node.parent().children()) {
            if (local(sibling.name()) != begin_name) continue;
            const std::string_view begin = trimmed(sibling.child_value());
            if (!begin.empty() && !end.empty() && end < begin) add(lifespan_rule, fmt::format("{} < {}", end, begin));
        }
    }

    ValidityCheck validity_;
    std::string object_;
    std::unordered_set<std::string> ids_;
    std::set<std::string> inspire_ids_;
    std::vector<std::pair<std::string, std::string>> references_;
};

}  // namespace

CheckReport check_document(std::string_view xml) {
    pugi::xml_document document;
    const pugi::xml_parse_result result = document.load_buffer(xml.data(), xml.size());
    if (!result)
        throw InvalidRequest("document", fmt::format("no XML: {} at byte {}", result.description(), result.offset));
    Checker checker;
    checker.check_root(document.document_element());
    document.traverse(checker);
    checker.check_references();
    return std::move(checker.report);
}

}  // namespace gis::inspire
