#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "gis/access/scope.hpp"
#include "server/db/connection.hpp"

// Small worlds of organisations, conventions and features, made at random, written to a database, and judged by the
// rules of the convention model without asking the program.

namespace test {

using Moment = std::int64_t;  ///< microseconds since 1970, UTC
using Day = int;              ///< days since 1970, as the territory counts them

/// The day in France of a moment.
Day day_of(Moment moment);
/// The first moment of a day in France.
Moment midnight_of(Day day);
std::string sql_of(Moment moment);
std::string sql_of(Day day);
std::string sql_of(const std::vector<std::string>& texts);

/// From its first moment to the one before its last.
template <typename T>
struct Period {
    T from = 0;
    std::optional<T> to;
    bool holds(T at) const { return from <= at && (!to || at < *to); }
};

/// Metres in Lambert-93.
struct Rectangle {
    int min_x = 0, min_y = 0, max_x = 0, max_y = 0;
    bool meets(const Rectangle& other) const;
    Rectangle around(const Rectangle& other) const;
    std::string sql() const;  ///< a MultiPolygon
    friend bool operator==(const Rectangle&, const Rectangle&) = default;
};

struct WorldFeature {
    std::string id;
    std::vector<std::string> codes;
    Rectangle shape;
};

enum class Communes { Column, Array, Link, None };

struct WorldLayer {
    std::string name;
    Communes communes = Communes::None;
    bool has_geometry = true;
    std::string public_resolution = "exact";
    std::string agent_resolution = "exact";
    int id = 0;
    std::vector<WorldFeature> features = {};

    bool sensitive() const { return public_resolution != "exact" || agent_resolution != "exact"; }
};

struct Line {
    std::string service;  ///< empty: the line is about `layer`
    int layer = 0;
    std::string communes;  ///< all, members, list
    std::vector<std::string> codes;
    std::vector<std::string> rights;
};
struct Convention {
    int id = 0;
    int organisation = 0;
    Period<Moment> valid;
    std::vector<Line> lines = {};
};
struct Engagement {
    int id = 0;
    int organisation = 0;
    Period<Moment> valid;
    std::vector<std::string> rights = {};
    std::vector<int> layers = {};
    std::vector<Rectangle> perimeter = {};
};
struct Organisation {
    int id = 0;
    bool is_public = false;
    Period<Day> valid;
};
struct Service {
    std::string code;
    bool every_layer = false;
    std::vector<int> layers = {};
};
struct Member {
    std::string code, service;
    Period<Day> valid;
};
struct Successor {
    std::string code, successor;
    Day since = 0;
};
struct Person {
    int id = 0;
    int organisation = 0;
    std::optional<std::vector<std::string>> services;
    bool active = true;
    Period<Moment> valid;
    std::string session() const { return "session-" + std::to_string(id); }
};

struct World {
    std::vector<Organisation> organisations;
    std::vector<Service> services;
    std::vector<Person> persons;
    std::vector<Convention> conventions;
    std::vector<Engagement> engagements;
    std::vector<Member> members;
    std::vector<Successor> successors;

    /// Inserts it, with a credential for each person. Organisation `public_id` is there already.
    std::string sql() const;
    /// Every moment at which something begins or ends.
    std::vector<Moment> boundaries() const;
};

using Random = std::mt19937;
int pick(Random& random, int first, int last);
bool chance(Random& random, int percent);

/// The communes of the worlds, 2 km squares; a feature may also name "62099", of which no outline is known.
struct WorldCommune {
    std::string code;
    Rectangle outline;
};
const std::vector<WorldCommune>& world_communes();

/// Tables in `donnees`, one for each way a layer has communes and resolutions, filled and declared.
std::vector<WorldLayer> make_layers(db::Connection& connection, const std::string& dsn, Random& random);

/// Dates lie within days around `centre`, some of them exactly there or a microsecond beside.
World make_world(Random& random, const std::vector<WorldLayer>& layers, int public_id, Moment centre);

/// Changes one thing of the world. Gives the SQL that changes the same in the database.
std::string change_something(World& world, Random& random, Moment now);

enum class Perimeters { Heed, Ignore };
/// The rules: how close the person (none: anybody) sees the feature at that moment.
gis::Resolution judge(const World& world, const Person* person, Moment at, const WorldLayer& layer,
                      const WorldFeature& feature, Perimeters perimeters);
bool may_edit(const World& world, const Person* person, Moment at, const WorldLayer& layer,
              const WorldFeature& feature);
/// What is drawn of the feature at a resolution; nothing: it is hidden, or no outline is known.
struct Drawn {
    bool listed = false;
    std::optional<Rectangle> shape;
};
Drawn draw(const WorldLayer& layer, const WorldFeature& feature, gis::Resolution resolution);

}  // namespace test
