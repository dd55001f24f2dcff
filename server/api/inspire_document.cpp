#include "server/api/inspire_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "gis/error.hpp"
#include "gis/write/xml_text.hpp"
#include "server/api/feature_reader.hpp"
#include "server/api/feature_stream.hpp"
#include "server/embedded/embedded.hpp"

namespace api {

namespace {

namespace inspire = gis::inspire;

std::string table_of(const gis::Layer& layer) {
    return layer.schema_name + '.' + layer.table_name;
}

/// As table_of(layer) == table, for the many pairs of them that a request compares.
bool is_of(const gis::Layer& layer, std::string_view table) {
    const auto dot = table.find('.');
    return table.substr(0, dot) == layer.schema_name && table.substr(dot + 1) == layer.table_name;
}

const gis::Layer* layer_of(const gis::Catalog& catalog, std::string_view table) {
    const auto& layers = catalog.layers();
    const auto found = std::ranges::find_if(layers, [&](const gis::Layer& layer) { return is_of(layer, table); });
    return found == layers.end() ? nullptr : &*found;
}

gis::FeatureQuery mapping_query(const gis::Layer& layer, const gis::Crs& crs, std::vector<const gis::Field*> fields) {
    gis::FeatureQuery query;
    query.layer = &layer;
    query.output_crs = crs;
    query.fields = std::move(fields);
    query.limit = 0;
    return query;
}

/// The fields of a lookup, its key first; null where the layer has none of that name.
std::vector<const gis::Field*> fields_of(const inspire::Lookup& lookup, const gis::Layer& layer) {
    std::vector<const gis::Field*> fields{layer.find_field(lookup.key)};
    for (const inspire::LookupColumn& column : lookup.columns) fields.push_back(layer.find_field(column.name));
    return fields;
}

/// The layers of the mapping's lookups; a layer without one of the columns has nothing to look up.
std::vector<const gis::Layer*> lookups_of(const inspire::Mapping& mapping, const gis::Catalog& catalog,
                                          const std::function<bool(const gis::Layer&)>& may_take) {
    std::vector<const gis::Layer*> layers;
    for (const inspire::Lookup& lookup : mapping.lookups) {
        const gis::Layer* layer = layer_of(catalog, lookup.table);
        const auto has_fields = [&] {
            const std::vector<const gis::Field*> fields = fields_of(lookup, *layer);
            return std::ranges::find(fields, nullptr) == fields.end();
        };
        layers.push_back(layer != nullptr && may_take(*layer) && has_fields() ? layer : nullptr);
    }
    return layers;
}

inspire::LookupRows read_lookup(db::Connection& connection, const gis::Layer* layer, const inspire::Lookup& lookup) {
    constexpr std::size_t most = 100'000;  // held in memory for the document
    inspire::LookupRows rows;
    if (layer == nullptr) return rows;
    const std::vector<const gis::Field*> fields = fields_of(lookup, *layer);
    gis::FeatureQuery query = mapping_query(*layer, layer->crs, fields);
    query.with_geometry = false;
    each_feature(connection, query, [&](const gis::Feature& feature) {
        std::vector<std::string> texts(feature.values.size());
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const auto* text = std::get_if<std::string_view>(&feature.values[i]);
            if (text != nullptr) {
                texts[i] = *text;
            } else {
                gis::append_xml_scalar(texts[i], feature.values[i]);
            }
        }
        std::string key = std::move(texts.front());
        texts.erase(texts.begin());
        if (rows.size() == most && !rows.contains(key))
            throw std::runtime_error(
                fmt::format("more than {} values of {}.{} to look up", most, lookup.table, lookup.key));
        inspire::add_lookup_row(rows, lookup, std::move(key), std::move(texts));
    });
    return rows;
}

/// What the history tells of a layer's features; of groups of them, the last change of any that is or was of the group.
gis::SqlStatement changes_sql(const gis::Layer& layer, const gis::Field* group) {
    gis::SqlStatement statement(group == nullptr ? "select feature, at from catalogue.last_changes("
                                                 : "select value, at from catalogue.last_changes_by(");
    statement.param(std::to_string(layer.id), "int");
    if (group != nullptr) statement.text(", ").param(group->name, "text");
    statement.text(")");
    return statement;
}

inspire::LastChanges read_last_changes(db::Connection& connection, const gis::Layer& layer,
                                       const inspire::Mapping& mapping) {
    constexpr std::size_t most = 2'000'000;  // about 150 MB, held for the document
    inspire::LastChanges changes;
    const gis::Field* group = mapping.group.empty() ? nullptr : layer.find_field(mapping.group);
    if (!layer.tracked || (group == nullptr && !mapping.group.empty())) return changes;
    const gis::SqlStatement statement = changes_sql(layer, group);
    connection.query_each(statement.sql(), statement.parameters(), [&](const db::Result& row) {
        if (changes.size() == most)
            throw std::runtime_error(fmt::format("more than {} features of {} changed", most, layer.name));
        changes.emplace(row.text(0, 0), row.int64(0, 1));
    });
    return changes;
}

/// The features, or one for each value of the mapping's group column; none where the layer has no such field.
void each_row(db::Connection& connection, const gis::FeatureQuery& query, const inspire::Mapping& mapping,
              const std::function<void(const gis::Feature&)>& take) {
    if (mapping.group.empty()) return each_feature(connection, query, take);
    const gis::Field* key = query.layer->find_field(mapping.group);
    if (key == nullptr || (mapping.with_geometry && !query.layer->is_polygonal())) return;
    const gis::SqlStatement statement = gis::union_sql(query, *key);
    FeatureReader reader(query);
    connection.query_each(statement.sql(), statement.parameters(),
                          [&](const db::Result& row) { take(reader.read(row, 0)); });
}

/// Which rows of a layer of polygons become objects, where Mapping::counted_by_texts says so.
gis::SqlStatement object_condition(const inspire::Mapping& mapping, const gis::Layer& layer) {
    gis::SqlStatement statement("true");
    if (mapping.with_geometry) {
        // Nothing where there are no positions; infinite, or no number, where a coordinate is: such rows are none of
        // the document's. Asked of those without an area alone, emptiness costs nothing.
        statement.text(" and coalesce(nullif(st_area(")
            .ident(layer.geometry_column)
            .text("), 0), case when not st_isempty(");
        statement.ident(layer.geometry_column).text(") then 0 end) < 'infinity'::float8");
    }
    const auto needed = mapping.counted_by_texts().value();
    for (const std::vector<std::size_t>& columns : needed) {
        statement.text(" and (false");
        for (const std::size_t column : columns) {
            const gis::Field* field = layer.find_field(mapping.columns[column]);
            if (field != nullptr) statement.text(" or ").ident(field->name).text("::text <> ''");
        }
        statement.text(")");
    }
    return statement;
}

}  // namespace

