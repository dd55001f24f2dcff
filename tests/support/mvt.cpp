#include "tests/support/mvt.hpp"

#include <fmt/format.h>

#include <protozero/pbf_reader.hpp>
#include <stdexcept>

namespace test {

namespace {

using protozero::pbf_reader;

std::string value_text(pbf_reader value) {
    std::string text;
    while (value.next()) {
        switch (value.tag()) {
            case 1:
                text = std::string(value.get_view());
                break;
            case 2:
                text = fmt::format("{}", value.get_float());
                break;
            case 3:
                text = fmt::format("{}", value.get_double());
                break;
            case 4:
                text = fmt::format("{}", value.get_int64());
                break;
            case 5:
                text = fmt::format("{}", value.get_uint64());
                break;
            case 6:
                text = fmt::format("{}", value.get_sint64());
                break;
            case 7:
                text = value.get_bool() ? "true" : "false";
                break;
            default:
                throw std::runtime_error("a value of a type that the specification does not know");
        }
    }
    return text;
}

/// Commands of 4.3: MoveTo 1, LineTo 2, ClosePath 7; coordinates are zigzag differences.
void decode_geometry(const std::vector<std::uint32_t>& numbers, MvtFeature& feature) {
    int x = 0;
    int y = 0;
    const auto step = [](std::uint32_t n) { return static_cast<int>(n >> 1U) ^ -static_cast<int>(n & 1U); };
    for (std::size_t i = 0; i < numbers.size();) {
        const std::uint32_t command = numbers[i] & 7U;
        const std::uint32_t count = numbers[i++] >> 3U;
        if (command == 7) continue;
        if (command != 1 && command != 2) throw std::runtime_error("unknown geometry command");
        for (std::uint32_t n = 0; n < count; ++n, i += 2) {
            x += step(numbers.at(i));
            y += step(numbers.at(i + 1));
            feature.vertices.emplace_back(x, y);
            if (command == 1) feature.parts.emplace_back();
            feature.parts.back().emplace_back(x, y);
        }
    }
}

MvtFeature decode_feature(pbf_reader reader, const std::vector<std::string>& keys,
                          const std::vector<std::string>& values) {
    MvtFeature feature;
    std::vector<std::uint32_t> tags;
    std::vector<std::uint32_t> geometry;
    while (reader.next()) {
        switch (reader.tag()) {
            case 1:
                feature.id = reader.get_uint64();
                break;
            case 2: {
                const auto range = reader.get_packed_uint32();
                tags.assign(range.begin(), range.end());
                break;
            }
            case 3:
                feature.type = reader.get_enum();
                break;
            case 4: {
                const auto range = reader.get_packed_uint32();
                geometry.assign(range.begin(), range.end());
                break;
            }
            default:
                reader.skip();
        }
    }
    for (std::size_t i = 0; i + 1 < tags.size(); i += 2) feature.properties[keys.at(tags[i])] = values.at(tags[i + 1]);
    decode_geometry(geometry, feature);
    return feature;
}

MvtLayer decode_layer(pbf_reader reader) {
    MvtLayer layer;
    std::vector<std::string> keys;
    std::vector<std::string> values;
    std::vector<pbf_reader> features;  // keys and values may follow the features that use them
    while (reader.next()) {
        switch (reader.tag()) {
            case 1:
                layer.name = reader.get_string();
                break;
            case 2:
                features.push_back(reader.get_message());
                break;
            case 3:
                keys.push_back(reader.get_string());
                break;
            case 4:
                values.push_back(value_text(reader.get_message()));
                break;
            case 5:
                layer.extent = static_cast<int>(reader.get_uint32());
                break;
            case 15:
                layer.version = static_cast<int>(reader.get_uint32());
                break;
            default:
                reader.skip();
        }
    }
    for (const pbf_reader& feature : features) layer.features.push_back(decode_feature(feature, keys, values));
    return layer;
}

}  // namespace

std::vector<MvtLayer> decode_mvt(std::string_view bytes) {
    std::vector<MvtLayer> layers;
    pbf_reader tile(bytes.data(), bytes.size());
    while (tile.next()) {
        if (tile.tag() == 3) {
            layers.push_back(decode_layer(tile.get_message()));
        } else {
            tile.skip();
        }
    }
    return layers;
}

const MvtLayer* find_layer(const std::vector<MvtLayer>& layers, std::string_view name) {
    for (const MvtLayer& layer : layers) {
        if (layer.name == name) return &layer;
    }
    return nullptr;
}

}  // namespace test
