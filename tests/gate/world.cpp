#include "tests/gate/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace test {

namespace {

constexpr Moment one_second = 1'000'000;
constexpr Moment one_day = 86'400 * one_second;
template <typename T>
std::string end_of(const Period<T>& period) {
    return period.to ? sql_of(*period.to) : "null";
}

std::string period_sql(const Period<Moment>& valid) {
    return sql_of(valid.from) + ", " + end_of(valid);
}
std::string period_sql(const Period<Day>& valid) {
    return sql_of(valid.from) + ", " + end_of(valid);
}

/// Summer time, by the directive 2000/84/EC: from the last Sunday of March to the last of October, 01:00 UTC.
Moment offset_at(Moment moment) {
    using namespace std::chrono;
    const sys_time<microseconds> at{microseconds(moment)};
    const year this_year = year_month_day(floor<days>(at)).year();
    const auto change = [&](month m) { return sys_days(this_year / m / Sunday[last]) + hours(1); };
    return (change(March) <= at && at < change(October) ? 7200 : 3600) * one_second;
}

}  // namespace

Day day_of(Moment moment) {
    using namespace std::chrono;
    return static_cast<Day>(
        floor<days>(sys_time<microseconds>(microseconds(moment + offset_at(moment)))).time_since_epoch().count());
}

Moment midnight_of(Day day) {
    const Moment utc = day * one_day;
    return utc - offset_at(utc - 2 * 3600 * one_second);
}

std::string sql_of(const std::vector<std::string>& texts) {
    return fmt::format("'{{{}}}'::text[]", fmt::join(texts, ","));
}

std::string sql_of(Moment moment) {
    return fmt::format("(timestamptz '1970-01-01 00:00:00Z' + {} * interval '1 microsecond')", moment);
}

std::string sql_of(Day day) {
    return fmt::format("(date '1970-01-01' + {})", day);
}

bool Rectangle::meets(const Rectangle& other) const {
    return min_x <= other.max_x && other.min_x <= max_x && min_y <= other.max_y && other.min_y <= max_y;
}

Rectangle Rectangle::around(const Rectangle& other) const {
    return {std::min(min_x, other.min_x), std::min(min_y, other.min_y), std::max(max_x, other.max_x),
            std::max(max_y, other.max_y)};
}

std::string Rectangle::sql() const {
    return fmt::format("st_multi(st_makeenvelope({}, {}, {}, {}, 2154))", min_x, min_y, max_x, max_y);
}

const std::vector<WorldCommune>& world_communes() {
    static const std::vector<WorldCommune> communes = [] {
        std::vector<WorldCommune> made;
        for (int i = 0; i < 6; ++i) {
            const int x = 680'000 + i % 3 * 2000;
            const int y = 7'040'000 + i / 3 * 2000;
            made.push_back({fmt::format("6200{}", i + 1), {x, y, x + 2000, y + 2000}});
        }
        return made;
    }();
    return communes;
}

std::string World::sql() const {
    std::string sql;
    const auto add = [&]<typename... Values>(fmt::format_string<Values...> text, Values&&... values) {
        sql += fmt::format(text, std::forward<Values>(values)...) + ";\n";
    };
    for (const Organisation& o : organisations) {
        if (o.is_public) continue;
        add("insert into org.organisation (organisation_id, nom, genre, valid_from, valid_to) overriding system value "
            "values ({0}, 'o{0}', 'partenaire', {1})",
            o.id, period_sql(o.valid));
    }
    for (const Service& s : services) {
        add("insert into org.service values ('{0}', '{0}', {1})", s.code, s.every_layer);
        for (const int layer : s.layers) add("insert into org.service_layer values ('{}', {})", s.code, layer);
    }
    for (const Person& p : persons) {
        add("insert into org.person (person_id, organisation_id, login, nom, services, active, valid_from, valid_to) "
            "overriding system value values ({0}, {1}, 'p{0}', 'p', {2}, {3}, {4})",
            p.id, p.organisation, p.services ? sql_of(*p.services) : "null", p.active, period_sql(p.valid));
        add("insert into access.credential (person_id, kind, session_key) values ({}, 'token', '{}')", p.id,
            p.session());
    }
    for (const Convention& c : conventions) {
        add("insert into org.convention (convention_id, organisation_id, titre, valid_from, valid_to) overriding "
            "system "
            "value values ({0}, {1}, 'c{0}', {2})",
            c.id, c.organisation, period_sql(c.valid));
        for (std::size_t i = 0; i < c.lines.size(); ++i) {
            const Line& l = c.lines[i];
            add("insert into org.convention_right values ({}, {}, {}, {}, '{}', {}, {})", c.id, i,
                l.service.empty() ? "null" : "'" + l.service + "'",
                l.service.empty() ? std::to_string(l.layer) : "null", l.communes,
                l.communes == "list" ? sql_of(l.codes) : "null", sql_of(l.rights));
        }
    }
    for (const Engagement& e : engagements) {
        std::vector<std::string> shapes;
        for (const Rectangle& rectangle : e.perimeter) shapes.push_back(rectangle.sql());
        add("insert into org.engagement (engagement_id, organisation_id, etude, rights, perimeter, valid_from, "
            "valid_to) overriding system value values ({0}, {1}, 'e{0}', {2}, st_multi(st_union(array[{3}])), {4})",
            e.id, e.organisation, sql_of(e.rights), fmt::join(shapes, ", "), period_sql(e.valid));
        for (const int layer : e.layers) add("insert into org.engagement_layer values ({}, {})", e.id, layer);
    }
    for (const Member& m : members)
        add("insert into org.membership values ('{}', '{}', {})", m.code, m.service, period_sql(m.valid));
    for (const Successor& s : successors)
        add("insert into org.commune_successor values ('{}', '{}', {})", s.code, s.successor, sql_of(s.since));
    return sql;
}

std::vector<Moment> World::boundaries() const {
    std::vector<Moment> all;
    const auto moments = [&](const Period<Moment>& period) {
        all.push_back(period.from);
        if (period.to) all.push_back(*period.to);
    };
    const auto days = [&](const Period<Day>& period) {
        all.push_back(midnight_of(period.from));
        if (period.to) all.push_back(midnight_of(*period.to));
    };
    for (const Convention& c : conventions) moments(c.valid);
    for (const Engagement& e : engagements) moments(e.valid);
    for (const Person& p : persons) moments(p.valid);
    for (const Organisation& o : organisations) {
        if (!o.is_public) days(o.valid);
    }
    for (const Member& m : members) days(m.valid);
    for (const Successor& s : successors) all.push_back(midnight_of(s.since));
    return all;
}

}  // namespace test
