#include "server/db/edits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "gis/edit/edit_check.hpp"
#include "gis/edit/edit_sql.hpp"
#include "gis/edit/field_check.hpp"
#include "gis/query/feature_query.hpp"
#include "gis/write/geojson.hpp"
#include "gis/write/number_text.hpp"
#include "server/db/edit_refusal.hpp"

namespace db {

namespace {

using gis::CheckedEdit;
using gis::EditProblem;
using gis::Layer;
using Kind = gis::Edit::Kind;
using Reason = EditProblem::Reason;

Result run_statement(Connection& connection, const gis::SqlStatement& statement) {
    return connection.query(statement.sql(), statement.parameters());
}

bool is_possible_id(const Layer& layer, const std::string& id) {
    try {
        gis::require_value_of(gis::Field{layer.id_column, "", layer.id_type, layer.id_sql_type, "", 0}, id);
        return true;
    } catch (const gis::InvalidRequest&) {
        return false;
    }
}

std::string written(std::string_view wkb, const gis::Crs& crs) {
    std::string text;
    gis::append_geojson_geometry(text, wkb, false, gis::coordinate_decimals(crs));
    return text;
}

class Application {
  public:
    explicit Application(Connection& connection) : connection_(connection) {}

    std::vector<gis::EditResult> run_all(const gis::EditRequest& request) {
        problems_ = request.problems;
        if (request.edits.size() > gis::max_edits)
            throw gis::InvalidRequest("", fmt::format("at most {} edits in one request expected", gis::max_edits));
        for (std::size_t i = 0; i < request.edits.size(); ++i)
            edits_.push_back(gis::check_edit(request.edits[i], i, problems_));
        require_no_problem();
        expand_filters();
        lock_targets();
        require_no_problem();
        for (CheckedEdit& edit : edits_) look_at_stored(edit);
        require_no_problem();
        results_.resize(request.edits.size());
        for (std::size_t i = 0; i < request.edits.size(); ++i) results_[i].kind = request.edits[i].kind;
        // From here on nobody else changes the features: the moment of the edit may be taken.
        connection_.run_script(
            "select set_config('carreau.moment', clock_timestamp()::text, true); set constraints all immediate; "
            "savepoint carreau_edits");
        apply();
        grow_extents();
        return std::move(results_);
    }

  private:
    void require_no_problem() const {
        if (!problems_.empty()) throw gis::EditRefused(problems_);
    }

    void refuse(const CheckedEdit& edit, Reason reason, std::string field, std::string value, std::string expected) {
        problems_.push_back(
            {reason, edit.index, edit.id.value_or(""), std::move(field), std::move(value), std::move(expected)});
    }

    /// An edit of all features that match becomes one of each; what the caller does not see does not match.
    void expand_filters() {
        std::vector<CheckedEdit> expanded;
        for (CheckedEdit& edit : edits_) {
            if (!edit.filter) {
                expanded.push_back(std::move(edit));
                continue;
            }
            const Result ids =
                run_statement(connection_, gis::matching_sql(*edit.layer, *edit.filter, gis::max_edits + 1));
            if (expanded.size() + static_cast<std::size_t>(ids.rows()) > gis::max_edits)
                throw gis::InvalidRequest("filter", fmt::format("at most {} features expected", gis::max_edits));
            for (int i = 0; i < ids.rows(); ++i) {
                expanded.push_back(edit);
                expanded.back().id = ids.text(i, 0);
            }
        }
        edits_ = std::move(expanded);
    }

    /// The edits of features that are there already, by layer; layers and ids are locked in one order everywhere.
    void lock_targets() {
        const auto by_number = [](const Layer* a, const Layer* b) { return a->id < b->id; };
        std::map<const Layer*, std::vector<CheckedEdit*>, decltype(by_number)> targets(by_number);
        for (CheckedEdit& edit : edits_) {
            if (edit.kind == Kind::Insert) continue;
            if (edit.id && is_possible_id(*edit.layer, *edit.id)) {
                targets[edit.layer].push_back(&edit);
            } else {
                refuse_absent(edit);
            }
        }
        for (auto& [layer, edits] : targets) lock(*layer, edits);
    }

    static std::vector<std::string> ids_of(const std::vector<CheckedEdit*>& edits) {
        std::vector<std::string> ids;
        for (const CheckedEdit* edit : edits) ids.push_back(*edit->id);
        return ids;
    }

