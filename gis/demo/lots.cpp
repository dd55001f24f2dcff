#include "gis/demo/lots.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace gis::demo {

namespace {

/// The span of a ring along a direction.
struct Span {
    double low = 1e300;
    double high = -1e300;
    double size() const { return high - low; }
};

Span span_of(const Ring& ring, Vec axis) {
    Span out;
    for (const Point p : ring) {
        const double t = dot(metres(p), axis);
        out.low = std::min(out.low, t);
        out.high = std::max(out.high, t);
    }
    return out;
}

/// How a row is cut into lots.
struct Cut {
    double width = 8;   ///< mean, metres
    double spread = 0;  ///< deviation as a share of the mean
    double skew = 0;    ///< radians by which limits leave the perpendicular
};

class BlockDivider {
  public:
    BlockDivider(const Block& block, Use use, Random random) : use_(use), random_(random) {
        whole_ = mesh_.add_face(block.ring);
        for (std::size_t i = 0; i < whole_.size(); ++i) {
            mesh_.set_way(whole_[i], whole_[(i + 1) % whole_.size()], block.ways[i]);
        }
        box_ = oriented_box(block.ring);
        area_ = area(block.ring);
    }

    std::vector<Lot> run();

  private:
    using Face = Mesh::Face;
    struct Made {
        Face face;
        RowStyle style;
        int index = 0;
        bool garden = false;
    };

    void core();
    void terrace();
    void suburb();
    void frontage();
    void activity(const Face& face, double target);
    void fields(const Face& face, double area);
    void wood(const Face& face);

    Ring ring(const Face& face) const { return mesh_.ring(mesh_.expanded(face)); }
    void keep(const Face& face, bool garden = false) { made_.push_back({face, {}, 0, garden}); }
    Face cap(const Face& face, Vec axis, double depth, std::vector<Face>& caps);
    void rows(const Face& face, Vec axis, double depth, double most_width, std::vector<Face>& rows,
              std::vector<Face>& inside);
    void cut_row(Face rest, Vec axis, const Cut& cut, const RowStyle& style, bool garden);
    void part_gardens(std::size_t first, Vec axis, double share, double at_least);
    Vec street_axis() const;

