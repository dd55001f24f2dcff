#include "gis/write/inspire/theme.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <pugixml.hpp>
#include <stdexcept>

#include "gis/error.hpp"
#include "gis/write/inspire/template_reader.hpp"

namespace gis::inspire {

namespace {

/// `text` with "{version}" replaced.
std::string of_version(std::string text, std::string_view version) {
    constexpr std::string_view mark = "{version}";
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at))
        text.replace(at, mark.size(), version);
    return text;
}

CodeList code_list_of(const pugi::xml_node& element) {
    CodeList list;
    const std::string base = element.attribute("base").value();
    list.name = element.attribute("name").value();
    if (const auto other = element.attribute("other")) list.other = base + other.value();
    const std::string_view match = element.attribute("match").value();
    if (!match.empty() && match != "prefix") throw std::runtime_error(fmt::format("theme file: match: '{}'", match));
    list.by_prefix = !match.empty();
    for (const pugi::xml_node& code : element.children("c:code")) {
        for (const std::string& value : words_of(code.attribute("of").value()))
            list.codes.emplace(value, base + code.attribute("is").value());
    }
    return list;
}

Mapping::Shape shape_of(std::string_view name) {
    if (name.empty() || name == "any") return Mapping::Shape::Any;
    if (name == "point") return Mapping::Shape::Point;
    if (name == "multisurface") return Mapping::Shape::MultiSurface;
    if (name == "surface") return Mapping::Shape::Surface;
    if (name == "curve") return Mapping::Shape::Curve;
    throw std::runtime_error(fmt::format("theme file: shape: '{}'", name));
}

bool is_whole(const Term& term) {
    return term.size == std::string::npos && (term.form == Term::Form::Plain || term.form == Term::Form::Name);
}

/// Has a text exactly where its column does.
bool is_whole_column(const Term& term) {
    return is_whole(term) && term.source == Term::Source::Column;
}

bool never_fails(const Term& term) {
    using Fact = Term::Fact;
    if (!is_whole(term)) return false;
    if (term.source == Term::Source::Literal) return !term.literal.empty();
    return term.source == Term::Source::Fact && (term.fact == Fact::Part || term.fact == Fact::Namespace ||
                                                 term.fact == Fact::Layer || term.fact == Fact::Table);
}

}  // namespace

std::string_view LookupColumn::part_of(std::string_view text) const {
    if (size == std::string::npos) return text;
    return text.size() < from + size ? std::string_view() : text.substr(from, size);
}

std::optional<std::vector<std::vector<std::size_t>>> Mapping::counted_by_texts() const {
    if (!group.empty() || shape != Shape::MultiSurface || !body.conditions.empty()) return std::nullopt;
    std::vector<std::vector<std::size_t>> needed;
    for (const Block* block : {&id, &body}) {
        for (const Piece& piece : block->pieces) {  // blocks within may be left out
            if (!piece.placeholder || std::ranges::any_of(*piece.placeholder, never_fails)) continue;
            if (!std::ranges::all_of(*piece.placeholder, is_whole_column)) return std::nullopt;
            std::vector<std::size_t>& any_of = needed.emplace_back();
            for (const Term& term : *piece.placeholder) any_of.push_back(term.column);
        }
    }
    return needed;
}

bool Mapping::depends_on(std::size_t lookup) const {
    return std::ranges::any_of(body.conditions, [&](const Condition& condition) {
        return std::ranges::any_of(condition.value, [&](const Term& term) {
            return term.source == Term::Source::Lookup && term.lookup == lookup;
        });
    });
}

bool Theme::takes(std::string_view table) const {
    return std::ranges::find(mappings, table, &Mapping::table) != mappings.end();
}

std::vector<FlatColumn> Theme::flat_columns(std::string_view feature_type) const {
    std::vector<FlatColumn> columns;
    for (const Mapping& mapping : mappings) {
        if (mapping.feature_type != feature_type) continue;
        for (const FlatColumn& column : mapping.flat) {
            const auto known = std::ranges::find(columns, column.name, &FlatColumn::name);
            if (known == columns.end()) {
                columns.push_back(column);
            } else if (known->type != column.type) {
                known->type = FieldType::Text;
            }
        }
    }
    return columns;
}

Theme parse_theme(std::string_view file, std::string_view version) {
    pugi::xml_document document;
    const pugi::xml_parse_result result = document.load_buffer(file.data(), file.size());
    const pugi::xml_node root = document.child("c:theme");
    if (!result || !root) throw std::runtime_error(fmt::format("theme file: {}", result.description()));
    Theme theme;
    theme.name = root.attribute("name").value();
    theme.title = root.attribute("title").value();
    theme.register_code = root.attribute("register").as_string(theme.name.c_str());
    theme.topic = root.attribute("topic").as_string("environment");
    theme.versions = words_of(root.attribute("versions").value());
    if (theme.versions.empty()) throw std::runtime_error("theme file: no versions");
    theme.version = version.empty() ? theme.versions.back() : std::string(version);
    if (std::ranges::find(theme.versions, theme.version) == theme.versions.end())
        throw InvalidRequest("version",
                             fmt::format("{} expected for the theme {}, got '{}'", fmt::join(theme.versions, ", "),
                                         theme.name, theme.version.substr(0, 20)));
    for (const pugi::xml_attribute& attribute : root.attributes()) {
        const std::string_view name = attribute.name();
        // The document declares two of them itself, whatever the theme.
        if (!name.starts_with("xmlns:") || name == "xmlns:gml" || name == "xmlns:xlink" || name == "xmlns:c") continue;
        theme.namespaces.emplace_back(name.substr(6), of_version(attribute.value(), theme.version));
    }
    // A version may bind a prefix to another namespace than the root does.
    for (const pugi::xml_node& element : root.children("c:namespace")) {
        if (!is_of_version(element, theme.version)) continue;
        const std::string_view prefix = element.attribute("prefix").value();
        for (auto& [known, uri] : theme.namespaces) {
            if (known == prefix) uri = element.attribute("uri").value();
        }
    }
    const std::vector<std::string> schema = words_of(of_version(root.attribute("schema").value(), theme.version));
    theme.schema_location = fmt::format("{}", fmt::join(schema, " "));
    for (const pugi::xml_node& list : root.children("c:codes")) {
        if (is_of_version(list, theme.version)) theme.lists.push_back(code_list_of(list));
    }
    std::vector<pugi::xml_node> elements;
    for (const pugi::xml_node& objects : root.children("c:objects")) {
        if (!is_of_version(objects, theme.version)) continue;
        for (std::string& table : words_of(objects.attribute("table").value())) {
            Mapping& mapping = theme.mappings.emplace_back();
            mapping.name = objects.attribute("name").value();
            mapping.table = std::move(table);
            mapping.group = objects.attribute("group").value();
            mapping.shape = shape_of(objects.attribute("shape").value());
            elements.push_back(objects);
        }
    }
    for (std::size_t i = 0; i < elements.size(); ++i) read_mapping(elements[i], theme, i);
    return theme;
}

const std::vector<Crs>& offered_crs() {
    static const std::vector<Crs> offered = [] {
        std::vector<Crs> all;
        // 3042 to 3044 are ETRS89 / UTM with northing first, which the regulation's code list names; 258xx are not on
        // it.
        for (const int code : {4258, 3035, 3034, 3042, 3043, 3044}) {
            if (auto crs = crs_from_epsg(code)) all.push_back(std::move(*crs));
        }
        return all;
    }();
    return offered;
}

}  // namespace gis::inspire
