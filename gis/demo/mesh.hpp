#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gis/demo/plane.hpp"

namespace gis::demo {

/// What runs along an edge between two faces. Half of its width is taken from the land on each side.
enum class Way : std::uint8_t { None, Track, Lane, Street, Road, Stream, River, Canal };

/// Metres; 0 for None.
double half_width(Way way);
inline bool is_water(Way way) {
    return way >= Way::Stream;
}
/// A way that houses may face.
inline bool is_street(Way way) {
    return way >= Way::Track && way <= Way::Road;
}

/// Faces that share their vertices exactly: when one face puts a vertex on an edge, the face on the other side has it
/// too. A face is a plain ring of vertex numbers; `expanded` brings it up to date with what its neighbours added.
class Mesh {
  public:
    using Face = std::vector<int>;

    /// What a cut must respect; metres and square metres.
    struct Limits {
        double snap = 0.4;           ///< a cut this near to a vertex goes through the vertex
        double min_area = 30;        ///< of each half
        double min_thickness = 0.8;  ///< area over perimeter of each half: refuses needles
    };

    /// Points already known become the same vertices. The ring is counter-clockwise, edges have no way yet.
    Face add_face(const Ring& ring);
    void set_way(int a, int b, Way way) { edges_[key(a, b)].way = way; }
    /// Of an edge of an expanded face.
    Way way(int a, int b) const;
    Face expanded(const Face& face) const;
    Ring ring(const Face& expanded_face) const;

    /// Cuts along the straight line, on the chord nearest to `through`: the part left of `direction`, then the right.
    /// Nothing, and nothing changed, when a part would break the limits or the line does not cross.
    std::optional<std::pair<Face, Face>> split(const Face& face, Vec through, Vec direction, Way way,
                                               const Limits& limits);

    /// Puts points on cut and named edges so that none is longer; they bend when their points are moved.
    void densify(double longest);
    /// Moves every point. No face may be cut or added afterwards.
    void move_points(const std::function<Vec(Vec)>& moved);

  private:
    struct Edge {
        int middle = -1;  ///< the vertex that cut this edge in two, if any
        Way way = Way::None;
    };
    struct Crossing;

    static std::uint64_t key(int a, int b) {
        const auto low = static_cast<std::uint32_t>(a < b ? a : b), high = static_cast<std::uint32_t>(a < b ? b : a);
        return (static_cast<std::uint64_t>(low) << 32) | high;
    }
    int vertex(Point at);
    void expand_edge(int a, int b, Face& out) const;
    std::vector<Crossing> crossings(const Face& face, Vec through, Vec direction, double snap) const;
    int realise(const Face& face, const Crossing& crossing);
    void cut_edge(int a, int b, int middle);

    std::vector<Point> points_;
    std::unordered_map<std::uint64_t, int> by_position_;
    std::unordered_map<std::uint64_t, Edge> edges_;
};

}  // namespace gis::demo
