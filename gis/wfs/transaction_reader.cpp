// Transactions: 09-025r2, clause 15; 04-094, clause 12; 02-058, clause 11.

#include "gis/wfs/transaction_reader.hpp"

#include <fmt/format.h>

#include "gis/filter/property.hpp"
#include "gis/text/xml_name.hpp"
#include "gis/wfs/feature_names.hpp"
#include "gis/wfs/fes.hpp"
#include "gis/wfs/fes_reader.hpp"
#include "gis/wfs/gml_node.hpp"
#include "gis/wfs/request_parts.hpp"
#include "gis/wfs/service_error.hpp"
#include "gis/wfs/xml_document.hpp"

namespace gis::wfs {

namespace {

using Node = pugi::xml_node;

bool is_nil(const Node& element) {
    const std::string_view text = attribute_of(element, "nil");
    return text == "true" || text == "1";
}

/// XML Schema's other spellings: 1 and 0 are booleans, and a time without zone is UTC.
std::string as_field_text(const Field& field, std::string_view text) {
    if (field.type == FieldType::Boolean && text == "1") return "true";
    if (field.type == FieldType::Boolean && text == "0") return "false";
    std::string result(text);
    if (field.type != FieldType::DateTime) return result;
    const auto clock = text.find('T');
    if (clock == std::string_view::npos) return result;
    const bool zoned = text.ends_with('Z') || text.find_first_of("+-", clock) != std::string_view::npos;
    if (!zoned) result += 'Z';
    return result;
}

class TransactionReader {
  public:
    TransactionReader(const RequestContext& context, Version version) : context_(context), version_(version) {}

    Transaction read(const Node& element) {
        if (!attribute_of(element, "lockId").empty() || child_called(element, "LockId"))
            throw ServiceError("InvalidLockId", "lockId", "lockId: this service gives no locks");
        transaction_.handle = std::string(attribute_of(element, "handle"));
        transaction_srs_ = std::string(attribute_of(element, "srsName"));
        for (const Node& action : child_elements(element)) read_action(action);
        if (transaction_.actions.empty())
            throw unreadable("Transaction", "Transaction: Insert, Update, Replace or Delete expected");
        return std::move(transaction_);
    }

  private:
    void read_action(const Node& element) {
        const std::string_view name = local_name(element);
        if (name == "Native") {
            if (attribute_of(element, "safeToIgnore") != "true")
                throw ServiceError("OptionNotSupported", "Native", "Native: no vendor has extensions here");
            return;
        }
        action_ = Action{Edit::Kind::Insert, std::string(attribute_of(element, "handle")), edits().size(), 0};
        if (name == "Insert") {
            insert(element);
        } else if (name == "Update") {
            update(element);
        } else if (name == "Delete") {
            erase(element);
        } else if (name == "Replace" && version_ == Version::V2_0_0) {
            replace(element);
        } else {
            throw unreadable(std::string(name.substr(0, 50)), fmt::format("'{}' is no action of a Transaction {}",
                                                                          name.substr(0, 50), to_string(version_)));
        }
        action_.edits = edits().size() - action_.first_edit;
        transaction_.actions.push_back(action_);
    }

    std::vector<Edit>& edits() { return transaction_.request.edits; }

    Edit& add_edit(Edit::Kind kind, const Layer& layer) {
        if (edits().size() >= max_edits)
            throw invalid("Transaction", fmt::format("more than {} features in one request", max_edits));
        action_.kind = kind;
        Edit edit;
        edit.kind = kind;
        edit.layer = &layer;
        edit.values_are_text = true;
        edits().push_back(std::move(edit));
        return edits().back();
    }

    std::string locator() const { return action_.handle.empty() ? "Transaction" : action_.handle; }

    const Layer& layer_of(std::string_view name, const Node& scope) const {
        return layer_named(name, context_, version_, [scope](std::string_view prefix) -> std::optional<std::string> {
            const std::string_view uri = namespace_of_prefix(scope, prefix);
            if (uri.empty()) return std::nullopt;
            return std::string(uri);
        });
    }

    std::vector<Crs> offered_for(const Layer& layer) const {
        std::vector<Crs> all = context_.offered;
        if (layer.has_geometry()) all.push_back(layer.crs);
        return all;
    }

    void insert(const Node& element) {
        const std::string srs_name = srs_of(element);
        for (const Node& child : child_elements(element)) insert_feature(child, srs_name, 0);
        if (edits().size() == action_.first_edit) throw unreadable(locator(), "Insert: a feature expected");
    }

    void insert_feature(const Node& element, const std::string& srs_name, int depth) {
        const std::string_view name = local_name(element);
        const bool collection =
            name == "FeatureCollection" || name == "featureMember" || name == "featureMembers" || name == "member";
        if (collection && namespace_of(element) != feature_namespace) {
            if (depth > 2) throw unreadable(locator(), "Insert: collections inside collections");
            for (const Node& child : child_elements(element)) {
                if (local_name(child) != "boundedBy") insert_feature(child, srs_name, depth + 1);
            }
            return;
        }
        const Layer& layer = layer_of(element.name(), element);
        Edit& edit = add_edit(Edit::Kind::Insert, layer);
        std::string_view given = attribute_of(element, "id");
        if (given.empty()) given = attribute_of(element, "fid");
        if (auto id = id_of_feature_name(layer, given)) edit.id = std::move(*id);
        read_properties(edit, element, srs_name);
    }

