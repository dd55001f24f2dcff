#include "tiles/store/wkb.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace tiles {

namespace {

constexpr int deepest = 64;

class Reader {
  public:
    Reader(std::string_view bytes, Shape& shape) : bytes_(bytes), shape_(shape) {}

    void geometry(int depth) {
        if (depth > deepest) throw std::invalid_argument("a geometry nested too deeply");
        swap_ = byte() == (std::endian::native == std::endian::little ? 0 : 1);
        std::uint32_t type = number();
        dimensions_ = 2 + ((type & 0x80000000U) != 0 ? 1U : 0U) + ((type & 0x40000000U) != 0 ? 1U : 0U);
        if ((type & 0x20000000U) != 0) number();  // the SRID
        type &= 0x0FFFFFFFU;
        const std::uint32_t iso = type / 1000;
        if (iso == 1 || iso == 2) dimensions_ = 3;
        if (iso == 3) dimensions_ = 4;
        type %= 1000;
        switch (type) {
            case 1:
                point();
                break;
            case 2:
                line();
                break;
            case 3:
            case 17:  // a triangle is written as a polygon
                polygon();
                break;
            case 4:
            case 5:
            case 6:
            case 7:
            case 15:
            case 16: {
                const std::uint32_t count = number();
                for (std::uint32_t i = 0; i < count; ++i) geometry(depth + 1);
                break;
            }
            default:
                throw std::invalid_argument("a geometry of a kind that tiles do not know");
        }
    }

  private:
    unsigned char byte() {
        if (at_ >= bytes_.size()) throw std::invalid_argument("a geometry that ends too soon");
        return static_cast<unsigned char>(bytes_[at_++]);
    }
    std::uint32_t number() {
        if (bytes_.size() - at_ < 4) throw std::invalid_argument("a geometry that ends too soon");
        std::uint32_t value = 0;
        std::memcpy(&value, bytes_.data() + at_, 4);
        at_ += 4;
        return swap_ ? __builtin_bswap32(value) : value;
    }
    double real(std::size_t offset) const {
        std::uint64_t value = 0;
        std::memcpy(&value, bytes_.data() + offset, 8);
        return std::bit_cast<double>(swap_ ? __builtin_bswap64(value) : value);
    }

    /// True when parts of this kind are kept; what was kept of a lower kind is thrown away.
    bool keeps(Kind kind) {
        if (kind < shape_.kind) return false;
        if (kind > shape_.kind) shape_.clear();
        shape_.kind = kind;
        return true;
    }

    void points(std::uint32_t count, bool keep) {
        const std::size_t step = std::size_t{8} * dimensions_;
        if ((bytes_.size() - at_) / step < count) throw std::invalid_argument("a geometry that ends too soon");
        if (keep) {
            std::size_t to = shape_.xy.size();
            shape_.xy.resize(to + std::size_t{2} * count);
            for (std::size_t from = at_; from != at_ + step * count; from += step) {
                shape_.xy[to++] = real(from);
                shape_.xy[to++] = real(from + 8);
            }
        }
        at_ += step * count;
    }

    std::uint32_t point_count() const { return static_cast<std::uint32_t>(shape_.xy.size() / 2); }

    void point() {
        const bool keep = keeps(Kind::Point);
        points(1, keep);
        if (!keep) return;
        if (std::isnan(shape_.xy.back())) {  // POINT EMPTY
            shape_.xy.resize(shape_.xy.size() - 2);
            return;
        }
        if (shape_.parts.empty()) shape_.parts.push_back({0, 0, false});
        shape_.parts.back().end = point_count();
    }
    void line() {
        const bool keep = keeps(Kind::Line);
        const std::uint32_t begin = point_count();
        const std::uint32_t count = number();
        points(count, keep);
        if (keep && count > 1) shape_.parts.push_back({begin, point_count(), false});
    }
    void polygon() {
        const bool keep = keeps(Kind::Polygon);
        const std::uint32_t rings = number();
        for (std::uint32_t i = 0; i < rings; ++i) {
            const std::uint32_t begin = point_count();
            const std::uint32_t count = number();
            points(count, keep);
            if (keep && count > 3) shape_.parts.push_back({begin, point_count(), i > 0});
        }
    }

    std::string_view bytes_;
    Shape& shape_;
    std::size_t at_ = 0;
    std::size_t dimensions_ = 2;
    bool swap_ = false;
};

}  // namespace

void Shape::clear() {
    kind = Kind::Nothing;
    xy.clear();
    parts.clear();
}

void read_wkb(std::string_view bytes, Shape& shape) {
    shape.clear();
    Reader(bytes, shape).geometry(0);
    if (shape.parts.empty()) shape.clear();
}

}  // namespace tiles
