// The rules of the convention model, told a second time: nothing here is shared with the program.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "tests/gate/world.hpp"

namespace test {

namespace {

using Rights = std::vector<std::string>;

bool has(const std::vector<std::string>& list, const std::string& wanted) {
    return std::ranges::find(list, wanted) != list.end();
}

/// Whoever may write or take a copy may look.
bool lets_read(const Rights& rights) {
    return std::ranges::any_of(rights, [](const std::string& right) {
        return right == "read" || right == "exact" || right == "edit" || right == "upload" || right == "export";
    });
}

gis::Resolution closeness(const Rights& rights, bool is_public) {
    if (!lets_read(rights)) return gis::Resolution::None;
    if (has(rights, "exact")) return gis::Resolution::Exact;
    return is_public ? gis::Resolution::Public : gis::Resolution::Agents;
}

/// Who had rights over a commune that merged has them over the new one.
std::set<std::string> with_successors(const World& world, const std::vector<std::string>& codes, Day day) {
    std::set<std::string> all(codes.begin(), codes.end());
    for (std::size_t before = 0; before != all.size();) {
        before = all.size();
        for (const Successor& s : world.successors) {
            if (s.since <= day && all.contains(s.code)) all.insert(s.successor);
        }
    }
    return all;
}

bool concerns(const World& world, const Line& line, const WorldLayer& layer) {
    if (line.service.empty()) return line.layer == layer.id;
    const auto service = std::ranges::find(world.services, line.service, &Service::code);
    return service->every_layer || std::ranges::find(service->layers, layer.id) != service->layers.end();
}

bool covers(const World& world, const Line& line, const WorldLayer& layer, const WorldFeature& feature, Day day) {
    if (line.communes == "all" || layer.communes == Communes::None) return true;
    std::vector<std::string> codes = line.codes;
    if (line.communes == "members") {
        for (const Member& m : world.members) {
            if (m.service == line.service && m.valid.holds(day)) codes.push_back(m.code);
        }
    }
    const auto covered = with_successors(world, codes, day);
    return std::ranges::any_of(feature.codes, [&](const std::string& code) { return covered.contains(code); });
}

Rectangle snapped(const Rectangle& shape, int step) {
    const auto down = [&](int value) { return value / step * step; };
    return {down(shape.min_x), down(shape.min_y), down(shape.max_x) + step, down(shape.max_y) + step};
}

bool inside(const Engagement& engagement, const WorldLayer& layer, const WorldFeature& feature) {
    if (!layer.has_geometry) return false;
    // The exact shape of a sensitive feature must not tell whether it is inside.
    const Rectangle judged = layer.sensitive() ? snapped(feature.shape, 50) : feature.shape;
    return std::ranges::any_of(engagement.perimeter, [&](const Rectangle& r) { return r.meets(judged); });
}

}  // namespace

namespace {

struct Held {
    Rights rights;
    bool is_public = false;
};

/// Everything that conventions and engagements give the person on the feature, at that moment.
std::vector<Held> rights_over(const World& world, const Person* person, Moment at, const WorldLayer& layer,
                              const WorldFeature& feature, Perimeters perimeters) {
    const Day day = day_of(at);
    const bool known = person != nullptr && person->active && person->valid.holds(at);
    std::vector<Held> held;
    for (const Organisation& organisation : world.organisations) {
        const bool his_own = known && person->organisation == organisation.id;
        if (!organisation.valid.holds(day) || (!organisation.is_public && !his_own)) continue;
        for (const Convention& convention : world.conventions) {
            if (convention.organisation != organisation.id || !convention.valid.holds(at)) continue;
            for (const Line& line : convention.lines) {
                const bool his_work = organisation.is_public || line.service.empty() || !person->services ||
                                      has(*person->services, line.service);
                if (his_work && concerns(world, line, layer) && covers(world, line, layer, feature, day))
                    held.push_back({line.rights, organisation.is_public});
            }
        }
        for (const Engagement& engagement : world.engagements) {
            const bool counts = perimeters == Perimeters::Heed && !organisation.is_public &&
                                engagement.organisation == organisation.id && engagement.valid.holds(at) &&
                                std::ranges::find(engagement.layers, layer.id) != engagement.layers.end();
            if (counts && inside(engagement, layer, feature)) held.push_back({engagement.rights, false});
        }
    }
    return held;
}

}  // namespace

gis::Resolution judge(const World& world, const Person* person, Moment at, const WorldLayer& layer,
                      const WorldFeature& feature, Perimeters perimeters) {
    gis::Resolution best = gis::Resolution::None;
    for (const Held& held : rights_over(world, person, at, layer, feature, perimeters))
        best = std::max(best, closeness(held.rights, held.is_public));
    if (best == gis::Resolution::None) return best;
    if (!layer.sensitive()) return gis::Resolution::Exact;
    const bool hidden = (best == gis::Resolution::Public && layer.public_resolution == "hidden") ||
                        (best == gis::Resolution::Agents && layer.agent_resolution == "hidden");
    return hidden ? gis::Resolution::None : best;
}

bool may_edit(const World& world, const Person* person, Moment at, const WorldLayer& layer,
              const WorldFeature& feature) {
    const auto held = rights_over(world, person, at, layer, feature, Perimeters::Heed);
    const Drawn drawn = draw(layer, feature, judge(world, person, at, layer, feature, Perimeters::Heed));
    // Who is shown a square only does not rewrite what is under it.
    const bool as_it_is = drawn.listed && (!layer.has_geometry || drawn.shape == feature.shape);
    return as_it_is && std::ranges::any_of(held, [](const Held& h) { return has(h.rights, "edit"); });
}

Drawn draw(const WorldLayer& layer, const WorldFeature& feature, gis::Resolution resolution) {
    if (resolution == gis::Resolution::None) return {};
    if (!layer.has_geometry) return {true, std::nullopt};
    std::string how = "exact";
    if (resolution == gis::Resolution::Public) how = layer.public_resolution;
    if (resolution == gis::Resolution::Agents) how = layer.agent_resolution;
    if (how == "exact") return {true, feature.shape};
    if (how == "footprint") return {true, snapped(feature.shape, 50)};
    if (how == "cell_1km") {
        const Rectangle corner = snapped(feature.shape, 1000);
        return {true, Rectangle{corner.min_x, corner.min_y, corner.min_x + 1000, corner.min_y + 1000}};
    }
    std::optional<Rectangle> area;
    for (const WorldCommune& commune : world_communes()) {
        if (has(feature.codes, commune.code)) area = area ? area->around(commune.outline) : commune.outline;
    }
    for (const WorldCommune& commune : world_communes()) {
        // Shapes lie inside a square kilometre, so inside one commune or none.
        if (!area && commune.outline.meets(feature.shape)) return {true, commune.outline};
    }
    return {true, area};
}

}  // namespace test