    /// Locks the features that the caller may edit; those of the others.
    std::vector<CheckedEdit*> lock_present(const Layer& layer, const std::vector<CheckedEdit*>& edits) {
        if (edits.empty()) return {};
        const Result locked = run_statement(connection_, gis::lock_sql(layer, ids_of(edits)));
        std::vector<CheckedEdit*> missing = edits;
        for (int i = 0; i < locked.rows(); ++i) {
            const auto place = static_cast<std::size_t>(locked.int64(i, 0) - 1);
            CheckedEdit& edit = *edits[place];
            edit.id = locked.text(i, 1);
            missing[place] = nullptr;
            const std::vector<std::string>& expected = edit.expected_versions;
            if (!expected.empty() && std::find(expected.begin(), expected.end(), locked.text(i, 2)) == expected.end())
                refuse(edit, Reason::Changed, "", expected.front(),
                       "the version that is stored expected, " + locked.text(i, 2));
        }
        std::erase(missing, nullptr);
        return missing;
    }

    void lock(const Layer& layer, const std::vector<CheckedEdit*>& edits) {
        const std::vector<CheckedEdit*> missing = lock_present(layer, edits);
        if (missing.empty()) return;
        const Result visible = run_statement(connection_, gis::visible_sql(layer, ids_of(missing)));
        std::vector<CheckedEdit*> seen;
        std::vector<CheckedEdit*> absent = missing;
        for (int i = 0; i < visible.rows(); ++i) {
            CheckedEdit*& edit = absent[static_cast<std::size_t>(visible.int64(i, 0) - 1)];
            if (edit != nullptr) seen.push_back(std::exchange(edit, nullptr));
        }
        // One that somebody made between the two statements can be locked now; the others are beyond his rights.
        for (const CheckedEdit* edit : lock_present(layer, seen))
            refuse(*edit, Reason::NotAllowed, "", "",
                   "a feature that you may edit expected: no right of yours reaches it");
        for (const CheckedEdit* edit : absent) {
            if (edit != nullptr) refuse_absent(*edit);
        }
    }

    void refuse_absent(const CheckedEdit& edit) {
        refuse(edit, Reason::NotFound, "", "",
               fmt::format("there is no feature '{}' in '{}'", edit.id.value_or("").substr(0, 100), edit.layer->name));
    }

    /// What only the database knows and need not be tried: read-only values, unchanged shapes, communes, taken ids.
    void look_at_stored(CheckedEdit& edit) {
        if (edit.kind == Kind::Delete) return;
        check_claims(edit);
        if (edit.sets_geometry && !edit.wkb.empty()) {
            if (edit.kind != Kind::Insert && is_stored_shape(edit)) edit.sets_geometry = false;
        }
        check_commune(edit);
        if (edit.kind == Kind::Insert && edit.id && edit.layer->versioned) check_id_free(edit);
    }

    void check_claims(const CheckedEdit& edit) {
        if (edit.claims.empty()) return;
        const auto refuse_claim = [&](const CheckedEdit::Assignment& claim) {
            refuse(edit, Reason::Content, claim.field->name, gis::shown(*claim.text),
                   "no value expected: the field cannot be edited");
        };
        if (edit.kind == Kind::Insert) {
            for (const auto& claim : edit.claims) refuse_claim(claim);
            return;
        }
        const Result row = run_statement(connection_, gis::claims_sql(edit));
        for (std::size_t i = 0; i < edit.claims.size() && row.rows() > 0; ++i) {
            if (!row.boolean(0, static_cast<int>(i))) refuse_claim(edit.claims[i]);
        }
    }

    /// Who sends back the shape he read changes nothing, although it was rounded on its way.
    bool is_stored_shape(const CheckedEdit& edit) {
        const Result row = run_statement(connection_, gis::stored_shape_sql(*edit.layer, *edit.id, edit.given_crs));
        if (row.rows() == 0 || row.is_null(0, 0)) return false;
        return written(row.bytes(0, 0), edit.given_crs) == written(edit.given_wkb, edit.given_crs);
    }

