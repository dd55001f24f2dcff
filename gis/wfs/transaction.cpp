#include "gis/wfs/transaction.hpp"

#include <fmt/format.h>

#include "gis/wfs/feature_names.hpp"
#include "gis/write/xml_text.hpp"

namespace gis::wfs {

namespace {

std::string handle_attribute(const std::string& handle) {
    return handle.empty() ? "" : " handle=\"" + xml_text(handle) + '"';
}

/// Calls `tell(action, layer, id)` for every feature of the actions of that kind.
template <typename Tell>
void for_each_feature(const Transaction& transaction, const std::vector<EditResult>& results, Edit::Kind kind,
                      Tell tell) {
    for (const Action& action : transaction.actions) {
        if (action.kind != kind) continue;
        for (std::size_t i = action.first_edit; i < action.first_edit + action.edits; ++i) {
            for (const std::string& id : results[i].ids) tell(action, *transaction.request.edits[i].layer, id);
        }
    }
}

std::size_t total(const Transaction& transaction, const std::vector<EditResult>& results, Edit::Kind kind) {
    std::size_t count = 0;
    for_each_feature(transaction, results, kind, [&](const Action&, const Layer&, const std::string&) { ++count; });
    return count;
}

/// InsertResults or ReplaceResults of 1.1.0 and 2.0.0.
std::string named(std::string_view element, std::string_view id_element, const Transaction& transaction,
                  const std::vector<EditResult>& results, Edit::Kind kind) {
    std::string text;
    for_each_feature(transaction, results, kind, [&](const Action& action, const Layer& layer, const std::string& id) {
        text += fmt::format("    <wfs:Feature{}><{}=\"{}\"/></wfs:Feature>\n", handle_attribute(action.handle),
                            id_element, feature_name(layer, id));
    });
    if (text.empty()) return "";
    return fmt::format("  <wfs:{0}>\n{1}  </wfs:{0}>\n", element, text);
}

std::string response_1_0(const Transaction& transaction, const std::vector<EditResult>& results) {
    std::string text =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<wfs:WFS_TransactionResponse version=\"1.0.0\" "
        "xmlns:wfs=\"http://www.opengis.net/wfs\" xmlns:ogc=\"http://www.opengis.net/ogc\">\n";
    for (const Action& action : transaction.actions) {
        if (action.kind != Edit::Kind::Insert) continue;
        text += "  <wfs:InsertResult" + handle_attribute(action.handle) + ">";
        for (std::size_t i = action.first_edit; i < action.first_edit + action.edits; ++i) {
            for (const std::string& id : results[i].ids)
                text += "<ogc:FeatureId fid=\"" + feature_name(*transaction.request.edits[i].layer, id) + "\"/>";
        }
        text += "</wfs:InsertResult>\n";
    }
    return text + "  <wfs:TransactionResult" + handle_attribute(transaction.handle) +
           "><wfs:Status><wfs:SUCCESS/></wfs:Status></wfs:TransactionResult>\n</wfs:WFS_TransactionResponse>\n";
}

}  // namespace

std::string transaction_response(Version version, const Transaction& transaction,
                                 const std::vector<EditResult>& results) {
    if (version == Version::V1_0_0) return response_1_0(transaction, results);
    const Namespaces names = namespaces_of(version);
    const bool second = version == Version::V2_0_0;
    const std::string_view filter_prefix = second ? "fes" : "ogc";
    std::string text = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<wfs:TransactionResponse version=\"{}\" xmlns:wfs=\"{}\" xmlns:{}=\"{}\">\n  <wfs:TransactionSummary>\n",
        to_string(version), names.wfs, filter_prefix, names.filter);
    const auto line = [&](std::string_view name, Edit::Kind kind) {
        text += fmt::format("    <wfs:{0}>{1}</wfs:{0}>\n", name, total(transaction, results, kind));
    };
    line("totalInserted", Edit::Kind::Insert);
    line("totalUpdated", Edit::Kind::Update);
    if (second) line("totalReplaced", Edit::Kind::Replace);
    line("totalDeleted", Edit::Kind::Delete);
    text += "  </wfs:TransactionSummary>\n";
    const std::string id_element = second ? "fes:ResourceId rid" : "ogc:FeatureId fid";
    text += named("InsertResults", id_element, transaction, results, Edit::Kind::Insert);
    if (second) text += named("ReplaceResults", id_element, transaction, results, Edit::Kind::Replace);
    return text + "</wfs:TransactionResponse>\n";
}

}  // namespace gis::wfs