    void replace(const Node& element) {
        const Node filter = child_called(element, "Filter");
        Node feature;
        for (const Node& child : child_elements(element)) {
            if (child != filter) feature = child;
        }
        if (!filter || !feature) throw unreadable(locator(), "Replace: a feature and a Filter expected");
        const Layer& layer = layer_of(feature.name(), feature);
        const auto ids = ids_of_filter(filter, layer, locator());
        if (!ids || ids->size() != 1)
            throw invalid("filter", "Replace: a Filter of one ResourceId expected, which says the feature to replace");
        Edit& edit = add_edit(Edit::Kind::Replace, layer);
        edit.id = ids->front();
        read_properties(edit, feature, srs_of(element));
    }

    std::string srs_of(const Node& action) const {
        const std::string_view own = attribute_of(action, "srsName");
        return own.empty() ? transaction_srs_ : std::string(own);
    }

    GmlContext gml_of(const Layer& layer, const std::vector<Crs>& offered, const std::string& srs_name) const {
        Crs crs = layer.crs;
        if (!srs_name.empty()) crs = read_crs_name(srs_name, offered, version_, "srsName").crs;
        return {version_, crs, offered, true};
    }

    void read_properties(Edit& edit, const Node& feature, const std::string& srs_name) {
        for (const Node& property : child_elements(feature)) {
            const bool of_gml = namespace_of(property).starts_with("http://www.opengis.net/gml");
            if (of_gml && local_name(property) == "boundedBy") continue;
            set_property(edit, from_xml_name(local_name(property)), property, srs_name);
        }
    }

    /// What `value` holds becomes the value of the property `name`: text, a geometry, or nothing for NULL.
    void set_property(Edit& edit, const std::string& name, const Node& value, const std::string& srs_name) {
        const Layer& layer = *edit.layer;
        const Expression property = property_of(layer, name, locator());
        const std::vector<Node> inside = value ? child_elements(value) : std::vector<Node>{};
        if (const auto* field = std::get_if<PropertyRef>(&property.node)) {
            if (!inside.empty()) throw invalid(locator(), name + ": text expected, got elements");
            for (const FieldValue& known : edit.values) {
                if (known.field == field->field->name) throw invalid(locator(), name + ": given twice");
            }
            edit.values.push_back({field->field->name, value_of(*field->field, value)});
            return;
        }
        if (edit.geometry) throw invalid(locator(), name + ": given twice");
        edit.geometry = EditGeometry{};
        edit.geometry->crs = layer.crs;
        if (inside.empty()) return;
        const std::vector<Crs> offered = offered_for(layer);
        GmlGeometry geometry = read_gml(inside.front(), gml_of(layer, offered, srs_name), locator(), positions_left_);
        edit.geometry = EditGeometry{std::move(geometry.wkb), geometry.crs};
    }

    static Value value_of(const Field& field, const Node& value) {
        if (!value || is_nil(value)) return std::monostate{};
        const std::string text = text_of(value);
        if (text.empty() && field.type != FieldType::Text) return std::monostate{};
        return as_field_text(field, text);
    }

    /// An Edit for each feature that the filter names, so that one which is gone is told; else one Edit with the
    /// filter.
    std::vector<Edit*> edits_of_filter(const Node& element, const Layer& layer, Edit::Kind kind) {
        const std::size_t first = edits().size();
        const Node filter = child_called(element, "Filter");
        if (!filter && kind == Edit::Kind::Delete) throw unreadable(locator(), "Delete: a Filter expected");
        const auto ids = filter ? ids_of_filter(filter, layer, locator()) : std::nullopt;
        if (ids) {
            for (const std::string& id : *ids) add_edit(kind, layer).id = id;
        } else {
            Edit& edit = add_edit(kind, layer);
            edit.filter = filter ? read_filter(filter, layer, offered_for(layer), version_, "filter")
                                 : share(Filter{Always{true}});
        }
        std::vector<Edit*> made;
        for (std::size_t i = first; i < edits().size(); ++i) made.push_back(&edits()[i]);
        return made;
    }

    const Layer& layer_of_action(const Node& element) const {
        const std::string_view name = attribute_of(element, "typeName");
        if (name.empty()) throw missing("typeName");
        return layer_of(name, element);
    }

    void update(const Node& element) {
        const Layer& layer = layer_of_action(element);
        const std::vector<Node> properties = children_called(element, "Property");
        if (properties.empty()) throw unreadable(locator(), "Update: Property expected");
        Edit what;
        what.layer = &layer;
        for (const Node& property : properties) {
            Node name = child_called(property, "Name");
            if (!name) name = child_called(property, "ValueReference");
            if (!name) throw unreadable(locator(), "Update: a Property without name");
            const std::string_view how = attribute_of(name, "action");
            if (!how.empty() && how != "replace" && how != "remove")
                throw ServiceError("OptionNotSupported", "action",
                                   "action: replace or remove expected; properties have one value");
            const Node value = how == "remove" ? Node{} : child_called(property, "Value");
            set_property(what, property_name(text_of(name), layer), value, srs_of(element));
        }
        for (Edit* edit : edits_of_filter(element, layer, Edit::Kind::Update)) {
            edit->values = what.values;
            edit->geometry = what.geometry;
        }
    }

    void erase(const Node& element) { edits_of_filter(element, layer_of_action(element), Edit::Kind::Delete); }

    const RequestContext& context_;
    Version version_;
    Transaction transaction_;
    Action action_;
    std::string transaction_srs_;
    std::size_t positions_left_ = max_gml_positions;
};

}  // namespace

Transaction read_transaction(const Node& element, const RequestContext& context, Version version) {
    return TransactionReader(context, version).read(element);
}

}  // namespace gis::wfs
