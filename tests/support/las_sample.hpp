#pragma once

#include <cstdint>
#include <cstring>
#include <string>

namespace test {

/// A point cloud of 20 m by 10 m: its head as the specification lays it out (LAS 1.2), empty points behind it.
struct CloudSample {
    std::uint8_t minor = 2;
    std::uint8_t format = 0;
    std::uint16_t record_length = 20;
    std::uint32_t points = 4000;
    std::uint64_t points_of_14 = 0;
    double scale = 0.01;
    double x = 681000, y = 7042000;
    std::uint16_t epsg = 2154;
    std::string wkt{};

    std::string bytes() const {
        std::string out(minor == 4 ? 375 : 227, '\0');
        std::string records;
        if (epsg != 0) {
            const std::uint16_t keys[] = {1, 1, 0, 1, 3072, 0, 1, epsg};
            records += record(34735, {reinterpret_cast<const char*>(keys), sizeof(keys)});
        }
        if (!wkt.empty()) records += record(2112, wkt);
        std::memcpy(out.data(), "LASF", 4);
        put<std::uint8_t>(out, 24, 1);
        put<std::uint8_t>(out, 25, minor);
        std::memcpy(&out[58], "essai", 5);
        put<std::uint16_t>(out, 90, 124);
        put<std::uint16_t>(out, 92, 2026);
        put<std::uint16_t>(out, 94, static_cast<std::uint16_t>(out.size()));
        put<std::uint32_t>(out, 96, static_cast<std::uint32_t>(out.size() + records.size()));
        put<std::uint32_t>(out, 100, (epsg != 0 ? 1U : 0U) + (wkt.empty() ? 0U : 1U));
        put<std::uint8_t>(out, 104, format);
        put<std::uint16_t>(out, 105, record_length);
        put<std::uint32_t>(out, 107, points);
        const double low[] = {x, y, 20}, high[] = {x + 20, y + 10, 31};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            put<double>(out, 131 + 8 * axis, scale);
            put<double>(out, 179 + 16 * axis, high[axis]);
            put<double>(out, 187 + 16 * axis, low[axis]);
        }
        if (minor == 4) put<std::uint64_t>(out, 247, points_of_14);
        return out + records + std::string(std::size_t{record_length} * points, '\0');
    }

  private:
    template <typename T>
    static void put(std::string& out, std::size_t at, T value) {
        std::memcpy(&out[at], &value, sizeof(value));
    }
    static std::string record(std::uint16_t id, const std::string& content) {
        std::string out(54, '\0');
        std::memcpy(&out[2], "LASF_Projection", 15);
        put<std::uint16_t>(out, 18, id);
        put<std::uint16_t>(out, 20, static_cast<std::uint16_t>(content.size()));
        return out + content;
    }
};

}  // namespace test
