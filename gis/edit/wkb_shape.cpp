#include "gis/edit/wkb_shape.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace gis {

namespace {

constexpr std::uint32_t ewkb_z = 0x80000000U, ewkb_m = 0x40000000U, ewkb_srid = 0x20000000U;

/// What is expected instead of what was read.
class Unfit : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

GeometryType type_of_code(std::uint32_t code) {
    switch (code) {
        case 1:
            return GeometryType::Point;
        case 2:
            return GeometryType::LineString;
        case 3:
            return GeometryType::Polygon;
        case 4:
            return GeometryType::MultiPoint;
        case 5:
            return GeometryType::MultiLineString;
        case 6:
            return GeometryType::MultiPolygon;
        case 7:
            throw Unfit("one geometry or a multi-geometry expected, not a GeometryCollection");
        default:
            throw Unfit("a point, line or polygon without curves expected");
    }
}

std::uint32_t code_of(GeometryType type) {
    return static_cast<std::uint32_t>(type) + 1;
}

bool is_multi(GeometryType type) {
    return type == GeometryType::MultiPoint || type == GeometryType::MultiLineString ||
           type == GeometryType::MultiPolygon;
}

GeometryType single_of(GeometryType type) {
    return is_multi(type) ? static_cast<GeometryType>(static_cast<int>(type) - 3) : type;
}

class Reader {
  public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    WkbShape read() {
        const Head head = read_head();
        shape_.type = head.type;
        shape_.has_z = head.has_z;
        if (!is_multi(head.type)) {
            read_part(head);
        } else {
            const std::uint32_t count = read_count(head, 5);
            for (std::uint32_t i = 0; i < count; ++i) {
                const Head part = read_head();
                if (part.type != single_of(head.type) || part.has_z != head.has_z) malformed();
                read_part(part);
            }
        }
        if (at_ != bytes_.size()) malformed();
        return std::move(shape_);
    }

  private:
    struct Head {
        bool little = true;
        GeometryType type = GeometryType::Any;
        bool has_z = false;
    };

    [[noreturn]] static void malformed() { throw Unfit("well-formed WKB expected"); }

    template <typename Number>
    Number read_number(bool little) {
        if (bytes_.size() - at_ < sizeof(Number)) malformed();
        unsigned char raw[sizeof(Number)];
        for (std::size_t i = 0; i < sizeof(Number); ++i)
            raw[little ? i : sizeof(Number) - 1 - i] = static_cast<unsigned char>(bytes_[at_ + i]);
        at_ += sizeof(Number);
        Number number;
        std::memcpy(&number, raw, sizeof(Number));  // little-endian machines only, as all that are built for
        return number;
    }

    Head read_head() {
        if (at_ >= bytes_.size()) malformed();
        const char order = bytes_[at_++];
        if (order != 0 && order != 1) malformed();
        Head head;
        head.little = order == 1;
        std::uint32_t code = read_number<std::uint32_t>(head.little);
        bool has_m = (code & ewkb_m) != 0;
        head.has_z = (code & ewkb_z) != 0;
        if ((code & ewkb_srid) != 0) read_number<std::uint32_t>(head.little);
        code &= ~(ewkb_z | ewkb_m | ewkb_srid);
        has_m = has_m || code / 1000 >= 2;
        head.has_z = head.has_z || code / 1000 == 1;
        if (has_m || code >= 2000) throw Unfit("positions without measures (M) expected");
        head.type = type_of_code(code % 1000);
        return head;
    }

    std::uint32_t read_count(const Head& head, std::size_t least_bytes) {
        const auto count = read_number<std::uint32_t>(head.little);
        if (count > (bytes_.size() - at_) / least_bytes) malformed();
        return count;
    }

    void read_part(const Head& head) {
        std::vector<std::size_t> rings;
        const std::size_t position = head.has_z ? 24 : 16;
        if (head.type == GeometryType::Point) {
            if (read_position(head)) rings.push_back(1);
        } else if (head.type == GeometryType::LineString) {
            const std::uint32_t count = read_count(head, position);
            for (std::uint32_t i = 0; i < count; ++i) require_position(head);
            if (count == 1) throw Unfit("a line of at least 2 positions expected");
            if (count > 0) rings.push_back(count);
        } else {
            const std::uint32_t ring_count = read_count(head, 4);
            for (std::uint32_t r = 0; r < ring_count; ++r) {
                const std::uint32_t count = read_count(head, position);
                const std::size_t first = shape_.xy.size();
                for (std::uint32_t i = 0; i < count; ++i) require_position(head);
                require_ring(first);
                rings.push_back(count);
            }
        }
        if (!rings.empty()) shape_.parts.push_back(std::move(rings));
    }

    void require_ring(std::size_t first) const {
        const std::vector<double>& xy = shape_.xy;
        if ((xy.size() - first) / 2 < 4) throw Unfit("rings of at least 4 positions expected");
        const bool closed = xy[first] == xy[xy.size() - 2] && xy[first + 1] == xy[xy.size() - 1];
        if (!closed) throw Unfit("rings that end where they begin expected");
    }

    void require_position(const Head& head) {
        if (!read_position(head)) throw Unfit("finite coordinates expected");
    }

    /// False for the point without position (NaN, NaN).
    bool read_position(const Head& head) {
        const auto x = read_number<double>(head.little);
        const auto y = read_number<double>(head.little);
        const double z = head.has_z ? read_number<double>(head.little) : 0;
        if (std::isnan(x) && std::isnan(y)) return false;
        if (!std::isfinite(x) || !std::isfinite(y) || !std::isfinite(z)) throw Unfit("finite coordinates expected");
        shape_.xy.push_back(x);
        shape_.xy.push_back(y);
        if (head.has_z) shape_.z.push_back(z);
        return true;
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
    WkbShape shape_;
};

static_assert(std::endian::native == std::endian::little);

template <typename Number>
void append(std::string& out, Number number) {
    char raw[sizeof(Number)];
    std::memcpy(raw, &number, sizeof(Number));
    out.append(raw, sizeof(Number));
}

void append_head(std::string& out, GeometryType type, bool has_z) {
    out += '\1';
    append(out, code_of(type) + (has_z ? 1000U : 0U));
}

}  // namespace

GeometryType multi_of(GeometryType type) {
    return type == GeometryType::Any || is_multi(type) ? type : static_cast<GeometryType>(static_cast<int>(type) + 3);
}

ReadShape read_wkb(std::string_view wkb) {
    try {
        return {Reader(wkb).read(), ""};
    } catch (const Unfit& unfit) {
        return {std::nullopt, unfit.what()};
    }
}

std::string write_wkb(const WkbShape& shape, GeometryType type) {
    std::string out;
    out.reserve(shape.xy.size() * 12 + 64);
    if (is_multi(type)) {
        append_head(out, type, shape.has_z);
        append(out, static_cast<std::uint32_t>(shape.parts.size()));
    }
    const GeometryType single = single_of(type);
    std::size_t at = 0;
    for (const std::vector<std::size_t>& rings : shape.parts) {
        append_head(out, single, shape.has_z);
        if (single == GeometryType::Polygon) append(out, static_cast<std::uint32_t>(rings.size()));
        for (const std::size_t count : rings) {
            if (single != GeometryType::Point) append(out, static_cast<std::uint32_t>(count));
            for (std::size_t i = 0; i < count; ++i, ++at) {
                append(out, shape.xy[2 * at]);
                append(out, shape.xy[2 * at + 1]);
                if (shape.has_z) append(out, shape.z[at]);
            }
        }
    }
    return out;
}

}  // namespace gis