    /// A feature lies where it says it does: its commune's outline, where known, meets its shape. A new feature without
    /// commune gets the one it lies in.
    void check_commune(CheckedEdit& edit) {
        const Layer& layer = *edit.layer;
        const gis::Field* field = layer.find_field(layer.commune_column);
        if (field == nullptr || !field->editable || field->type != gis::FieldType::Text || field->sql_type == "text[]")
            return;
        const auto given = std::find_if(edit.values.begin(), edit.values.end(),
                                        [&](const CheckedEdit::Assignment& a) { return a.field == field; });
        const bool has_shape = edit.sets_geometry && !edit.wkb.empty();
        const bool has_code = given != edit.values.end() && given->text;
        if (!has_shape && !has_code) return;
        const Result row = run_statement(connection_, gis::commune_sql(edit, has_code ? given->text : std::nullopt));
        const std::string place = row.is_null(0, 0) ? "" : row.text(0, 0);
        const bool fits = row.boolean(0, 1);
        if (has_code && !fits) {
            refuse(edit, Reason::Content, field->name, *given->text,
                   place.empty() ? "the commune where the feature lies expected"
                                 : fmt::format("the commune where the feature lies expected, {}", place));
        } else if (!has_code && edit.kind == Kind::Update && !fits) {
            refuse(edit, Reason::Content, "geometry", "",
                   "a geometry in the feature's commune expected; to move it, set its commune too");
        } else if (!has_code && edit.kind != Kind::Update) {
            if (place.empty()) {
                refuse(edit, Reason::Content, field->name, "",
                       "a commune expected: the feature lies in none that is known");
            } else if (given == edit.values.end()) {
                edit.values.push_back({field, place, false});
            } else {
                *given = {field, place, false};
            }
        }
    }

    /// The table's parts have each an index of their own: it does not see an id in another part.
    void check_id_free(const CheckedEdit& edit) {
        const std::vector<Parameter> values{std::to_string(edit.layer->id), *edit.id};
        if (!connection_.query("select catalogue.id_taken($1::int, $2)", values).boolean(0, 0)) return;
        refuse(edit, Reason::Conflict, edit.layer->id_column, *edit.id, "an id that no other feature has expected");
    }

    /// First without looking back; when something fails, again with a way back after each edit, to tell all that fails.
    void apply() {
        std::size_t i = 0;
        try {
            for (; i < edits_.size(); ++i) apply_one(edits_[i]);
            if (problems_.empty()) return;
        } catch (const SqlError& error) {
            connection_.run_script("rollback to savepoint carreau_edits");
            if (edits_.size() == 1) {
                problems_.push_back(problem_of(connection_, edits_[0], error));
                require_no_problem();
            }
        }
        problems_.clear();
        connection_.run_script("rollback to savepoint carreau_edits");
        for (const CheckedEdit& edit : edits_) {
            connection_.run_script("savepoint carreau_edit");
            try {
                apply_one(edit);
            } catch (const SqlError& error) {
                connection_.run_script("rollback to savepoint carreau_edit");
                problems_.push_back(problem_of(connection_, edit, error));
            }
            if (problems_.size() >= gis::max_problems) break;
        }
        // Deferred constraints and luck aside, what failed fails again; if not, nothing may stay half done.
        if (problems_.empty()) throw gis::Unavailable("the edit met another one; try again");
        require_no_problem();
    }

    void apply_one(const CheckedEdit& edit) {
        gis::EditResult& result = results_[edit.index];
        const bool changes = edit.kind == Kind::Update || edit.kind == Kind::Replace;
        if (changes && edit.values.empty() && !edit.sets_geometry) {
            const Result row = run_statement(connection_, gis::lock_sql(*edit.layer, {*edit.id}));
            if (row.rows() == 0) return refuse_absent(edit);
            add(result, row.text(0, 1), row.text(0, 2));
            return;
        }
        const gis::SqlStatement statement = edit.kind == Kind::Insert   ? gis::insert_sql(edit)
                                            : edit.kind == Kind::Delete ? gis::delete_sql(edit)
                                                                        : gis::update_sql(edit);
        const Result row = run_statement(connection_, statement);
        if (row.rows() == 0) return refuse_absent(edit);
        add(result, row.text(0, 0), edit.kind == Kind::Delete ? "" : row.text(0, 1));
    }

    /// Layers in one order: two requests do not wait for each other.
    void grow_extents() {
        std::set<int> layers;
        for (const CheckedEdit& edit : edits_) {
            if (edit.sets_geometry) layers.insert(edit.layer->id);
        }
        for (const int layer : layers) {
            const std::vector<Parameter> id{std::to_string(layer)};
            connection_.query("select catalogue.grow_extent($1::int)", id);
        }
    }

    static void add(gis::EditResult& result, std::string id, std::string version) {
        result.ids.push_back(std::move(id));
        if (!version.empty()) result.versions.push_back(std::move(version));
    }

    Connection& connection_;
    std::vector<CheckedEdit> edits_;
    std::vector<EditProblem> problems_;
    std::vector<gis::EditResult> results_;
};

}  // namespace

std::vector<gis::EditResult> apply_edits(Connection& connection, const gis::EditRequest& request) {
    return Application(connection).run_all(request);
}

}  // namespace db
