// Worlds and features made at random.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "server/db/layer_declaration.hpp"
#include "tests/gate/world.hpp"

namespace test {

namespace {

constexpr Moment second = 1'000'000;
constexpr Moment whole_day = 86'400 * second;
const std::array<std::string, 3> service_codes{"ADS", "EAU", "ARCHEO"};

std::vector<std::string> some_codes(Random& random, int most) {
    std::set<std::string> codes;
    for (int i = pick(random, 0, most); i > 0; --i) {
        codes.insert(chance(random, 15) ? "62099"
                                        : world_communes()[static_cast<std::size_t>(pick(random, 0, 5))].code);
    }
    return {codes.begin(), codes.end()};
}

Moment some_moment(Random& random, Moment centre) {
    if (chance(random, 40)) return centre + pick(random, -1, 1);
    return centre + pick(random, -4, 4) * whole_day + pick(random, -1, 1) * pick(random, 0, 3600) * second;
}

Period<Moment> some_period(Random& random, Moment centre) {
    Period<Moment> period{some_moment(random, centre) - pick(random, 0, 3) * whole_day, {}};
    if (chance(random, 70))
        period.to = std::max(some_moment(random, centre) + pick(random, 0, 2) * whole_day, period.from + 1);
    return period;
}

Period<Day> some_days(Random& random, Day centre, int most_before) {
    Period<Day> period{centre + pick(random, -most_before, 1), {}};
    if (chance(random, 60)) period.to = std::max(centre + pick(random, -1, 4), period.from + 1);
    return period;
}

std::vector<std::string> some_rights(Random& random, const std::vector<std::string>& all) {
    std::vector<std::string> rights;
    while (rights.empty()) {
        for (const std::string& right : all) {
            if (chance(random, right == "read" ? 60 : 20)) rights.push_back(right);
        }
    }
    return rights;
}

std::vector<int> some_layers(Random& random, const std::vector<WorldLayer>& layers, int percent) {
    std::vector<int> chosen;
    for (const WorldLayer& layer : layers) {
        if (chance(random, percent)) chosen.push_back(layer.id);
    }
    return chosen;
}

Line some_line(Random& random, const std::vector<WorldLayer>& layers, bool is_public) {
    Line line;
    if (chance(random, 50)) {
        line.service = service_codes[static_cast<std::size_t>(pick(random, 0, 2))];
    } else {
        line.layer = layers[static_cast<std::size_t>(pick(random, 0, static_cast<int>(layers.size()) - 1))].id;
    }
    const int how = pick(random, 0, line.service.empty() ? 3 : 5);
    line.communes = how == 0 ? "all" : how < 4 ? "list" : "members";
    if (line.communes == "list") line.codes = some_codes(random, 3);
    line.rights = some_rights(random, {"read", "exact", "edit", "upload", "export", "owner0", "administer"});
    if (is_public && chance(random, 80)) line.rights = {"read"};
    return line;
}

Rectangle some_rectangle(Random& random) {
    const int x = 680'000 + pick(random, -20, 600) * 10;
    const int y = 7'040'000 + pick(random, -20, 400) * 10;
    return {x, y, x + pick(random, 1, 200) * 10, y + pick(random, 1, 200) * 10};
}

/// Inside one square kilometre, so that its cell needs no computing of a point inside.
Rectangle some_shape(Random& random) {
    const int x = 680'000 + pick(random, -1, 6) * 1000 + pick(random, 1, 800);
    const int y = 7'040'000 + pick(random, 0, 3) * 1000 + pick(random, 1, 800);
    return {x, y, x + pick(random, 1, 180), y + pick(random, 1, 180)};
}

}  // namespace

int pick(Random& random, int first, int last) {
    return first + static_cast<int>(random() % static_cast<unsigned>(last - first + 1));
}

bool chance(Random& random, int percent) {
    return pick(random, 1, 100) <= percent;
}

std::vector<WorldLayer> make_layers(db::Connection& connection, const std::string& dsn, Random& random) {
    for (const WorldCommune& commune : world_communes()) {
        connection.execute(fmt::format("insert into org.commune (code_insee, nom, geom) values ('{0}', '{0}', {1})",
                                       commune.code, commune.outline.sql()));
    }
    std::vector<WorldLayer> layers{{"w_column", Communes::Column},
                                   {"w_array", Communes::Array},
                                   {"w_link", Communes::Link},
                                   {"w_none", Communes::None},
                                   {"w_plain", Communes::None, false},
                                   {"w_view", Communes::Column},
                                   {"w_cell", Communes::Column, true, "cell_1km", "footprint"},
                                   {"w_commune", Communes::Link, true, "commune", "exact"},
                                   {"w_hidden", Communes::None, true, "hidden", "commune"}};
    for (WorldLayer& layer : layers) {
        const std::string table = "donnees." + layer.name + (layer.name == "w_view" ? "_base" : "");
        connection.run_script(
            fmt::format("create table {} (id text primary key, label text, commune text, communes "
                        "text[]{})",
                        table, layer.has_geometry ? ", geom geometry(MultiPolygon, 2154)" : ""));
        if (layer.name == "w_view") connection.execute("create view donnees.w_view as select * from " + table);
        const std::string link = table + "_commune";
        if (layer.communes == Communes::Link)
            connection.execute(fmt::format("create table {} (feature text, code text)", link));
        for (int i = 0; i < 12; ++i) {
            WorldFeature feature{fmt::format("{}-{}", layer.name, i), {}, some_shape(random)};
            if (layer.communes == Communes::Column) feature.codes = some_codes(random, 1);
            if (layer.communes == Communes::Array || layer.communes == Communes::Link)
                feature.codes = some_codes(random, 3);
            const bool many = layer.communes != Communes::Column || feature.codes.empty();
            connection.execute(fmt::format("insert into {} values ('{}', 'secret', {}, {}{})", table, feature.id,
                                           many ? "null" : "'" + feature.codes[0] + "'",
                                           layer.communes == Communes::Array ? sql_of(feature.codes) : "null",
                                           layer.has_geometry ? ", " + feature.shape.sql() : ""));
            for (const std::string& code : feature.codes) {
                if (layer.communes == Communes::Link)
                    connection.execute(fmt::format("insert into {} values ('{}', '{}')", link, feature.id, code));
            }
            layer.features.push_back(std::move(feature));
        }
        std::string keys;
        if (layer.communes == Communes::Column) keys += R"(, "commune_column": "commune")";
        if (layer.communes == Communes::Array) keys += R"(, "commune_column": "communes")";
        if (layer.communes == Communes::Link) keys += fmt::format(R"x(, "commune_link": "{}(feature, code)")x", link);
        if (layer.sensitive()) {
            keys += fmt::format(R"(, "public_resolution": "{}", "agent_resolution": "{}", "public_hidden_fields": )"
                                R"(["label"])",
                                layer.public_resolution, layer.agent_resolution);
        }
        db::declare_layer(
            dsn, fmt::format(R"({{"table": "donnees.{}", "id_column": "id", "public": false{}}})", layer.name, keys));
        layer.id = static_cast<int>(
            connection.query(fmt::format("select layer_id from catalogue.layer where name = '{}'", layer.name))
                .int64(0, 0));
    }
    return layers;
}

World make_world(Random& random, const std::vector<WorldLayer>& layers, int public_id, Moment centre) {
    World world;
    const Day today = day_of(centre);
    world.organisations.push_back({public_id, true, {-9'862, {}}});  // from 1943-01-01
    for (int i = 0; i < 3; ++i) world.organisations.push_back({1000 + i, false, some_days(random, today, 5)});
    for (const std::string& code : service_codes)
        world.services.push_back({code, chance(random, 15), some_layers(random, layers, 40)});
    for (int i = 0; i < 3; ++i) {
        Person person{1000 + i, 1000 + pick(random, 0, 2), {}, chance(random, 92), some_period(random, centre)};
        if (chance(random, 75)) person.valid.to.reset();
        if (chance(random, 40)) {
            person.services.emplace();
            for (const std::string& code : service_codes) {
                if (chance(random, 50)) person.services->push_back(code);
            }
        }
        world.persons.push_back(std::move(person));
    }
    for (int i = 0; i < 7; ++i) {
        const bool is_public = i == 0;
        Convention convention{1000 + i, is_public ? public_id : 1000 + pick(random, 0, 2), some_period(random, centre)};
        for (int n = pick(random, 1, 3); n > 0; --n) convention.lines.push_back(some_line(random, layers, is_public));
        world.conventions.push_back(std::move(convention));
    }
    for (int i = 0; i < 3; ++i) {
        Engagement engagement{1000 + i, 1000 + pick(random, 0, 2), some_period(random, centre)};
        if (!engagement.valid.to) engagement.valid.to = engagement.valid.from + pick(random, 1, 9) * whole_day;
        engagement.rights = some_rights(random, {"read", "exact", "upload", "export"});
        engagement.layers = some_layers(random, layers, 40);
        for (int n = pick(random, 1, 2); n > 0; --n) engagement.perimeter.push_back(some_rectangle(random));
        world.engagements.push_back(std::move(engagement));
    }
    for (const WorldCommune& commune : world_communes()) {
        for (const std::string& service : service_codes) {
            if (chance(random, 40)) world.members.push_back({commune.code, service, some_days(random, today, 4)});
        }
    }
    const std::array<std::array<const char*, 2>, 4> merges{
        {{"62001", "62002"}, {"62002", "62003"}, {"62004", "62099"}, {"62003", "62001"}}};
    for (const auto& [code, successor] : merges) {
        if (chance(random, 40)) world.successors.push_back({code, successor, today + pick(random, -2, 1)});
    }
    return world;
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
