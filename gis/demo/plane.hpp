#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace gis::demo {

/// A position in Lambert-93, in whole centimetres: what is stored is exactly what was computed with.
struct Point {
    std::int32_t x = 0;
    std::int32_t y = 0;
    friend bool operator==(const Point&, const Point&) = default;
};

/// A vector or an unrounded position, in metres.
struct Vec {
    double x = 0;
    double y = 0;
    friend Vec operator+(Vec a, Vec b) { return {a.x + b.x, a.y + b.y}; }
    friend Vec operator-(Vec a, Vec b) { return {a.x - b.x, a.y - b.y}; }
    friend Vec operator*(Vec a, double k) { return {a.x * k, a.y * k}; }
};

inline Vec metres(Point p) {
    return {p.x / 100.0, p.y / 100.0};
}
inline Point rounded(Vec v) {
    return {static_cast<std::int32_t>(std::lround(v.x * 100)), static_cast<std::int32_t>(std::lround(v.y * 100))};
}
inline double dot(Vec a, Vec b) {
    return a.x * b.x + a.y * b.y;
}
inline double cross(Vec a, Vec b) {
    return a.x * b.y - a.y * b.x;
}
inline double length(Vec v) {
    return std::sqrt(dot(v, v));
}
inline Vec unit(Vec v) {
    const double l = length(v);
    return l > 0 ? v * (1 / l) : Vec{1, 0};
}
/// A quarter turn to the left.
inline Vec left_of(Vec v) {
    return {-v.y, v.x};
}
inline Vec turned(Vec v, double angle) {
    return {v.x * std::cos(angle) - v.y * std::sin(angle), v.x * std::sin(angle) + v.y * std::cos(angle)};
}

/// An open ring (the first point is not repeated), counter-clockwise.
using Ring = std::vector<Point>;
/// First ring outside, then holes (clockwise).
using Polygon = std::vector<Ring>;
using MultiPolygon = std::vector<Polygon>;
using Line = std::vector<Vec>;

/// Square metres; negative when clockwise.
double area(const Ring& ring);
double area(const MultiPolygon& shape);
Vec centroid(const Ring& ring);
/// True inside; on the border either.
bool contains(const Ring& ring, Vec at);
double perimeter(const Ring& ring);
/// No two edges cross or touch, apart from neighbours at their common point.
bool is_simple(const Ring& ring);
/// `inner` lies inside `outer` and does not touch it.
bool strictly_inside(const Ring& inner, const Ring& outer);
double distance_to_segment(Vec at, Vec a, Vec b);
double distance_to_line(Vec at, const Line& line);

/// The smallest rectangle around a ring.
struct OrientedBox {
    Vec centre;
    Vec axis;           ///< unit vector along the long side
    double length = 0;  ///< metres
    double width = 0;
};
OrientedBox oriented_box(const Ring& ring);

}  // namespace gis::demo
