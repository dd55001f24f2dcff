#include "gis/demo/buildings.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace gis::demo {

namespace {

/// Walls on a limit stand this much inside it, so that rounding never puts them across.
constexpr double wall_gap = 0.04;

struct Interval {
    double low = 0;
    double high = 0;
    double size() const { return high - low; }
};

/// The lot seen from its street: u along the front, v into the lot.
class StreetView {
  public:
    /// Nothing when the lot has no street.
    static std::optional<StreetView> of(const Lot& lot);

    double front_low() const { return front_.low; }
    double front_high() const { return front_.high; }
    double back() const { return back_; }
    /// Where v begins to be inside everywhere behind the front.
    double start() const { return start_; }
    /// The widest run of u that lies inside the lot for all of v in [from, to].
    Interval free(double from, double to) const;
    Ring shape(const std::vector<Vec>& uv) const;

  private:
    Interval at(double v) const;

    std::vector<Vec> local_;
    Vec origin_, u_, v_;
    Interval front_;
    double back_ = 0;
    double start_ = 0;
};

std::optional<StreetView> StreetView::of(const Lot& lot) {
    const std::size_t n = lot.ring.size();
    if (n == 0) return std::nullopt;
    const auto at = [&](std::size_t i) { return metres(lot.ring[i % n]); };
    // The street front: neighbouring street edges that go about the same way; streets win over tracks.
    double best = 0;
    std::size_t first = 0, last = 0;
    for (std::size_t i = 0; i < n; ++i) {
        if (!is_street(lot.ways[i])) continue;
        const Vec direction = unit(at(i + 1) - at(i));
        double run = 0;
        std::size_t j = i;
        while (j < i + n && is_street(lot.ways[j % n]) && dot(unit(at(j + 1) - at(j)), direction) > 0.9) {
            run += length(at(j + 1) - at(j));
            ++j;
        }
        if (lot.ways[i] == Way::Track) run *= 0.4;
        if (run > best * 1.001) {
            best = run;
            first = i;
            last = j;
        }
    }
    if (best < 3) return std::nullopt;
    StreetView view;
    view.origin_ = at(first);
    view.u_ = unit(at(last) - at(first));
    view.v_ = left_of(view.u_);
    view.front_ = {0, length(at(last) - at(first))};
    for (std::size_t i = 0; i < n; ++i) {
        const Vec p = at(i) - view.origin_;
        view.local_.push_back({dot(p, view.u_), dot(p, view.v_)});
        view.back_ = std::max(view.back_, view.local_.back().y);
    }
    for (std::size_t i = first; i <= last; ++i) view.start_ = std::max(view.start_, view.local_[i % n].y);
    return view;
}

Interval StreetView::at(double v) const {
    std::vector<double> hits;
    for (std::size_t i = 0; i < local_.size(); ++i) {
        const Vec a = local_[i], b = local_[(i + 1) % local_.size()];
        if ((a.y > v) != (b.y > v)) hits.push_back(a.x + (b.x - a.x) * (v - a.y) / (b.y - a.y));
    }
    std::sort(hits.begin(), hits.end());
    Interval best;
    for (std::size_t i = 0; i + 1 < hits.size(); i += 2) {
        if (hits[i + 1] - hits[i] > best.size()) best = {hits[i], hits[i + 1]};
    }
    return best;
}

Interval StreetView::free(double from, double to) const {
    Interval out = at(from);
    for (const double v : {(from + to) / 2, to}) {
        const Interval here = at(v);
        out = {std::max(out.low, here.low), std::min(out.high, here.high)};
    }
    return out;
}

Ring StreetView::shape(const std::vector<Vec>& uv) const {
    Ring out;
    for (const Vec p : uv) out.push_back(rounded(origin_ + u_ * p.x + v_ * p.y));
    return out;
}

class Builder {
  public:
    Builder(const Lot& lot, const StreetView& view, Random& random) : lot_(lot), view_(view), random_(random) {}

    std::vector<Building> run();

