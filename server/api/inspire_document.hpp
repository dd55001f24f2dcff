#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gis/layer/catalog.hpp"
#include "gis/write/inspire/document.hpp"
#include "server/api/count_cache.hpp"
#include "server/db/connection.hpp"

namespace api {

/// Objects of one kind in a document, and the layers they are made of.
struct InspirePart {
    const gis::inspire::Mapping* mapping = nullptr;
    const gis::Layer* layer = nullptr;
    std::vector<const gis::Layer*> lookups;  ///< of the mapping's lookups, in order; null: nothing to look up
};

/// All layers that parts take values from, lookups as well, each once.
std::vector<const gis::Layer*> layers_of(const std::vector<InspirePart>& parts);

/// One document of a theme.
struct InspireOrder {
    std::shared_ptr<const gis::inspire::Theme> theme;
    gis::CatalogPtr catalog;         ///< holds the layers of the parts
    std::vector<InspirePart> parts;  ///< as inspire_parts gives them
    gis::inspire::DocumentForm form;
};

/// What it held, part by part.
struct InspireOutcome {
    std::vector<std::int64_t> rows;     ///< as the asker sees them
    std::vector<std::int64_t> objects;  ///< made of them
    gis::inspire::Refusals refusals;

    std::int64_t object_count() const;
};

/// The themes there are: gis/write/inspire/themes.
std::vector<std::string> inspire_theme_names();

/// All of them in all their versions, read once.
const std::vector<std::shared_ptr<const gis::inspire::Theme>>& inspire_themes();

/// Throws gis::InvalidRequest naming `theme` or `version` when there is none of that name; no version: the newest.
std::shared_ptr<const gis::inspire::Theme> find_inspire_theme(std::string_view name, std::string_view version = {});

/// What a document of the theme is made of, in the order it is written: of the layers of `names`, or without names of
/// all that the theme knows; of what `may_take` holds for, lookups as well. A part whose conditions ask a lookup that
/// is not there is left out: nobody knows which of its rows are objects. Throws gis::NotFound, and gis::InvalidRequest
/// for a layer the theme makes nothing of.
std::vector<InspirePart> inspire_parts(const gis::inspire::Theme& theme, const gis::Catalog& catalog,
                                       const std::vector<std::string>& names,
                                       const std::function<bool(const gis::Layer&)>& may_take);

/// The namespace of a theme's inspireIds: that of the authority whose data they are, and the theme: "FR.CARREAU.CP".
std::string inspire_namespace(std::string_view authority, const gis::inspire::Theme& theme);

/// The CRS of that name among those INSPIRE data may be in. Throws gis::InvalidRequest naming `crs`.
gis::Crs find_inspire_crs(const std::string& text);

/// How many objects a document for a caller of that scope will hold, in the transaction at hand: by the rows where each
/// becomes one, else by making them; where `counts` remembers, by what changed since.
std::int64_t count_inspire(db::Connection& connection, const InspireOrder& order, CountCache& counts,
                           const gis::Scope& scope);

/// Gives the features of an order to `take`, part by part, after `begin` of the part; `document` stands at the layer at
/// hand. Runs in one transaction of the asker's rights. `take` gives how many objects it made.
InspireOutcome each_inspire_feature(db::Connection& connection, const InspireOrder& order,
                                    gis::inspire::Document& document,
                                    const std::function<void(const InspirePart&)>& begin,
                                    const std::function<int(const gis::Feature&)>& take);

/// The document's objects and its end, without its beginning (gis::inspire::Document::begin, whose counts are known
/// only afterwards). Runs in one transaction of the asker's rights; `after_each` is called when a feature was appended.
InspireOutcome write_inspire(db::Connection& connection, const InspireOrder& order, std::string& out,
                             const std::function<void()>& after_each);

}  // namespace api
