#include "gis/read/layer_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gis/crs/identify.hpp"
#include "gis/error.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

/// Large enough that COPY and locks cost nothing per row, small enough to stay in cache.
constexpr std::size_t batch_size = 2'000;

/// Positions looked at to tell where a layer lies.
constexpr std::size_t positions_looked_at = 500;

/// Ends a reading early.
struct Enough {};

std::vector<double> first_positions(Source& source, std::size_t layer) {
    std::vector<double> xy;
    try {
        source.read(layer, {}, [&xy](SourceFeature& feature) {
            const std::size_t count = std::min<std::size_t>(feature.shape.xy.size(), 40);
            for (std::size_t i = 0; i + 1 < count; i += 2) {
                if (!std::isfinite(feature.shape.xy[i]) || !std::isfinite(feature.shape.xy[i + 1])) continue;
                xy.push_back(feature.shape.xy[i]);
                xy.push_back(feature.shape.xy[i + 1]);
            }
            if (xy.size() >= 2 * positions_looked_at) throw Enough{};
        });
    } catch (const Enough&) {
    }
    return xy;
}

class LayerReader {
  public:
    LayerReader(Source& source, std::size_t layer, const Mapping& mapping, const MappingContext& context,
                const Input& input, Toolbox& tools, Import& import)
        : source_(source),
          layer_(source.layers()[layer]),
          index_(layer),
          mapping_(mapping),
          context_(context),
          input_(input),
          tools_(tools),
          import_(import) {
        std::vector<std::string> used;
        for (const auto& column : mapping_.columns) {
            if (column.source.empty()) {
                fields_.push_back(no_field);
                continue;
            }
            const std::string field = source_field(column, layer_);
            const auto place = std::ranges::find(wanted_, field) - wanted_.begin();
            if (place == static_cast<std::ptrdiff_t>(wanted_.size())) wanted_.push_back(field);
            fields_.push_back(static_cast<std::size_t>(place));
        }
        batch_.table = mapping_.table;
        batch_.columns = table_columns(mapping_);
        coverage_place_ = place_of(mapping_.coverage_column);
        id_place_ = place_of(mapping_.id_column);
    }

    void run() {
        find_crs();
        note_unmatched_fields();
        if (!mapping_.note.empty()) note(mapping_.note);
        source_.read(index_, wanted_, [this](SourceFeature& feature) { take(feature); });
        flush();
        for (const std::string& told : layer_.notes) note(told);
        if (const std::string told = context_.heights->note(); !told.empty()) note(told);
        if (flattened_ > 0) note(fmt::format("{} objets en 3D : les altitudes ne sont pas gardées", flattened_));
        import_.add_counts(mapping_.table, counts_);
    }

  private:
    static constexpr std::size_t no_field = static_cast<std::size_t>(-1);

    std::optional<std::size_t> place_of(const std::string& column) const {
        for (std::size_t i = 0; i < mapping_.columns.size(); ++i) {
            if (!column.empty() && mapping_.columns[i].name == column) return i;
        }
        return std::nullopt;
    }

    void find_crs() {
        Toolbox::KnownCrs crs;
        if (mapping_.geometry) {
            crs = chosen_crs();
            transformation_ = &tools_.transformation(crs.srid);
        }
        import_.add_file(input_.shown_name, crs.shown, layer_.encoding);
    }

    /// What the person or the file says; where both are silent, a proposal that is sure enough.
    Toolbox::KnownCrs chosen_crs() {
        const Options& options = import_.options();
        swaps_ = options.swap_axes;
        if (options.source_srid || !layer_.crs.empty() || !options.territory) {
            Toolbox::KnownCrs said = tools_.crs_of(layer_, options.source_srid, input_.shown_name);
            const auto better = propose_for(source_, index_, said.srid, options, tools_);
            if (!better.empty()) {
                note(fmt::format("EPSG:{} met les objets hors du territoire ; EPSG:{} ({}) les y mettrait : {}",
                                 said.srid, better[0].srid, better[0].name, better[0].reason));
            }
            return said;
        }
        const auto proposals = propose_for(source_, index_, std::nullopt, options, tools_);
        if (proposals.empty() || proposals[0].confidence < sure_enough) {
            std::string fitting;
            for (const CrsProposal& proposal : proposals)
                fitting += fmt::format(" ; EPSG:{} ({}) ? {}", proposal.srid, proposal.name, proposal.reason);
            throw InvalidRequest(input_.shown_name,
                                 "le système de coordonnées n'est pas dit, et les coordonnées ne suffisent pas à le "
                                 "reconnaître ; précisez-le" +
                                     fitting);
        }
        const CrsProposal& chosen = proposals[0];
        if (chosen.swapped) swaps_ = !swaps_;
        return {chosen.srid, fmt::format("EPSG:{} ({}, proposé d'après les coordonnées à {:.0f} % : {})", chosen.srid,
                                         chosen.name, 100 * chosen.confidence, chosen.reason)};
    }

