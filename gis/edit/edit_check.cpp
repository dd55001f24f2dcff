#include "gis/edit/edit_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "gis/edit/field_check.hpp"
#include "gis/edit/shape_check.hpp"
#include "gis/query/feature_query.hpp"

namespace gis {

namespace {

using Kind = Edit::Kind;

std::string names_of(const Layer& layer) {
    std::string text;
    for (const Field& field : layer.fields) text += (text.empty() ? "" : ", ") + field.name;
    return text;
}

/// One edit while it is checked.
class Check {
  public:
    Check(const Edit& edit, std::size_t index, std::vector<EditProblem>& problems)
        : edit_(edit), layer_(*edit.layer), problems_(problems) {
        checked_.kind = edit.kind;
        checked_.layer = edit.layer;
        checked_.index = index;
        checked_.filter = edit.filter;
        checked_.expected_versions = edit.expected_versions;
    }

    CheckedEdit run() {
        if (!layer_.editable) {
            refuse(EditProblem::Reason::NotAllowed, "", "",
                   "a layer that can be edited expected: this one is a view, or keeps no history");
            return std::move(checked_);
        }
        check_id();
        if (edit_.kind == Kind::Delete) return std::move(checked_);
        for (const FieldValue& value : edit_.values) check_named(value);
        if (edit_.kind == Kind::Replace) add_unnamed();
        if (edit_.kind != Kind::Update) require_whole();
        check_geometry();
        return std::move(checked_);
    }

  private:
    void refuse(EditProblem::Reason reason, std::string field, std::string value, std::string expected) {
        problems_.push_back({reason, checked_.index, checked_.id.value_or(edit_.id.value_or("")), std::move(field),
                             std::move(value), std::move(expected)});
    }
    void refuse(std::string field, std::string value, std::string expected) {
        refuse(EditProblem::Reason::Content, std::move(field), std::move(value), std::move(expected));
    }

    const FieldValue* named(std::string_view field) const {
        const auto found = std::find_if(edit_.values.begin(), edit_.values.end(),
                                        [&](const FieldValue& v) { return v.field == field; });
        return found == edit_.values.end() ? nullptr : &*found;
    }

    /// The id column as a field, also where the layer does not publish it.
    Field id_field() const {
        if (const Field* field = layer_.find_field(layer_.id_column)) return *field;
        Field field{layer_.id_column, layer_.id_column, layer_.id_type, layer_.id_sql_type, "", 0};
        return field;
    }

    void check_id() {
        if (edit_.kind != Kind::Insert) {
            checked_.id = edit_.id;
            return;
        }
        if (layer_.id_given && !edit_.restores_id) return;
        const FieldValue* property = named(layer_.id_column);
        const bool has_property = property != nullptr && !std::holds_alternative<std::monostate>(property->value);
        if (!has_property && !edit_.id) {
            refuse(layer_.id_column, "", "an id of the new feature expected: this layer's ids are natural keys");
            return;
        }
        const Value value = has_property ? property->value : Value(*edit_.id);
        const CheckedValue id = check_value(id_field(), value, !has_property || edit_.values_are_text);
        constexpr std::size_t longest = 1000;  // what the address of a feature is read to
        if (!id.is_good() || id.text->empty() || id.text->size() > longest) {
            refuse(layer_.id_column, shown(value),
                   id.is_good() ? fmt::format("an id of 1 to {} bytes expected", longest) : id.expected);
            return;
        }
        checked_.id = id.text;
    }

    void check_named(const FieldValue& given) {
        if (!seen_.insert(given.field).second) {
            refuse(given.field, shown(given.value), "each property once expected");
            return;
        }
        const Field* field = layer_.find_field(given.field);
        if (field == nullptr) {
            refuse(given.field, shown(given.value), "one of " + names_of(layer_) + " expected");
            return;
        }
        const CheckedValue value = check_value(*field, given.value, edit_.values_are_text);
        if (!value.is_good()) {
            refuse(field->name, shown(given.value), value.expected);
            return;
        }
        if (field->name == layer_.id_column) {
            claim_id(*field, value);
        } else if (!field->editable) {
            if (value.text) checked_.claims.push_back({field, value.text, false});
        } else if (field->required && !value.text) {
            add_required_null(*field);
        } else {
            checked_.values.push_back({field, value.text, false});
        }
    }

    /// Forms send every attribute they know: NULL for what was not filled in.
    void add_required_null(const Field& field) {
        const bool is_whole = edit_.kind != Kind::Update;
        if (is_whole && field.has_default) {
            checked_.values.push_back({&field, std::nullopt, true});
        } else if (!is_whole || !is_placed(field)) {
            refuse_missing(field);
        }
    }

    /// Where a feature lies says in which commune, when the client does not (db::apply_edits).
    bool is_placed(const Field& field) const {
        return field.name == layer_.commune_column && edit_.geometry && layer_.has_geometry();
    }

    /// Ids are stable: an edit may repeat the id, never change it.
    void claim_id(const Field& field, const CheckedValue& value) {
        if (edit_.kind == Kind::Insert || !value.text) return;
        if (edit_.filter || (edit_.id && *edit_.id != *value.text))
            refuse(field.name, *value.text, "the feature's own id expected: ids do not change");
    }

    void refuse_missing(const Field& field) { refuse(field.name, "null", "a value expected, the field is required"); }

    bool is_database_made(const Field& field) const { return !field.editable || field.name == layer_.id_column; }

    void add_unnamed() {
        for (const Field& field : layer_.fields) {
            if (is_database_made(field) || named(field.name) != nullptr) continue;
            checked_.values.push_back({&field, std::nullopt, field.has_default});
        }
    }

    void require_whole() {
        for (const Field& field : layer_.fields) {
            if (!field.required || is_database_made(field) || named(field.name) != nullptr) continue;
            if (!field.has_default && !is_placed(field)) refuse_missing(field);
        }
    }

    void check_geometry() {
        const bool needed = layer_.has_geometry() && layer_.geometry_required;
        if (!edit_.geometry) {
            if (edit_.kind == Kind::Update) return;
            if (needed) refuse("geometry", "", "a geometry expected");
            checked_.sets_geometry = edit_.kind == Kind::Replace && layer_.has_geometry();
            return;
        }
        if (!layer_.has_geometry()) {
            if (!edit_.geometry->wkb.empty()) refuse("geometry", "", "no geometry expected: the layer holds none");
            return;
        }
        if (edit_.geometry->wkb.empty() && needed) {
            refuse("geometry", "null", "a geometry expected");
            return;
        }
        CheckedShape shape = check_shape(layer_, *edit_.geometry);
        if (!shape.is_good()) {
            refuse("geometry", "", std::move(shape.expected));
            return;
        }
        checked_.sets_geometry = true;
        checked_.wkb = std::move(shape.wkb);
        checked_.given_crs = edit_.geometry->crs;
        checked_.given_wkb = edit_.geometry->wkb;
    }

    const Edit& edit_;
    const Layer& layer_;
    std::vector<EditProblem>& problems_;
    CheckedEdit checked_;
    std::set<std::string, std::less<>> seen_;
};

}  // namespace

const CheckedEdit::Assignment* CheckedEdit::find(std::string_view field) const {
    const auto found =
        std::find_if(values.begin(), values.end(), [&](const Assignment& a) { return a.field->name == field; });
    return found == values.end() ? nullptr : &*found;
}

CheckedEdit check_edit(const Edit& edit, std::size_t index, std::vector<EditProblem>& problems) {
    return Check(edit, index, problems).run();
}

}  // namespace gis