    Mesh mesh_;
    Face whole_;
    Use use_;
    Random random_;
    OrientedBox box_;
    double area_ = 0;
    Mesh::Limits limits_;
    std::vector<Made> made_;
};

/// Cuts a strip of `depth` off the end that `axis` points to; what is left is returned.
Mesh::Face BlockDivider::cap(const Face& face, Vec axis, double depth, std::vector<Face>& caps) {
    const Ring points = ring(face);
    const Vec through = centroid(points), direction = left_of(axis);
    const double shift = span_of(points, axis).high - depth - dot(through, axis);
    // Right of `direction` is where the axis points.
    const auto parts = mesh_.split(face, through + axis * shift, direction, Way::None, limits_);
    if (!parts) return face;
    caps.push_back(parts->second);
    return parts->first;
}

/// Two rows back to back along the axis; a deep block keeps an inside, a thin one is a single row.
void BlockDivider::rows(const Face& face, Vec axis, double depth, double most_width, std::vector<Face>& rows,
                        std::vector<Face>& inside) {
    const Vec across = left_of(axis);
    const double width = span_of(ring(face), across).size();
    if (width < 1.55 * depth) {
        rows.push_back(face);
        return;
    }
    if (width <= most_width) {
        const Vec through = centroid(ring(face)) + across * (random_.bell() * 0.03 * width);
        if (const auto parts = mesh_.split(face, through, axis, Way::None, limits_)) {
            rows.push_back(parts->first);
            rows.push_back(parts->second);
        } else {
            rows.push_back(face);
        }
        return;
    }
    Face rest = cap(face, across, depth, rows);
    rest = cap(rest, across * -1, depth, rows);
    inside.push_back(rest);
}

void BlockDivider::cut_row(Face rest, Vec axis, const Cut& cut, const RowStyle& style, bool garden) {
    const Span span = span_of(ring(rest), axis);
    const double count = std::max(1.0, std::round(span.size() / cut.width));
    const double width = span.size() / count;
    double at = span.low;
    int index = 0;
    const std::size_t first = made_.size();
    while (span.high - at > 1.45 * width) {
        at += width * std::clamp(1 + cut.spread * random_.bell(), 0.5, 2.2);
        if (span.high - at < 0.55 * width) break;
        const Vec middle = centroid(ring(rest));
        const Vec through = middle + axis * (at - dot(middle, axis));
        const Vec direction = turned(left_of(axis), cut.skew * random_.bell());
        const auto parts = mesh_.split(rest, through, direction, Way::None, limits_);
        if (!parts) continue;
        made_.push_back({parts->first, style, index++, garden});
        rest = parts->second;
    }
    made_.push_back({rest, style, index, garden});
    // In pairs, an odd last house stands alone.
    if (style.joined == 1 && (made_.size() - first) % 2 == 1) made_.back().style.joined = 0;
}

/// Cuts the back off lots deep enough: gardens and yards with a number of their own.
void BlockDivider::part_gardens(std::size_t first, Vec axis, double share, double at_least) {
    const std::size_t end = made_.size();
    for (std::size_t i = first; i < end; ++i) {
        if (!random_.chance(share)) continue;
        const Face face = mesh_.expanded(made_[i].face);
        const Ring points = mesh_.ring(face);
        const Vec across = left_of(axis);
        if (span_of(points, across).size() < at_least) continue;
        // The street lies where the lot has a way; gardens lie opposite.
        double street = 0;
        for (std::size_t k = 0; k < face.size(); ++k) {
            const std::size_t next = (k + 1) % face.size();
            if (!is_street(mesh_.way(face[k], face[next]))) continue;
            street += dot((metres(points[k]) + metres(points[next])) * 0.5 - centroid(points), across);
        }
        if (street == 0) continue;
        const Vec through = centroid(points) - across * (street > 0 ? 1.0 : -1.0) * random_.between(0.5, 3.0);
        const auto parts = mesh_.split(face, through, axis, Way::None, limits_);
        if (!parts) continue;
        made_[i].face = street > 0 ? parts->first : parts->second;
        made_.push_back({street > 0 ? parts->second : parts->first, {}, 0, true});
    }
}

void BlockDivider::core() {
    limits_ = {0.5, 40, 1.3};
    const Vec axis = box_.axis, across = left_of(axis);
    std::vector<Face> sides, ends, inside;
    Face rest = whole_;
    const double depth = random_.between(24, 34);
    if (box_.length > 1.25 * box_.width && box_.width > 40) {
        if (random_.chance(0.75)) rest = cap(rest, axis, depth * 0.8, ends);
        if (random_.chance(0.75)) rest = cap(rest, axis * -1, depth * 0.8, ends);
    }
    rows(rest, axis, depth, 2.9 * depth, sides, inside);
    const auto row = [&](const Face& face, Vec along) {
        const RowStyle style{random_.chance(0.8) ? 0.1 : random_.between(2, 4), random_.between(9, 12.5), 2};
        const std::size_t first = made_.size();
        cut_row(face, along, {random_.between(7.5, 11.5), 0.42, 0.03}, style, false);
        part_gardens(first, along, 0.3, 26);
    };
    for (const Face& face : sides) row(face, axis);
    for (const Face& face : ends) row(face, across);
    for (const Face& face : inside) cut_row(face, axis, {random_.between(12, 20), 0.4, 0.04}, {}, true);
}

void BlockDivider::terrace() {
    limits_ = {0.5, 55, 1.4};
    std::vector<Face> sides, inside;
    rows(whole_, box_.axis, 32, 110, sides, inside);
    // One builder, one plan for the whole block.
    const bool pairs = random_.chance(0.4);
    const double width = pairs ? random_.between(9.5, 11.5) : random_.between(6.2, 8.0);
    const RowStyle style{random_.between(2.5, 6), random_.between(8, 9.5), pairs ? 1 : 2};
    const bool gardens = random_.chance(0.4);
    for (const Face& face : sides) {
        const std::size_t first = made_.size();
        cut_row(face, box_.axis, {width, 0.015, 0}, style, false);
        if (gardens) part_gardens(first, box_.axis, 0.9, 34);
    }
    for (const Face& face : inside) cut_row(face, box_.axis, {width * 1.6, 0.05, 0}, {}, true);
}

void BlockDivider::suburb() {
    limits_ = {0.5, 130, 2.2};
    std::vector<Face> sides, inside;
    const double depth = random_.between(27, 33);
    rows(whole_, box_.axis, depth, 2.9 * depth, sides, inside);
    const RowStyle style{random_.between(4.5, 7), random_.between(8.5, 10.5), random_.chance(0.22) ? 1 : 0};
    const double width = style.joined == 1 ? random_.between(11, 14) : random_.between(15, 21);
    for (const Face& face : sides) cut_row(face, box_.axis, {width, 0.12, 0.012}, style, false);
    for (const Face& face : inside) cut_row(face, box_.axis, {width * 1.4, 0.2, 0.02}, {}, true);
}

/// The direction of the longest side that has a street.
Vec BlockDivider::street_axis() const {
    const Face face = mesh_.expanded(whole_);
    const Ring points = mesh_.ring(face);
    Vec best = box_.axis;
    double longest = 0;
    for (std::size_t i = 0; i < face.size(); ++i) {
        const std::size_t next = (i + 1) % face.size();
        const Vec edge = metres(points[next]) - metres(points[i]);
        if (!is_street(mesh_.way(face[i], face[next])) || length(edge) <= longest) continue;
        longest = length(edge);
        best = unit(edge);
    }
    return best;
}

void BlockDivider::frontage() {
    limits_ = {0.5, 150, 2.2};
    // A row along one street: cut across the long side, which follows it.
    const Vec axis = box_.length > 1.5 * box_.width ? box_.axis : street_axis();
    const RowStyle style{random_.between(3, 9), random_.between(8.5, 11), random_.chance(0.3) ? 1 : 0};
    const std::size_t first = made_.size();
    cut_row(whole_, axis, {random_.between(13, 22), 0.38, 0.02}, style, false);
    part_gardens(first, axis, 0.12, 40);
}

void BlockDivider::activity(const Face& face, double target) {
    limits_ = {1, 700, 7};
    const Ring points = ring(face);
    const OrientedBox box = oriented_box(points);
    if (area(points) > target) {
        const Vec through = box.centre + box.axis * (box.length * random_.between(-0.15, 0.15));
        if (const auto parts = mesh_.split(face, through, left_of(box.axis), Way::None, limits_)) {
            activity(parts->first, target * random_.between(0.6, 1.5));
            activity(parts->second, target * random_.between(0.6, 1.5));
            return;
        }
    }
    keep(face);
}

/// Openfield: bundles of parallel strips, the bundles turned against each other.
void BlockDivider::fields(const Face& face, double size) {
    limits_ = {1.5, 700, 4.5};
    const Ring points = ring(face);
    const OrientedBox box = oriented_box(points);
    if (size > random_.between(35'000, 130'000)) {
        const bool across = box.length > 1.5 * box.width || random_.chance(0.6);
        const Vec along = across ? box.axis : left_of(box.axis);
        const Vec through = box.centre + along * (random_.between(-0.14, 0.14) * (across ? box.length : box.width));
        const Vec direction = turned(left_of(along), 0.05 * random_.bell());
        if (const auto parts = mesh_.split(face, through, direction, Way::None, limits_)) {
            fields(parts->first, area(ring(parts->first)));
            fields(parts->second, area(ring(parts->second)));
            return;
        }
    }
    // A mean area that varies from bundle to bundle: old narrow strips, or one big field after reallocation.
    const double mean = 1500 * std::exp(random_.between(0, 2.6));
    const Vec axis = random_.chance(0.7) ? box.axis : left_of(box.axis);
    cut_row(face, axis, {std::max(9.0, span_of(points, axis).size() * mean / size), 0.35, 0.015}, {}, true);
}

void BlockDivider::wood(const Face& face) {
    limits_ = {1.5, 1500, 6};
    cut_row(face, box_.axis, {random_.between(60, 260), 0.4, 0.1}, {}, true);
}

std::vector<Lot> BlockDivider::run() {
    switch (use_) {
        case Use::Core:
            core();
            break;
        case Use::Terrace:
            terrace();
            break;
        case Use::Suburb:
            suburb();
            break;
        case Use::Frontage:
            frontage();
            break;
        case Use::Activity:
            activity(whole_, 2500 * std::exp(random_.between(0, 2.6)));
            break;
        case Use::Facility:
            keep(whole_);
            break;
        case Use::Field:
            fields(whole_, area_);
            break;
        case Use::Wood:
            wood(whole_);
            break;
    }
    std::vector<Lot> lots;
    lots.reserve(made_.size());
    for (const Made& made : made_) {
        const Face face = mesh_.expanded(made.face);
        Lot lot{mesh_.ring(face), {}, use_, made.style, made.index, made.garden};
        for (std::size_t i = 0; i < face.size(); ++i)
            lot.ways.push_back(mesh_.way(face[i], face[(i + 1) % face.size()]));
        lots.push_back(std::move(lot));
    }
    return lots;
}

}  // namespace

std::vector<Lot> divide_block(const Block& block, Use use, Random random) {
    return BlockDivider(block, use, random).run();
}

}  // namespace gis::demo