    void note_unmatched_fields() {
        if (input_.format == Format::Edigeo) return;  // its attributes are a fixed list
        std::string unmatched;
        for (const auto& field : layer_.fields) {
            const bool used =
                std::ranges::any_of(wanted_, [&](const auto& name) { return same_name(name, field.name); }) ||
                std::ranges::count(layer_.position_fields, field.name) > 0;
            if (!used) unmatched += (unmatched.empty() ? "" : ", ") + field.name;
        }
        if (!unmatched.empty()) note("champs non repris : " + unmatched);
    }

    void note(std::string reason) {
        import_.add({input_.shown_name, layer_.name, std::nullopt, "", Problem::Kind::Note, std::move(reason)});
    }

    void problem(Problem::Kind kind, std::string field, std::string reason) {
        import_.add({input_.shown_name, layer_.name, number_, std::move(field), kind, std::move(reason)});
    }

    void refuse(std::string field, std::string reason) {
        ++counts_.refused;
        problem(Problem::Kind::Refused, std::move(field), std::move(reason));
    }

    void take(SourceFeature& feature) {
        ++counts_.read;
        number_ = feature.number;
        repaired_ = false;
        if (!feature.defect.empty()) return refuse(feature.defect_field, feature.defect);
        if (mapping_.geometry && !prepare_geometry(feature.shape)) return;
        std::vector<Value> values;
        if (!convert(feature, values)) return;
        if (mapping_.finish) {
            RowDraft draft(mapping_.columns, values, feature.shape, context_, hash_scale());
            if (std::string why = mapping_.finish(draft); !why.empty()) return refuse("", std::move(why));
        }
        if (!register_id(values, feature.shape)) return;
        keep(std::move(values), feature.shape);
    }

    /// Coordinates to the target CRS, rings closed, validity ensured. False when the feature was refused.
    bool prepare_geometry(Shape& shape) {
        if (shape.empty()) {
            if (!import_.options().target) {
                refuse("", "géométrie absente ; une géométrie est attendue");
                return false;
            }
            problem(Problem::Kind::Note, "", "géométrie absente ; l'objet est gardé sans forme");
            shape.clear();
            return true;
        }
        const Shape::Kind wanted = kind_of(*mapping_.geometry);
        if (wanted != Shape::Kind::None && shape.kind != wanted) {
            refuse("",
                   fmt::format("la géométrie est {} alors que la table attend {}", spoken(shape.kind), spoken(wanted)));
            return false;
        }
        if (shape.had_z) ++flattened_;
        return transform(shape) && make_valid(shape);
    }

    bool transform(Shape& shape) {
        if (swaps_) {
            for (std::size_t i = 0; i + 1 < shape.xy.size(); i += 2) std::swap(shape.xy[i], shape.xy[i + 1]);
        }
        const double x = shape.xy[0];
        const double y = shape.xy[1];
        const bool finite = transformation_->is_identity() || std::isfinite(extent_of(shape).min_x);
        if (finite) transformation_->apply(shape.xy.data(), shape.vertex_count());
        const Extent box = extent_of(shape);
        if (!finite || std::isnan(x) || std::isnan(y) ||
            (transformation_->is_identity() && !std::isfinite(box.min_x))) {
            refuse("", "une coordonnée n'est pas un nombre fini");
            return false;
        }
        if (!transformation_->in_target_area(box.min_x, box.min_y, box.max_x, box.max_y)) {
            refuse("",
                   fmt::format("coordonnées hors de la zone de EPSG:{} (premier sommet {:.6g} {:.6g}) ; vérifiez le "
                               "système de coordonnées du fichier",
                               import_.options().target_srid, x, y));
            return false;
        }
        return true;
    }

    bool make_valid(Shape& shape) {
        if (shape.kind == Shape::Kind::Line) return check_lines(shape);
        if (shape.kind != Shape::Kind::Polygon) return true;
        const int opened = close_rings(shape);
        if (opened > 0) {
            repaired_ = true;
            problem(Problem::Kind::Repaired, "", fmt::format("{} anneau(x) non fermé(s) ; fermé(s)", opened));
        }
        const std::string why = surely_valid(shape) ? "" : tools_.repairer().why_invalid(shape);
        if (!why.empty() && !repair(shape, why)) return false;
        if (area_of(shape) >= least_area()) return true;
        refuse("", "la géométrie n'a aucune surface ; corrigez l'objet");
        return false;
    }

