#include "gis/access/scope.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace gis {

namespace {

/// Where features have no communes, what gives a part gives all.
Grant whole_where_undivided(Grant grant, const Layer& layer) {
    if (layer.has_communes()) return grant;
    grant.everything = grant.everything || grant.partly;
    grant.communes.clear();
    return grant;
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

std::vector<Resolution> resolutions_by_right(const Layer& layer) {
    if (!layer.sensitive) return {Resolution::Exact};
    const Resolution agents = layer.exact_for_agents ? Resolution::Exact : Resolution::Agents;
    return {Resolution::Exact, layer.hidden_from_agents ? Resolution::None : agents,
            layer.hidden_from_public ? Resolution::None : Resolution::Public};
}

Sight::Sight(const Layer& layer, const LayerScope& scope) : has_communes_(layer.has_communes()) {
    static constexpr Right finest_first[] = {Right::Exact, Right::Agents, Right::Read};
    const std::vector<Resolution> shown = resolutions_by_right(layer);
    std::set<Resolution> possible;
    bool open = true;  // coarser rights decide of some features still
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const Right right = finest_first[std::size(finest_first) - shown.size() + i];
        steps_.push_back({whole_where_undivided(scope.grant(right), layer), shown[i]});
        const Grant& grant = steps_.back().grant;
        if (!open) continue;
        if (grant.everything || !grant.communes.empty()) possible.insert(shown[i]);
        open = !grant.everything;
        has_perimeters_ = has_perimeters_ || (open && !grant.perimeter.empty());
    }
    if (open) possible.insert(Resolution::None);
    if (possible.size() == 1) of_all_ = *possible.begin();
}

Resolution Sight::of(std::span<const std::string> codes) const {
    const auto step = std::ranges::find_if(steps_, [&](const Step& s) { return s.grant.covers(codes); });
    return step == steps_.end() ? Resolution::None : step->shown;
}

bool Sight::decides(bool has_communes, std::span<const Resolution> by_right) const {
    return has_communes == has_communes_ &&
           std::ranges::equal(steps_, by_right, {}, [](const Step& step) { return step.shown; });
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
    return Sight(layer, of(layer)).of(codes);
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
