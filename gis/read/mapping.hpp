#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gis/crs/ign69.hpp"
#include "gis/read/input.hpp"

namespace gis::read {

/// The legal state of each risk plan, from its perimeter to the row of its procedure. Shared by reading threads.
class PlanStates {
  public:
    struct State {
        std::string state, date, type;
        bool has_row = false;  ///< a procedure row of that plan was read
    };
    void set(const std::string& plan, const State& state);
    void mark_row(const std::string& plan);
    std::optional<State> find(const std::string& plan) const;
    std::map<std::string, State> all() const;

  private:
    mutable std::mutex mutex_;
    std::map<std::string, State> states_;
};

class RowDraft;

/// The heights of a file above the ellipsoid, brought to the IGN69. Belongs to one thread.
class Heights {
  public:
    /// With `required` what cannot be brought there is refused, else kept beside.
    explicit Heights(bool required) : required_(required) {}

    /// Fills in `altitude` and `systeme_altitude` of a point in Lambert-93; gives why the row is refused, or nothing.
    std::string complete(RowDraft& row, double ellipsoidal);
    /// What a person should know of it; empty: nothing.
    std::string note() const;

  private:
    std::string reason() const;

    bool required_;
    std::optional<Ign69> ign69_;  // looked for when there is a height
    std::int64_t left_ = 0;
};

/// What a row may need to know beyond its own feature.
struct MappingContext {
    std::string departement;  ///< "62", "2A", "97": what EDIGEO identifiers leave out
    std::string commune;      ///< INSEE code of an EDIGEO exchange
    std::string file_stem;    ///< "241800432_ZONE_URBA_20200128"
    std::string layer;
    PlanStates* plans = nullptr;
    Heights* heights = nullptr;
};

enum class Need { Optional, Required };

/// Turns a source value into the column's; false when it cannot (the value is then left as it was).
using Convert = bool (*)(Value&, const MappingContext&);

struct Column {
    std::string name;    ///< one that begins with '~' is only there for `finish`; those come last
    std::string source;  ///< field names to try, separated by '|'; empty: filled in by `finish`
    Convert convert = nullptr;
    Need need = Need::Optional;
};

/// A row being made. `set` and `get` go by column name.
class RowDraft {
  public:
    RowDraft(const std::vector<Column>& columns, std::vector<Value>& values, const Shape& shape,
             const MappingContext& context, double scale)
        : columns_(columns), values_(values), shape_(shape), context_(context), scale_(scale) {}

    std::string text(std::string_view column) const;
    bool has(std::string_view column) const;
    const Value& value(std::string_view column) const { return values_[place(column)]; }
    void set(std::string_view column, Value value);
    const MappingContext& context() const { return context_; }
    /// 12 hexadecimal digits of a BLAKE2b of the geometry, whatever its first vertex and direction, and of `more`.
    std::string geometry_hash(std::string_view more = {}) const;
    const Shape& shape() const { return shape_; }

  private:
    std::size_t place(std::string_view column) const;
    const std::vector<Column>& columns_;
    std::vector<Value>& values_;
    const Shape& shape_;
    const MappingContext& context_;
    double scale_;
};

/// How the features of one kind of source layer become rows of one table.
struct Mapping {
    std::string kind;   ///< "parcelle"
    std::string table;  ///< "cadastre.parcelle"
    std::optional<GeometryType> geometry;
    std::string coverage_column;
    std::vector<Column> columns;

    /// Recognition: every `fields` is there ('|' between spellings), and the layer is named like one of `names`.
    std::vector<std::string> names;
    std::vector<std::string> fields;
    std::optional<Format> format;  ///< none: any

    enum class SameId { Refuse, Number, Merge };  ///< what a second feature with a known id means
    SameId same_id = SameId::Refuse;
    std::string id_column;

    /// Fills in what needs several fields; returns why the row is refused, or nothing.
    std::function<std::string(RowDraft&)> finish;
    /// Said once per layer that was recognised.
    std::string note;
    /// The column of points whose values draw lines and areas (`Options::codes`), beside precision_h; empty: none.
    std::string point_code;
};

/// The built-in mappings, those of more particular layers first.
const std::vector<Mapping>& all_mappings();

/// One list per subject; each lives in its own file.
std::vector<Mapping> edigeo_mappings();
std::vector<Mapping> etalab_mappings();
std::vector<Mapping> urba_mappings();
std::vector<Mapping> ppr_mappings();
std::vector<Mapping> ads_mappings();
std::vector<Mapping> pcrs_mappings();
std::vector<Mapping> survey_mappings();
std::vector<Mapping> photo_mappings();
std::vector<Mapping> cloud_mappings();
std::vector<Mapping> raster_mappings();

/// The mapping that recognises a layer, or the one asked for by kind; null when there is none.
const Mapping* find_mapping(const SourceLayer& layer, Format format, const std::string& file_stem);
const Mapping* find_mapping_of_kind(std::string_view kind, const SourceLayer& layer, Format format);

/// A mapping for a table that the caller describes.
Mapping mapping_to(const Target& target, const SourceLayer& layer);

/// Fills the columns as a person chose. Throws InvalidRequest naming a column or a field that is not there.
void choose_columns(Mapping& mapping, const ChosenColumns& chosen, const SourceLayer& layer);
/// Whether a person may say what fills the column.
bool can_be_chosen(const Column& column);

/// The source field of a column: the first of its spellings that the layer has, else the first spelling.
std::string source_field(const Column& column, const SourceLayer& layer);
bool has_field(const SourceLayer& layer, std::string_view spellings);

}  // namespace gis::read
