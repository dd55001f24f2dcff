#include "gis/demo/street.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "gis/demo/calendar.hpp"

namespace gis::demo {

namespace {

/// Communes keep what they surveyed; the rest of the streets is for later.
constexpr double surveyed_share = 0.2;
constexpr double shortest = 25;  ///< metres of a side worth furnishing

constexpr std::array<const char*, 6> states{"bon", "bon", "bon", "bon", "moyen", "mauvais"};
constexpr std::array<const char*, 4> coverings{"enrobe", "enrobe", "paves", "beton"};

struct StreetKind {
    const char* nature;
    const char* material;  ///< "": none is noted
    double height;
};
constexpr std::array<StreetKind, 6> street_kinds{{{"banc", "bois", 0.8},
                                                  {"corbeille", "metal", 0.9},
                                                  {"potelet", "metal", 1.1},
                                                  {"abri_bus", "metal", 2.6},
                                                  {"borne_incendie", "metal", 0.9},
                                                  {"arbre", "", 7}}};

/// The same on every run: a UUID of version 4 whose randomness is the territory's.
std::string uuid(Random& random) {
    const std::uint64_t a = random.next(), b = random.next();
    return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", a >> 32U, (a >> 16U) & 0xFFFFU, a & 0xFFFU,
                       0x8000U | ((b >> 48U) & 0x3FFFU), b & 0xFFFFFFFFFFFFULL);
}

double one_decimal(double value) {
    return std::round(value * 10) / 10;
}

}  // namespace

/// One side of a street, seen from the cell it borders: the cell lies left of `from` -> `to`.
struct StreetWriter::Side {
    std::string commune;
    const Ring& cell;
    Vec from;
    Vec to;
    double half_width = 0;

    Vec along() const { return unit(to - from); }
    double length() const { return demo::length(to - from); }
    /// `distance` along the axis of the street, `offset` from it towards the cell.
    Vec at(double distance, double offset) const { return from + along() * distance + left_of(along()) * offset; }
    bool holds(double distance, double offset) const { return contains(cell, at(distance, offset)); }
};

StreetWriter::StreetWriter(RowSink& sink)
    : points_(sink, "topo.mobilier",
              {"id", "commune", "nature", "etat", "materiau", "hauteur", "gestionnaire", "date_pose"}),
      lines_(sink, "topo.lineaire", {"id", "commune", "nature", "etat", "hauteur", "date_pose"}),
      areas_(sink, "topo.surface", {"id", "commune", "nature", "revetement", "etat", "date_pose"}) {}

void StreetWriter::finish() {
    for (TableWriter* table : {&points_, &lines_, &areas_}) table->finish();
}

void StreetWriter::write_commune(const CommuneSetting& setting, const CommunePlan& plan) {
    Random random(mix(setting.seed, 71));
    for (const Cell& cell : plan.cells) {
        if (!is_urban(cell.use) || !random.chance(surveyed_share)) continue;
        const Mesh::Face face = plan.mesh.expanded(cell.face);
        const Ring ring = plan.mesh.ring(face);
        for (std::size_t i = 0; i < face.size(); ++i) {
            const std::size_t next = (i + 1) % face.size();
            const Way way = plan.mesh.way(face[i], face[next]);
            if (way != Way::Street && way != Way::Road) continue;
            const Side side{setting.commune.insee, ring, metres(ring[i]), metres(ring[next]), half_width(way)};
            if (side.length() >= shortest) write_side(side, random);
        }
    }
}

void StreetWriter::write_side(const Side& side, Random& random) {
    const double kerb = side.half_width - 1.8, edge = side.half_width - 0.1;
    const double begin = 6, end = side.length() - 6;
    if (kerb < 1 || !side.holds(begin, edge) || !side.holds(end, edge) || !side.holds(end, kerb)) return;
    const auto built = [&] { return iso(working_day(random, day(1998, 1, 5), last_day)); };
    const auto state = [&] { return std::string(random.pick(states)); };
    lines_.add({uuid(random), side.commune, std::string("bordure"), state(), 0.15, built()},
               wkb_line({rounded(side.at(begin, kerb)), rounded(side.at(end, kerb))}));
    areas_.add(
        {uuid(random), side.commune, std::string("trottoir"), std::string(random.pick(coverings)), state(), built()},
        wkb_polygon({rounded(side.at(begin, kerb)), rounded(side.at(end, kerb)), rounded(side.at(end, edge)),
                     rounded(side.at(begin, edge))}));
    write_furniture(side, random);
}

void StreetWriter::write_furniture(const Side& side, Random& random) {
    const double offset = side.half_width - 1.2;
    const auto add = [&](double distance, const StreetKind& kind) {
        if (!side.holds(distance, offset)) return;
        points_.add({uuid(random), side.commune, std::string(kind.nature), std::string(random.pick(states)),
                     text_or_null(kind.material), one_decimal(kind.height * random.between(0.9, 1.2)),
                     std::string("commune"), iso(working_day(random, day(1998, 1, 5), last_day))},
                    wkb_point(rounded(side.at(distance, offset))));
    };
    constexpr StreetKind lamp{"candelabre", "metal", 6};
    for (double distance = 8; distance < side.length() - 8; distance += 30) {
        add(distance, lamp);
        if (random.chance(0.4)) add(distance + random.between(4, 12), random.pick(street_kinds));
    }
}

}  // namespace gis::demo
