#include "gis/read/start_times.hpp"

#include <array>
#include <map>
#include <utility>

namespace gis::read {

namespace {

/// The layers of lines, and of their points, as GDAL names them.
struct LinesOfPoints {
    const char* lines;
    const char* points;
    const char* line_of_point;  ///< counted from 0
};
constexpr std::array lines_of_points{LinesOfPoints{"tracks", "track_points", "track_fid"},
                                     LinesOfPoints{"routes", "route_points", "route_fid"}};
constexpr auto time_field = "releve_le";

class StartTimes final : public Source {
  public:
    explicit StartTimes(std::unique_ptr<Source> gpx) : gpx_(std::move(gpx)), layers_(gpx_->layers()) {
        for (SourceLayer& layer : layers_) {
            if (points_of(layer) != nullptr) layer.fields.push_back({time_field, FieldType::DateTime});
        }
    }

    const std::vector<SourceLayer>& layers() const override { return layers_; }
    std::int64_t bytes_done() const override { return gpx_->bytes_done(); }

    void read(std::size_t place, const std::vector<std::string>& wanted,
              const std::function<void(SourceFeature&)>& take) override {
        const LinesOfPoints* kind = points_of(layers_[place]);
        const auto times = kind == nullptr ? Times() : times_of(*kind);
        gpx_->read(place, wanted, [&](SourceFeature& line) {
            const auto found = times.find(line.number - 1);
            for (std::size_t i = 0; i < wanted.size() && found != times.end(); ++i) {
                if (wanted[i] == time_field) line.values[i] = found->second;
            }
            take(line);
        });
    }

  private:
    using Times = std::map<std::int64_t, Value>;  // by line

    static const LinesOfPoints* points_of(const SourceLayer& layer) {
        for (const LinesOfPoints& kind : lines_of_points) {
            if (layer.name == kind.lines) return &kind;
        }
        return nullptr;
    }

    Times times_of(const LinesOfPoints& kind) const {
        Times times;
        for (std::size_t i = 0; i < layers_.size(); ++i) {
            if (layers_[i].name != kind.points) continue;
            gpx_->read(i, {kind.line_of_point, "time"}, [&](SourceFeature& point) {
                const auto* line = std::get_if<std::int64_t>(&point.values[0]);
                if (line != nullptr && !std::holds_alternative<std::monostate>(point.values[1]))
                    times.try_emplace(*line, std::move(point.values[1]));
            });
        }
        return times;
    }

    std::unique_ptr<Source> gpx_;
    std::vector<SourceLayer> layers_;
};

}  // namespace

std::unique_ptr<Source> with_start_times(std::unique_ptr<Source> gpx) {
    return std::make_unique<StartTimes>(std::move(gpx));
}

}  // namespace gis::read
