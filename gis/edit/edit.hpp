#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gis/crs/crs.hpp"
#include "gis/error.hpp"
#include "gis/layer/layer.hpp"
#include "gis/layer/row.hpp"

namespace gis {

struct Filter;

/// One attribute that an edit sets, by its property name; monostate is NULL.
struct FieldValue {
    std::string field;
    Value value;
};

/// A shape that an edit sets: WKB, ISO or extended, either byte order, x (easting, longitude) first, in any CRS PROJ
/// knows. No bytes: NULL.
struct EditGeometry {
    std::string wkb;
    Crs crs;
};

/// One change of one layer, as a client asked for it and not yet checked. OGC API Features Part 4 and WFS-T both become
/// these; db::apply_edits checks and applies them. The layer outlives it.
struct Edit {
    enum class Kind {
        Insert,   ///< a new feature; a field that is not named gets its default
        Replace,  ///< the whole feature: a field that is not named becomes its default or NULL
        Update,   ///< only what is named
        Delete
    };
    Kind kind = Kind::Insert;
    const Layer* layer = nullptr;
    /// Insert: the id the client gives, which counts where ids are natural keys and is ignored where the server gives
    /// them. Else the feature meant, unless `filter` says which.
    std::optional<std::string> id;
    /// Update and Delete of all features that match and that the caller sees; one he may not edit refuses the request.
    std::shared_ptr<const Filter> filter;
    std::vector<FieldValue> values;
    std::optional<EditGeometry> geometry;  ///< nothing: not named
    /// What he thinks the feature's version is, one of these (If-Match); an edit of another version is refused. Empty:
    /// whatever is stored.
    std::vector<std::string> expected_versions;
    /// Values of every type came as text (XML): "12" is a whole number. Else JSON types are expected.
    bool values_are_text = false;
    /// Insert of a feature that was there before: its id counts even where the database gives ids.
    bool restores_id = false;
};

/// What one edit did: the features it made, changed or deleted, in order.
struct EditResult {
    Edit::Kind kind = Edit::Kind::Insert;
    std::vector<std::string> ids;
    std::vector<std::string> versions;  ///< of each afterwards; empty for Delete
};

/// One reason why a request was refused.
struct EditProblem {
    enum class Reason {
        Content,     ///< the value cannot be stored: 422
        NotFound,    ///< there is no such feature, or it may not be seen: 404
        NotAllowed,  ///< it is seen but may not be edited, or not with this value: 403
        Conflict,    ///< it contradicts what is stored: 409
        Changed      ///< the feature is not at the version expected: 412
    };
    Reason reason = Reason::Content;
    std::size_t index = 0;  ///< of the edit in the request
    std::string id;         ///< of the feature, when it has one
    std::string field;      ///< property, or "geometry", or "" for the whole
    std::string value;      ///< as given, cut short
    std::string expected;   ///< "a date such as 2026-01-31"
};

/// A request of edits as its parser gives it: what it could not even read as an edit is in `problems`, and told
/// together with what the checks find.
struct EditRequest {
    std::vector<Edit> edits;
    std::vector<EditProblem> problems;
};

/// Nothing of the request was applied; every problem found is there, at least one and `max_problems` at most.
class EditRefused : public Error {
  public:
    explicit EditRefused(std::vector<EditProblem> problems);
    const std::vector<EditProblem>& problems() const { return problems_; }
    /// The one reason for the whole: that of the problems when they agree, else Content.
    EditProblem::Reason reason() const;

  private:
    std::vector<EditProblem> problems_;
};

inline constexpr std::size_t max_problems = 100;
inline constexpr std::size_t max_edits = 20'000;  ///< features touched by one request

/// "feature 3, hauteur 'abc': a number expected"
std::string to_string(const EditProblem& problem);

}  // namespace gis