std::vector<const gis::Layer*> layers_of(const std::vector<InspirePart>& parts) {
    std::vector<const gis::Layer*> layers;
    const auto add = [&](const gis::Layer* layer) {
        if (layer != nullptr && std::ranges::find(layers, layer) == layers.end()) layers.push_back(layer);
    };
    for (const InspirePart& part : parts) {
        add(part.layer);
        std::ranges::for_each(part.lookups, add);
    }
    return layers;
}

std::int64_t InspireOutcome::object_count() const {
    return std::accumulate(objects.begin(), objects.end(), std::int64_t{0});
}

std::vector<std::string> inspire_theme_names() {
    std::vector<std::string> names;
    for (const embedded::TextFile& file : embedded::inspire_themes()) names.push_back(file.name);
    return names;
}

const std::vector<std::shared_ptr<const inspire::Theme>>& inspire_themes() {
    static const auto all = [] {
        std::vector<std::shared_ptr<const inspire::Theme>> themes;
        for (const embedded::TextFile& file : embedded::inspire_themes()) {
            for (const std::string& version : inspire::parse_theme(file.text).versions)
                themes.push_back(std::make_shared<const inspire::Theme>(inspire::parse_theme(file.text, version)));
        }
        return themes;
    }();
    return all;
}

std::shared_ptr<const inspire::Theme> find_inspire_theme(std::string_view name, std::string_view version) {
    std::vector<std::string> versions;
    for (const auto& theme : inspire_themes()) {
        if (theme->name != name) continue;
        if (theme->version == (version.empty() ? theme->versions.back() : version)) return theme;
        versions = theme->versions;
    }
    if (versions.empty())
        throw gis::InvalidRequest(
            "theme", fmt::format("{} expected, got '{}'", fmt::join(inspire_theme_names(), ", "), name.substr(0, 50)));
    throw gis::InvalidRequest("version",
                              fmt::format("{} expected, got '{}'", fmt::join(versions, ", "), version.substr(0, 20)));
}

