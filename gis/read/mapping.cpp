#include "gis/read/mapping.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

#include "gis/error.hpp"
#include "gis/read/convert.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

template <typename Take>
void each_spelling(std::string_view spellings, Take take) {
    while (!spellings.empty()) {
        const auto bar = spellings.find('|');
        if (take(spellings.substr(0, bar))) return;
        spellings = bar == std::string_view::npos ? std::string_view{} : spellings.substr(bar + 1);
    }
}

bool recognises(const Mapping& mapping, const SourceLayer& layer, Format format, const std::string& file_stem) {
    if (mapping.format && *mapping.format != format) return false;
    if (mapping.geometry && !layer.geometry) return false;
    const bool named = mapping.names.empty() || std::ranges::any_of(mapping.names, [&](const std::string& pattern) {
                           return matches(layer.name, pattern) || matches(file_stem, pattern);
                       });
    return named &&
           std::ranges::all_of(mapping.fields, [&](const std::string& field) { return has_field(layer, field); });
}

std::string names_of_fields(const std::vector<SourceField>& fields) {
    std::string names;
    for (const SourceField& field : fields) {
        names += (names.empty() ? "" : ", ") + field.name;
        if (names.size() > 300) return names + "...";
    }
    return names;
}

Convert convert_to(FieldType type) {
    switch (type) {
        case FieldType::Integer:
            return to_integer;
        case FieldType::Number:
            return to_number;
        case FieldType::Boolean:
            return to_boolean;
        case FieldType::Date:
            return to_date;
        case FieldType::DateTime:
            return to_datetime;
        case FieldType::Text:
            return to_text;
    }
    return to_text;
}

}  // namespace

void PlanStates::set(const std::string& plan, const State& state) {
    const std::lock_guard lock(mutex_);
    states_[plan] = state;
}

void PlanStates::mark_row(const std::string& plan) {
    const std::lock_guard lock(mutex_);
    states_[plan].has_row = true;
}

std::optional<PlanStates::State> PlanStates::find(const std::string& plan) const {
    const std::lock_guard lock(mutex_);
    const auto found = states_.find(plan);
    return found == states_.end() ? std::nullopt : std::optional(found->second);
}

std::map<std::string, PlanStates::State> PlanStates::all() const {
    const std::lock_guard lock(mutex_);
    return states_;
}

std::size_t RowDraft::place(std::string_view column) const {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (columns_[i].name == column) return i;
    }
    throw Error("mapping without column " + std::string(column));
}

std::string RowDraft::text(std::string_view column) const {
    const auto* text = std::get_if<std::string>(&values_[place(column)]);
    return text ? *text : "";
}

bool RowDraft::has(std::string_view column) const {
    return !std::holds_alternative<std::monostate>(values_[place(column)]);
}

void RowDraft::set(std::string_view column, Value value) {
    values_[place(column)] = std::move(value);
}

std::string RowDraft::geometry_hash(std::string_view more) const {
    const std::string bytes = canonical_bytes(shape_, scale_) + "\n" + std::string(more);
    unsigned char digest[crypto_generichash_BYTES_MIN];
    crypto_generichash(digest, sizeof(digest), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                       nullptr, 0);
    std::string hex;
    for (int i = 0; i < 6; ++i) hex += fmt::format("{:02x}", digest[i]);
    return hex;
}

bool has_field(const SourceLayer& layer, std::string_view spellings) {
    bool found = false;
    each_spelling(spellings, [&](std::string_view name) {
        found =
            std::ranges::any_of(layer.fields, [&](const SourceField& field) { return same_name(field.name, name); });
        return found;
    });
    return found;
}

bool can_be_chosen(const Column& column) {
    return !column.name.starts_with('~') && column.convert != nullptr;
}

void choose_columns(Mapping& mapping, const ChosenColumns& chosen, const SourceLayer& layer) {
    for (const auto& [name, field] : chosen) {
        const auto column = std::ranges::find(mapping.columns, name, &Column::name);
        if (column == mapping.columns.end() || !can_be_chosen(*column))
            throw InvalidRequest("columns." + name, "la table " + mapping.table + " n'a pas cette colonne à remplir");
        column->source = field.value_or("");
        if (!field || std::ranges::find(layer.fields, *field, &SourceField::name) != layer.fields.end()) continue;
        throw InvalidRequest("columns." + name, fmt::format("le fichier n'a pas de champ « {} » ; il a : {}", *field,
                                                            names_of_fields(layer.fields)));
    }
}

std::string source_field(const Column& column, const SourceLayer& layer) {
    std::string result = column.source.substr(0, column.source.find('|'));
    each_spelling(column.source, [&](std::string_view name) {
        for (const auto& field : layer.fields) {
            if (!same_name(field.name, name)) continue;
            result = field.name;
            return true;
        }
        return false;
    });
    return result;
}

const std::vector<Mapping>& all_mappings() {
    static const std::vector<Mapping> mappings = [] {
        std::vector<Mapping> list;
        for (auto part : {edigeo_mappings(), etalab_mappings(), urba_mappings(), ppr_mappings(), ads_mappings(),
                          pcrs_mappings(), survey_mappings(), photo_mappings(), cloud_mappings(), raster_mappings()}) {
            std::ranges::move(part, std::back_inserter(list));
        }
        return list;
    }();
    return mappings;
}

const Mapping* find_mapping(const SourceLayer& layer, Format format, const std::string& file_stem) {
    for (const auto& mapping : all_mappings()) {
        if (recognises(mapping, layer, format, file_stem)) return &mapping;
    }
    return nullptr;
}

const Mapping* find_mapping_of_kind(std::string_view kind, const SourceLayer& layer, Format format) {
    const Mapping* best = nullptr;
    for (const auto& mapping : all_mappings()) {
        if (!same_name(mapping.kind, kind)) continue;
        if (mapping.format ? *mapping.format != format : format == Format::Edigeo) continue;
        // Two standards for one table: the one whose fields are there.
        if (std::ranges::all_of(mapping.fields, [&](const auto& field) { return has_field(layer, field); }))
            return &mapping;
        if (!best) best = &mapping;
    }
    return best;
}

Mapping mapping_to(const Target& target, const SourceLayer& layer) {
    Mapping mapping;
    mapping.kind = target.table.substr(target.table.find('.') + 1);
    mapping.table = target.table;
    mapping.geometry = target.geometry;
    mapping.coverage_column = target.coverage_column;
    mapping.id_column = target.id_column;
    for (const auto& wanted : target.columns) {
        Column column{wanted.name, wanted.source, convert_to(wanted.type),
                      wanted.required ? Need::Required : Need::Optional};
        for (const auto& field : layer.fields) {
            if (column.source.empty() && same_name(field.name, wanted.name)) column.source = field.name;
        }
        for (const auto& field : layer.fields) {
            if (column.source.empty() && clean_name(field.name) == clean_name(wanted.name)) column.source = field.name;
        }
        mapping.columns.push_back(std::move(column));
    }
    return mapping;
}

}  // namespace gis::read