  private:
    void house();
    void farm();
    void hall();
    void barn();
    void facility();
    void shed(double from);
    bool add(const std::vector<Vec>& uv, bool light);
    bool add_box(Interval u, Interval v, bool light) {
        return add({{u.low, v.low}, {u.high, v.low}, {u.high, v.high}, {u.low, v.high}}, light);
    }

    const Lot& lot_;
    const StreetView& view_;
    Random& random_;
    std::vector<Building> out_;
};

bool Builder::add(const std::vector<Vec>& uv, bool light) {
    Ring ring = view_.shape(uv);
    if (area(ring) < 4 || !is_simple(ring) || !strictly_inside(ring, lot_.ring)) return false;
    out_.push_back({std::move(ring), light});
    return true;
}

/// A garden shed or garage in the part of the lot behind `from`.
void Builder::shed(double from) {
    const double room = view_.back() - from;
    if (room < 6) return;
    const double depth = random_.between(2.4, 6), width = random_.between(2.2, 4.5);
    const double v = random_.chance(0.5) ? view_.back() - depth - random_.between(0.3, 2)
                                         : from + random_.between(1.5, room - depth - 0.5);
    const Interval u = view_.free(v, v + depth);
    if (u.size() < width + 1) return;
    const double low = random_.chance(0.5) ? u.low + wall_gap + random_.between(0, 0.6)
                                           : u.high - wall_gap - width - random_.between(0, 0.6);
    add_box({low, low + width}, {v, v + depth}, random_.chance(0.72));
}

void Builder::house() {
    const RowStyle& style = lot_.style;
    const double v0 =
        view_.start() + std::max(wall_gap, style.setback + (style.joined == 2 ? 0 : random_.bell() * 0.5));
    const double v1 = v0 + style.depth * (1 + 0.06 * random_.bell());
    if (v1 > view_.back() - 0.5) return;
    const Interval room = view_.free(v0, v1);
    if (room.size() < 3.5) return;
    Interval u{room.low + wall_gap, room.high - wall_gap};
    const double side = style.joined == 0 ? std::clamp(room.size() * 0.16, 0.8, 3.5) : 0;
    if (style.joined == 0) {
        const double width = std::min(room.size() - 2 * side, random_.between(9, 14.5));
        const double low = room.low + side + (room.size() - 2 * side - width) * random_.unit();
        u = {low, low + width};
    } else if (style.joined == 1) {
        // Each second house touches the next lot's house; the other side keeps a passage.
        const double passage = std::clamp(room.size() * 0.24, 1.2, 3.5);
        (lot_.index % 2 == 0 ? u.low : u.high) += lot_.index % 2 == 0 ? passage : -passage;
    } else if (u.size() > 16) {
        u.high = u.low + 16;  // a wide lot between terraces keeps a gateway
    }
    if (u.size() < 3) return;
    const double wing_depth = random_.between(2.5, 7.5),
                 wing_width = std::min(u.size() * random_.between(0.35, 0.6), 6.0);
    const bool wing = random_.chance(style.joined == 0 ? 0.4 : 0.5) && v1 + wing_depth < view_.back() - 1;
    double end = v1;
    bool built = false;
    if (wing) {
        const double back = v1 + wing_depth;
        const bool left = random_.chance(0.5);
        built = left ? add({{u.low, v0},
                            {u.high, v0},
                            {u.high, v1},
                            {u.low + wing_width, v1},
                            {u.low + wing_width, back},
                            {u.low, back}},
                           false)
                     : add({{u.low, v0},
                            {u.high, v0},
                            {u.high, back},
                            {u.high - wing_width, back},
                            {u.high - wing_width, v1},
                            {u.low, v1}},
                           false);
        if (built) end = back;
    }
    if (!built) built = add_box(u, {v0, v1}, false);
    if (!built) return;
    if (random_.chance(lot_.use == Use::Core ? 0.12 : 0.2)) shed(end + 1);
}

/// A square farm of the Artois: buildings on three sides of a yard.
void Builder::farm() {
    const double v0 = view_.start() + random_.between(1, 6);
    const double deep = random_.between(24, 34), thick = random_.between(6.5, 8.5);
    const Interval room = view_.free(v0, v0 + deep);
    const double width = std::min(room.size() - 4, random_.between(24, 38));
    if (width < 20) {
        house();
        return;
    }
    const double a = room.low + (room.size() - width) / 2, b = a + width, v1 = v0 + deep;
    const bool built = add({{a, v0},
                            {a + thick, v0},
                            {a + thick, v1 - thick},
                            {b - thick, v1 - thick},
                            {b - thick, v0},
                            {b, v0},
                            {b, v1},
                            {a, v1}},
                           false);
    if (!built) {
        house();
        return;
    }
    if (random_.chance(0.6)) shed(v1 + 2);
}

void Builder::hall() {
    const double total = view_.back();
    const double v0 = view_.start() + std::min(14.0, total * 0.18),
                 v1 = v0 + (total - v0) * random_.between(0.35, 0.72);
    const Interval room = view_.free(v0, v1);
    const double margin = std::clamp(room.size() * 0.1, 3.0, 14.0);
    const Interval u{room.low + margin, room.high - margin * random_.between(1, 2)};
    if (u.size() < 8 || v1 - v0 < 8) return;
    if (!add_box(u, {v0, v1}, false)) return;
    const double back = v1 + random_.between(6, 12);
    const Interval behind = view_.free(back, back + 8);
    if (random_.chance(0.35) && back + 10 < total && behind.size() > 24) {
        add_box({behind.low + 4, behind.low + 4 + random_.between(8, 18)}, {back, back + 7}, true);
    }
}

/// A barn near the track, or a shelter in a garden.
void Builder::barn() {
    const bool big = lot_.use == Use::Field && area(lot_.ring) > 2500;
    const double depth = big ? random_.between(10, 18) : random_.between(3, 5),
                 width = depth * random_.between(1.2, 2.4);
    const double v0 = view_.start() + random_.between(2, 12);
    const Interval room = view_.free(v0, v0 + depth);
    if (room.size() < width + 2) return;
    const double low = room.low + 1 + (room.size() - width - 2) * random_.unit();
    add_box({low, low + width}, {v0, v0 + depth}, random_.chance(big ? 0.3 : 0.9));
}

void Builder::facility() {
    const double v0 = view_.start() + 8, v1 = std::min(v0 + random_.between(26, 42), view_.back() - 6);
    const Interval room = view_.free(v0, v1);
    const double width = std::min(room.size() - 12, random_.between(30, 60)),
                 thick = std::min(random_.between(9, 13), width * 0.3);
    if (width < 18 || v1 - v0 < 16) {
        hall();
        return;
    }
    const double a = room.low + (room.size() - width) * random_.between(0.3, 0.7), b = a + width;
    if (random_.chance(0.5)) {
        add({{a, v0},
             {b, v0},
             {b, v1},
             {b - thick, v1},
             {b - thick, v0 + thick},
             {a + thick, v0 + thick},
             {a + thick, v1},
             {a, v1}},
            false);
    } else {
        add({{a, v0}, {b, v0}, {b, v0 + thick}, {a + thick, v0 + thick}, {a + thick, v1}, {a, v1}}, false);
    }
}

std::vector<Building> Builder::run() {
    if (lot_.garden) {
        barn();
        return std::move(out_);
    }
    switch (lot_.use) {
        case Use::Core:
        case Use::Terrace:
        case Use::Suburb:
            if (!random_.chance(0.04)) house();
            break;
        case Use::Frontage:
            if (random_.chance(0.9)) area(lot_.ring) > 1000 && random_.chance(0.6) ? farm() : house();
            break;
        case Use::Activity:
            hall();
            break;
        case Use::Facility:
            facility();
            break;
        case Use::Field:
            barn();
            break;
        case Use::Wood:
            break;
    }
    return std::move(out_);
}

}  // namespace

std::vector<Building> build_on(const Lot& lot, Random& random) {
    // Open land and gardens: now and then a shed or a barn.
    const bool open = lot.garden || !is_urban(lot.use);
    if (open && !random.chance(lot.use == Use::Field ? 0.012 : 0.06)) return {};
    const auto view = StreetView::of(lot);
    return view ? Builder(lot, *view, random).run() : std::vector<Building>{};
}

}  // namespace gis::demo
