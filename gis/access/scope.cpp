#include "gis/access/scope.hpp"

#include <algorithm>

namespace gis {

namespace {

bool gives(const Grant& grant, const Layer& layer, std::span<const std::string> codes) {
    return layer.has_communes() ? grant.covers(codes) : grant.everything || grant.partly;
}

void append_class(std::string& text, const Grant& grant, const Layer& layer) {
    if (grant.everything || (grant.partly && !layer.has_communes())) {
        text += "all";
        return;
    }
    for (const std::string& code : grant.communes) text += code + ",";
    // With its length: WKB holds any byte, the separators too.
    if (!grant.perimeter.empty()) text += std::to_string(grant.perimeter.size()) + "/" + grant.perimeter;
}

}  // namespace

bool Grant::covers(std::span<const std::string> codes) const {
    if (everything) return true;
    return std::any_of(codes.begin(), codes.end(),
                       [&](const std::string& code) { return std::ranges::binary_search(communes, code); });
}

const LayerScope& Scope::of(const Layer& layer) const {
    static const LayerScope nothing;
    const auto found = layers_.find(layer.id);
    return found == layers_.end() ? nothing : found->second;
}

bool Scope::sees(const Layer& layer) const {
    const LayerScope& scope = of(layer);
    return (scope.grant(Right::Read).holds() && !layer.hidden_from_public) ||
           (scope.grant(Right::Agents).holds() && !layer.hidden_from_agents) || scope.grant(Right::Exact).holds();
}

Resolution Scope::resolution(const Layer& layer, std::span<const std::string> codes) const {
    const LayerScope& scope = of(layer);
    if (!layer.sensitive) return gives(scope.grant(Right::Read), layer, codes) ? Resolution::Exact : Resolution::None;
    if (gives(scope.grant(Right::Exact), layer, codes)) return Resolution::Exact;
    if (gives(scope.grant(Right::Agents), layer, codes))
        return layer.hidden_from_agents ? Resolution::None : Resolution::Agents;
    if (layer.hidden_from_public) return Resolution::None;
    return gives(scope.grant(Right::Read), layer, codes) ? Resolution::Public : Resolution::None;
}

std::string Scope::class_of(const Layer& layer) const {
    const LayerScope& scope = of(layer);
    std::string text;
    append_class(text, scope.grant(Right::Read), layer);
    if (layer.sensitive) {
        append_class(text += '|', scope.grant(Right::Agents), layer);
        append_class(text += '|', scope.grant(Right::Exact), layer);
    }
    return text;
}

}  // namespace gis