    bool repair(Shape& shape, const std::string& why) {
        Shape valid = tools_.repairer().repaired(shape);
        if (valid.empty()) {
            refuse("", why + " ; aucune surface ne reste après réparation, corrigez l'objet");
            return false;
        }
        repaired_ = true;
        problem(Problem::Kind::Repaired, "",
                fmt::format("{} ; réparé, surface {:.6g} au lieu de {:.6g}", why, area_of(valid), area_of(shape)));
        shape = std::move(valid);
        return true;
    }

    bool check_lines(const Shape& shape) {
        std::size_t first = 0;
        for (const std::size_t last : shape.rings) {
            bool moves = false;
            for (std::size_t i = first + 1; i < last; ++i) {
                moves =
                    moves || shape.xy[2 * i] != shape.xy[2 * first] || shape.xy[2 * i + 1] != shape.xy[2 * first + 1];
            }
            if (!moves) {
                refuse("", "une ligne n'a qu'un seul point ; deux sont attendus");
                return false;
            }
            first = last;
        }
        return true;
    }

    bool convert(SourceFeature& feature, std::vector<Value>& values) {
        values.resize(mapping_.columns.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
            const Column& column = mapping_.columns[i];
            if (fields_[i] == no_field) continue;
            values[i] = feature.values[fields_[i]];
            if (column.convert && !column.convert(values[i], context_)) {
                std::string shown = "?";
                if (to_string(values[i], shown); column.need == Need::Required) {
                    refuse(column.name, fmt::format("valeur « {} » non convertible pour {}", shown, column.name));
                    return false;
                }
                problem(Problem::Kind::Note, column.name,
                        fmt::format("valeur « {} » non convertible pour {} ; laissée vide", shown, column.name));
                values[i] = std::monostate{};
            }
            if (column.need == Need::Required && std::holds_alternative<std::monostate>(values[i])) {
                refuse(column.name, fmt::format("{} est vide alors qu'il est obligatoire", wanted_[fields_[i]]));
                return false;
            }
        }
        return true;
    }

    static void to_string(const Value& value, std::string& shown) {
        if (const auto* text = std::get_if<std::string>(&value)) shown = text->substr(0, 60);
        if (const auto* number = std::get_if<std::int64_t>(&value)) shown = fmt::format("{}", *number);
        if (const auto* real = std::get_if<double>(&value)) shown = fmt::format("{}", *real);
    }

    /// An id met before is refused or gets a number behind it, as the mapping says. False when refused.
    bool register_id(std::vector<Value>& values, const Shape& shape) {
        if (!id_place_) return true;
        Value& value = values[*id_place_];
        if (std::holds_alternative<std::monostate>(value)) {
            if (fields_[*id_place_] != no_field) {
                refuse(mapping_.id_column, "identifiant vide");
                return false;
            }
            value = number_;
            return true;
        }
        if (mapping_.same_id == Mapping::SameId::Merge) {
            merged_first_ = import_.merge(mapping_, std::get<std::string>(value), table_values(values), shape);
            return true;
        }
        std::string id;
        to_string(value, id);
        if (const auto* text = std::get_if<std::string>(&value)) id = *text;
        const std::uint32_t before = import_.times_met(mapping_.table, id);
        if (before == 0) return true;
        if (mapping_.same_id == Mapping::SameId::Refuse) {
            refuse(mapping_.id_column,
                   fmt::format("l'identifiant {} est déjà dans cet import ; gardez-en un seul", id.substr(0, 60)));
            return false;
        }
        value = fmt::format("{}-{}", id, before + 1);
        return true;
    }

    std::vector<Value> table_values(const std::vector<Value>& values) const {
        return {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(batch_.columns.size())};
    }

    void keep(std::vector<Value> values, const Shape& shape) {
        std::string wkb;
        if (mapping_.geometry && !shape.empty()) {
            wkb = to_wkb(shape, *mapping_.geometry);
            if (wkb.empty()) return refuse("", "plusieurs parties alors que la table en attend une seule");
        }
        if (repaired_) ++counts_.repaired;
        if (coverage_place_) add_coverage(values[*coverage_place_]);
        if (mapping_.same_id == Mapping::SameId::Merge) {
            ++(merged_first_ ? counts_.written : counts_.merged);
            return;
        }
        ++counts_.written;
        values.resize(batch_.columns.size());
        batch_.rows.push_back({std::move(values), std::move(wkb)});
        if (batch_.rows.size() >= batch_size) flush();
    }

    void add_coverage(const Value& value) {
        const auto* text = std::get_if<std::string>(&value);
        if (!text || *text == last_coverage_) return;
        last_coverage_ = *text;
        import_.add_coverage(mapping_.table, last_coverage_);
    }

    void flush() {
        import_.check_stop();
        if (batch_.rows.empty()) return;
        RowBatch full{batch_.table, batch_.columns, std::move(batch_.rows)};
        batch_.rows.clear();
        batch_.rows.reserve(batch_size);
        import_.write(std::move(full));
        if (layer_.count) {
            import_.progress_in_file(counts_.read, *layer_.count, "objets");
        } else if (const std::int64_t done = source_.bytes_done(); done > 0) {
            import_.progress_in_file(done, static_cast<std::int64_t>(std::filesystem::file_size(input_.path)),
                                     "octets");
        }
    }

