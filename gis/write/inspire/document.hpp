#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "gis/write/feature_writer.hpp"
#include "gis/write/gml.hpp"
#include "gis/write/inspire/theme.hpp"
#include "gis/write/wkb_cursor.hpp"

namespace gis::inspire {

/// Rows of a lookup's columns by key, as text; an empty text is NULL, or what rows of one key do not agree on.
using LookupRows = std::unordered_map<std::string, std::vector<std::string>>;

/// Adds a row, given as the text of the lookup's columns in order.
void add_lookup_row(LookupRows& rows, const Lookup& lookup, std::string key, std::vector<std::string> texts);

/// The last change of features by id, in microseconds since 2000-01-01 00:00 UTC.
using LastChanges = std::unordered_map<std::string, std::int64_t>;

struct DocumentForm {
    enum class Collection {
        Wfs,  ///< wfs:FeatureCollection, which says how many objects it holds
        Gml   ///< gml:FeatureCollection, which need not know
    };
    Collection collection = Collection::Wfs;
    Crs crs;                   ///< of the coordinates that features bring
    std::string id_namespace;  ///< of inspireId: "FR.CARREAU.CP"
};

/// What a document could not hold, with the first few cases.
struct Refusals {
    static constexpr std::size_t listed_at_most = 100;

    std::int64_t count = 0;
    std::vector<std::string> first;                     ///< "section 62119000AB: no area"
    std::map<std::string, std::int64_t> unknown_codes;  ///< "typezone XX" and how often; nothing stood for them
};

/// Writes the objects of a theme, layer by layer in the order of the theme's mappings. Holds one feature at a time, and
/// the ids of those objects that others name. Used by one thread.
class Document : private Values {
  public:
    Document(const Theme& theme, DocumentForm form);

    /// What stands before the first object; the counts are wanted for Collection::Wfs.
    void begin(std::string& out, const CollectionFacts& facts) const;
    /// The fields that a mapping asks of a layer, in the order features must bring them; never empty.
    static std::vector<const Field*> fields_of(const Mapping& mapping, const Layer& layer);
    /// The features that follow are of `layer`, with `fields`; `lookups` are those of the mapping, in order; `changes`
    /// are what {@changed} says.
    void start_layer(const Mapping& mapping, const Layer& layer, const std::vector<const Field*>& fields,
                     std::vector<LookupRows> lookups, LastChanges changes = {});
    /// Gives how many objects were written of it.
    int write(std::string& out, const Feature& feature);
    /// Takes an object without its geometry, as XML, and the geometry as WKB; empty where it has none.
    using TakeObject = std::function<void(std::string_view object, std::string_view wkb)>;
    /// The same objects one by one. Gives how many there are.
    int each_object(const Feature& feature, const TakeObject& take);
    void end(std::string& out) const;

    const Refusals& refusals() const { return refusals_; }

  private:
    bool append(std::string& out, const Placeholder& placeholder) override;
    void append_geometry(std::string& out) override;

    bool append_term(std::string& out, const Term& term);
    Scalar value_of(const Term& term);
    bool append_text(std::string& out, const Term& term, std::string_view text);
    Scalar last_change();
    bool append_code(std::string& out, const Term& term, std::string_view text);
    const std::vector<std::string>* looked_up(std::size_t lookup);
    /// Nothing to write: why.
    std::string_view take_shapes(const Feature& feature);
    /// The same of a geometry of that type, whose head `cursor` stands behind.
    std::string_view take_point(std::uint32_t type, WkbCursor cursor);
    /// `write_one` for each polygon or line that becomes an object, or once; it says whether one was written.
    int each_part(const Feature& feature, const std::function<bool()>& write_one);
    bool write_member(std::string& out);
    bool write_object(std::string& out);
    void refuse(const Feature& feature, std::string_view why);
    void count_unknown(const std::string& code);

    const Theme& theme_;
    DocumentForm form_;
    GmlForm gml_;
    int decimals_;
    std::vector<std::unordered_set<std::string>> written_;  ///< ids by mapping, where others name them
    Refusals refusals_;

    // Of the layer at hand.
    const Mapping* mapping_ = nullptr;
    const Layer* layer_ = nullptr;
    std::vector<int> places_;  ///< of the mapping's columns among a feature's values; -1: the layer has no such field
    std::vector<LookupRows> lookups_;
    LastChanges changes_;

    // Of the feature at hand.
    const Feature* feature_ = nullptr;
    std::vector<std::string_view> members_;  ///< its polygons, or its lines
    std::string shape_;                      ///< WKB made of them, where the stored one does not do
    std::string_view wkb_;
    std::string object_;
    bool leaves_geometry_out_ = false;
    std::string gml_id_;
    std::string part_;
    std::string changed_;
    std::string text_;
    std::vector<std::string> unknown_;  ///< codes of the placeholder at hand
};

}  // namespace gis::inspire