std::vector<InspirePart> inspire_parts(const inspire::Theme& theme, const gis::Catalog& catalog,
                                       const std::vector<std::string>& names,
                                       const std::function<bool(const gis::Layer&)>& may_take) {
    std::vector<const gis::Layer*> wanted;
    for (const std::string& name : names) {
        const gis::Layer* layer = catalog.find(name);
        if (layer == nullptr) throw gis::NotFound(fmt::format("no layer '{}'", name));
        if (!theme.takes(table_of(*layer)))
            throw gis::InvalidRequest("layer", fmt::format("the theme {} makes nothing of '{}'", theme.name, name));
        wanted.push_back(layer);
    }
    std::vector<InspirePart> parts;
    for (const inspire::Mapping& mapping : theme.mappings) {
        for (const gis::Layer& layer : catalog.layers()) {
            const bool is_wanted = names.empty() || std::ranges::find(wanted, &layer) != wanted.end();
            if (!is_wanted || !layer.has_geometry() || !is_of(layer, mapping.table) || !may_take(layer)) continue;
            InspirePart part{&mapping, &layer, lookups_of(mapping, catalog, may_take)};
            bool complete = true;
            for (std::size_t i = 0; i < part.lookups.size(); ++i)
                complete = complete && (part.lookups[i] != nullptr || !mapping.depends_on(i));
            if (complete) parts.push_back(std::move(part));
        }
    }
    return parts;
}

std::string inspire_namespace(std::string_view authority, const inspire::Theme& theme) {
    std::string name = theme.name;
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return fmt::format("{}.{}", authority, name);
}

gis::Crs find_inspire_crs(const std::string& text) {
    if (const auto crs = gis::find_crs(text, inspire::offered_crs())) return *crs;
    std::string codes;
    for (const gis::Crs& crs : inspire::offered_crs()) codes += (codes.empty() ? "" : ", ") + crs.uri();
    throw gis::InvalidRequest("crs", fmt::format("{} expected, got '{}'", codes, text.substr(0, 100)));
}

std::int64_t count_inspire(db::Connection& connection, const InspireOrder& order, CountCache& counts,
                           const gis::Scope& scope) {
    const bool by_rows = std::ranges::all_of(order.parts, [](const InspirePart& part) {
        return part.mapping->counted_by_texts() && part.layer->is_polygonal();
    });
    if (!by_rows) {
        const std::vector<const gis::Layer*> layers = layers_of(order.parts);
        std::string question = fmt::format("INSPIRE {} {}", order.theme->name, order.theme->version);
        for (const gis::Layer* layer : layers) question += ' ' + layer->updated;  // it may have other columns now
        return counts.count(connection, question, layers, scope, [&] {
            std::string scratch;
            return write_inspire(connection, order, scratch, [&] { scratch.clear(); }).object_count();
        });
    }
    std::int64_t count = 0;
    for (const InspirePart& part : order.parts)
        count += counts.count_where(connection, *part.layer, object_condition(*part.mapping, *part.layer), scope);
    return count;
}

InspireOutcome each_inspire_feature(db::Connection& connection, const InspireOrder& order, inspire::Document& document,
                                    const std::function<void(const InspirePart&)>& begin,
                                    const std::function<int(const gis::Feature&)>& take) {
    InspireOutcome outcome;
    for (const InspirePart& part : order.parts) {
        const inspire::Mapping& mapping = *part.mapping;
        const gis::Layer& layer = *part.layer;
        std::vector<inspire::LookupRows> lookups;
        for (std::size_t i = 0; i < mapping.lookups.size(); ++i)
            lookups.push_back(read_lookup(connection, part.lookups[i], mapping.lookups[i]));
        gis::FeatureQuery query = mapping_query(layer, order.form.crs, inspire::Document::fields_of(mapping, layer));
        query.with_geometry = mapping.with_geometry;
        document.start_layer(mapping, layer, query.fields, std::move(lookups),
                             read_last_changes(connection, layer, mapping));
        begin(part);
        std::int64_t rows = 0;
        std::int64_t objects = 0;
        each_row(connection, query, mapping, [&](const gis::Feature& feature) {
            ++rows;
            objects += take(feature);
        });
        outcome.rows.push_back(rows);
        outcome.objects.push_back(objects);
    }
    outcome.refusals = document.refusals();
    return outcome;
}

InspireOutcome write_inspire(db::Connection& connection, const InspireOrder& order, std::string& out,
                             const std::function<void()>& after_each) {
    inspire::Document document(*order.theme, order.form);
    const auto take = [&](const gis::Feature& feature) {
        const int objects = document.write(out, feature);
        after_each();
        return objects;
    };
    InspireOutcome outcome = each_inspire_feature(
        connection, order, document, [](const InspirePart&) {}, take);
    document.end(out);
    return outcome;
}

}  // namespace api