    bool in_degrees() const { return transformation_ && transformation_->target_is_geographic(); }

    /// Ids of geometries are made of whole centimetres, or about as much of degrees.
    double hash_scale() const { return in_degrees() ? 1e7 : 100; }

    /// A square millimetre: what rounding leaves of a line drawn as a polygon.
    double least_area() const { return in_degrees() ? 1e-16 : 1e-6; }

    static const char* spoken(Shape::Kind kind) {
        switch (kind) {
            case Shape::Kind::Point:
                return "un point";
            case Shape::Kind::Line:
                return "une ligne";
            case Shape::Kind::Polygon:
                return "une surface";
            case Shape::Kind::None:
                break;
        }
        return "vide";
    }

    Source& source_;
    const SourceLayer& layer_;
    std::size_t index_;
    const Mapping& mapping_;
    const MappingContext& context_;
    const Input& input_;
    Toolbox& tools_;
    Import& import_;
    Transformation* transformation_ = nullptr;
    std::vector<std::string> wanted_;
    std::vector<std::size_t> fields_;  // of each column: place in `wanted_`
    std::optional<std::size_t> coverage_place_, id_place_;
    RowBatch batch_;
    TableCounts counts_;
    std::int64_t number_ = 0;
    std::int64_t flattened_ = 0;
    std::string last_coverage_;
    bool swaps_ = false;
    bool repaired_ = false;
    bool merged_first_ = false;
};

}  // namespace

Toolbox::KnownCrs Toolbox::crs_of(const SourceLayer& layer, const std::optional<int>& stated,
                                  const std::string& shown_name) {
    if (stated) return {*stated, fmt::format("EPSG:{} (indiqué)", *stated)};
    const auto [entry, added] = identified_.try_emplace(layer.crs);
    if (added) {
        if (const auto found = identify_crs(layer.crs)) {
            const bool declared = found->how == IdentifiedCrs::How::Declared;
            entry->second = KnownCrs{found->srid, fmt::format("EPSG:{} ({}, {})", found->srid, found->name,
                                                              declared ? "déclaré" : "reconnu à ses paramètres")};
        }
    }
    if (entry->second) return *entry->second;
    throw InvalidRequest(
        shown_name, layer.crs.empty() ? "le système de coordonnées n'est pas dit ; précisez-le (--crs EPSG:2154)"
                                      : "le système de coordonnées n'est pas reconnu ; précisez-le (--crs EPSG:2154)");
}

Transformation& Toolbox::transformation(int source_srid) {
    const auto found = transformations_.find(source_srid);
    if (found != transformations_.end()) return found->second;
    return transformations_.emplace(source_srid, Transformation(source_srid, target_srid_)).first->second;
}

Transformation& Toolbox::to_degrees(int source_srid) {
    const auto found = to_degrees_.find(source_srid);
    if (found != to_degrees_.end()) return found->second;
    return to_degrees_.emplace(source_srid, Transformation(source_srid, 4326)).first->second;
}

std::vector<CrsProposal> propose_for(Source& source, std::size_t layer, const std::optional<int>& said,
                                     const Options& options, Toolbox& tools) {
    if (!options.territory) return {};
    const std::vector<double> xy = first_positions(source, layer);
    if (xy.empty()) return {};
    if (said) {
        std::vector<double> degrees = xy;
        if (options.swap_axes) {
            for (std::size_t i = 0; i + 1 < degrees.size(); i += 2) std::swap(degrees[i], degrees[i + 1]);
        }
        tools.to_degrees(*said).apply(degrees.data(), degrees.size() / 2);
        // Near is near enough: a survey may go beyond the border.
        constexpr double margin = 0.5;
        std::size_t near = 0;
        for (std::size_t i = 0; i + 1 < degrees.size(); i += 2) {
            if (degrees[i] > options.territory->west - margin && degrees[i] < options.territory->east + margin &&
                degrees[i + 1] > options.territory->south - margin &&
                degrees[i + 1] < options.territory->north + margin) {
                ++near;
            }
        }
        if (4 * near >= degrees.size()) return {};
    }
    std::vector<CrsProposal> proposals = propose_crs(xy, *options.territory);
    if (said) std::erase_if(proposals, [&](const CrsProposal& p) { return p.srid == *said && !p.swapped; });
    return proposals;
}

void read_layer(Source& source, std::size_t layer, const Mapping& mapping, const MappingContext& context,
                const Input& input, Toolbox& tools, Import& import) {
    LayerReader(source, layer, mapping, context, input, tools, import).run();
}

}  // namespace gis::read
