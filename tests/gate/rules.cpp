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

gis::Resolution judge(const World& world, const Person* person, Moment at, const WorldLayer& layer,
                      const WorldFeature& feature, Perimeters perimeters) {
    const Day day = day_of(at);
    const bool known = person != nullptr && person->active && person->valid.holds(at);
    gis::Resolution best = gis::Resolution::None;
    for (const Organisation& organisation : world.organisations) {
        const bool his_own = known && person->organisation == organisation.id;
        if (!organisation.valid.holds(day) || (!organisation.is_public && !his_own)) continue;
        for (const Convention& convention : world.conventions) {
            if (convention.organisation != organisation.id || !convention.valid.holds(at)) continue;
            for (const Line& line : convention.lines) {
                const bool his_work = organisation.is_public || line.service.empty() || !person->services ||
                                      has(*person->services, line.service);
                if (!his_work || !concerns(world, line, layer) || !covers(world, line, layer, feature, day)) continue;
                best = std::max(best, closeness(line.rights, organisation.is_public));
            }
        }
        for (const Engagement& engagement : world.engagements) {
            const bool counts = perimeters == Perimeters::Heed && !organisation.is_public &&
                                engagement.organisation == organisation.id && engagement.valid.holds(at) &&
                                std::ranges::find(engagement.layers, layer.id) != engagement.layers.end();
            if (counts && inside(engagement, layer, feature))
                best = std::max(best, closeness(engagement.rights, false));
        }
    }
    if (best == gis::Resolution::None) return best;
    if (!layer.sensitive()) return gis::Resolution::Exact;
    const bool hidden = (best == gis::Resolution::Public && layer.public_resolution == "hidden") ||
                        (best == gis::Resolution::Agents && layer.agent_resolution == "hidden");
    return hidden ? gis::Resolution::None : best;
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

std::string change_something(World& world, Random& random, Moment now) {
    const auto any = [&](auto& list) -> auto& {
        return list[static_cast<std::size_t>(pick(random, 0, static_cast<int>(list.size()) - 1))];
    };
    while (true) {
        switch (pick(random, 0, 9)) {
            case 0: {
                Convention& convention = any(world.conventions);
                if (convention.valid.from >= now) break;
                convention.valid.to = now;
                return fmt::format("update org.convention set valid_to = {} where convention_id = {}", sql_of(now),
                                   convention.id);
            }
            case 1: {
                Convention& convention = any(world.conventions);
                convention.lines.clear();
                return fmt::format("delete from org.convention_right where convention_id = {}", convention.id);
            }
            case 2: {
                Engagement& engagement = any(world.engagements);
                engagement.perimeter = {{680'000, 7'040'000, 683'000, 7'043'000}};
                return fmt::format("update org.engagement set perimeter = {} where engagement_id = {}",
                                   engagement.perimeter[0].sql(), engagement.id);
            }
            case 3: {
                Engagement& engagement = any(world.engagements);
                engagement.layers.clear();
                return fmt::format("delete from org.engagement_layer where engagement_id = {}", engagement.id);
            }
            case 4:
                world.members.clear();
                return "truncate org.membership";
            case 5:
                if (world.successors.empty()) break;
                world.successors.clear();
                return "delete from org.commune_successor";
            case 6: {
                Service& service = any(world.services);
                service.layers.clear();
                return fmt::format("delete from org.service_layer where service = '{}'", service.code);
            }
            case 7: {
                Service& service = any(world.services);
                service.every_layer = !service.every_layer;
                return fmt::format("update org.service set every_layer = {} where code = '{}'", service.every_layer,
                                   service.code);
            }
            case 8: {
                Person& person = any(world.persons);
                person.active = !person.active;
                return fmt::format("update org.person set active = {} where person_id = {}", person.active, person.id);
            }
            default: {
                Organisation& organisation = world.organisations.back();
                if (organisation.valid.from >= day_of(now)) break;
                organisation.valid.to = day_of(now);
                return fmt::format("update org.organisation set valid_to = {} where organisation_id = {}",
                                   sql_of(*organisation.valid.to), organisation.id);
            }
        }
    }
}

}  // namespace test
