#pragma once

#include <mutex>
#include <unordered_map>

#include "server/gate/caller.hpp"
#include "server/live/catalog_watch.hpp"

namespace gate {

/// The layers that the scope sees, as the only ones there are. The extent of one seen in part, or made coarse, is that
/// of the communes: the true one would tell where hidden features lie.
gis::CatalogPtr visible_catalog(const gis::Catalog& catalog, const gis::Scope& scope,
                                const gis::CommuneIndex& communes);

/// Keeps them for the callers that come again.
class VisibleCatalogs {
  public:
    /// `known` with the caller's layers only.
    live::Snapshot of(live::Snapshot known, const CallerPtr& caller);

  private:
    struct Entry {
        gis::CatalogPtr all;
        std::shared_ptr<const gis::CommuneIndex> communes;
        gis::CatalogPtr visible;
    };
    std::mutex mutex_;
    std::unordered_map<CallerPtr, Entry> entries_;
};

}  // namespace gate
