#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gis/crs/crs.hpp"

namespace gis {

struct Commune {
    std::string code_insee;
    std::string name;
    GeographicBox extent;
};

/// A commune's name as it compares: lower case without accents, œ as oe, hyphens and apostrophes as spaces, lès and lez
/// as "les", st and ste in full, one space between words. "Nœux-les-Mines" and "noeux les mines" fold to the same text.
std::string fold_name(std::string_view name);

/// Finds communes by what people type. Immutable.
class CommuneIndex {
  public:
    CommuneIndex() = default;
    explicit CommuneIndex(std::vector<Commune> communes);

    const std::vector<Commune>& communes() const { return communes_; }

    /// The communes that `text` may mean, best first: one when it is clear, several when a person must choose. In turn:
    /// an INSEE code; the whole name, article or not; the first words of the name ("Vendin"); the whole name with one
    /// letter wrong ("Calonne Ricquart"). The first of these that finds something decides.
    std::vector<const Commune*> find(std::string_view text) const;

  private:
    std::vector<Commune> communes_;
    std::vector<std::string> folded_;
};

}  // namespace gis
