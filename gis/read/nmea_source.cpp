#include "gis/read/nmea_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>

#include "gis/error.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

constexpr std::size_t longest_sentence = 200;  // the standard says 82; receivers write more

std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

/// "4916.4512", "N" -> 49.274187
std::optional<double> degrees(std::string_view text, std::string_view side) {
    const auto raw = number(text);
    if (!raw || side.size() != 1) return std::nullopt;
    const double whole = std::floor(*raw / 100);
    const double value = whole + (*raw - 100 * whole) / 60;
    const double limit = side == "N" || side == "S" ? 90 : 180;
    if (*raw < 0 || *raw - 100 * whole >= 60 || value > limit) return std::nullopt;
    if (side == "S" || side == "W") return -value;
    if (side == "N" || side == "E") return value;
    return std::nullopt;
}

bool has_position(std::string_view name) {
    return name == "GGA" || name == "RMC";
}

const char* quality_of(std::string_view code) {
    if (code == "1") return "GNSS";
    if (code == "2") return "DGPS";
    if (code == "3") return "PPS";
    if (code == "4") return "RTK fixe";
    if (code == "5") return "RTK flottant";
    if (code == "6") return "estimé";
    if (code == "7") return "manuel";
    if (code == "8") return "simulé";
    return "";
}

/// "235959.50" and "311224" -> "2024-12-31T23:59:59Z"; without a date, nothing.
std::string moment_of(const std::string& time, const std::string& date) {
    if (time.size() < 6 || date.size() != 6) return "";
    const auto digits = [](std::string_view text) {
        return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    if (!digits(time.substr(0, 6)) || !digits(date)) return "";
    return fmt::format("20{}-{}-{}T{}:{}:{}Z", date.substr(4, 2), date.substr(2, 2), date.substr(0, 2),
                       time.substr(0, 2), time.substr(2, 2), time.substr(4, 2));
}

constexpr std::array field_names{"fix",      "satellites",           "hdop", "pdop", "precision_h", "precision_v",
                                 "altitude", "hauteur_ellipsoidale", "time"};

/// What is known of one moment.
struct Epoch {
    std::string time, date, fix;
    std::optional<double> lon, lat, satellites, hdop, pdop, sigma_lat, sigma_lon, sigma_h, altitude, separation;
    bool from_gga = false;

    Value value(std::size_t field) const {
        const auto real = [](const std::optional<double>& known) { return known ? Value(*known) : Value(); };
        switch (field) {
            case 0:
                return fix.empty() ? Value() : Value(fix);
            case 1:
                return real(satellites);
            case 2:
                return real(hdop);
            case 3:
                return real(pdop);
            case 4:
                return sigma_lat && sigma_lon ? Value(std::hypot(*sigma_lat, *sigma_lon)) : Value();
            case 5:
                return real(sigma_h);
            case 6:
                return real(altitude);
            case 7:
                return altitude && separation ? Value(*altitude + *separation) : Value();
            default: {
                const std::string moment = moment_of(time, date);
                return moment.empty() ? Value() : Value(moment);
            }
        }
    }
};

class NmeaSource final : public Source {
  public:
    explicit NmeaSource(Input input) : input_(std::move(input)) {
        SourceLayer layer;
        layer.name = input_.path.stem().string();
        for (std::size_t i = 0; i < field_names.size(); ++i)
            layer.fields.push_back({field_names[i], i == 0 || i == 8 ? FieldType::Text : FieldType::Number});
        layer.geometry = GeometryType::Point;
        layer.crs = "EPSG:4326";
        layer.encoding = "ASCII";
        layers_.push_back(std::move(layer));
    }

    const std::vector<SourceLayer>& layers() const override { return layers_; }
    std::int64_t bytes_done() const override { return bytes_done_; }

    void read(std::size_t, const std::vector<std::string>& wanted,
              const std::function<void(SourceFeature&)>& take) override {
        places_.clear();
        for (const std::string& name : wanted) {
            const auto found = std::find(field_names.begin(), field_names.end(), name);
            places_.push_back(found == field_names.end() ? -1 : static_cast<int>(found - field_names.begin()));
        }
        take_ = &take;
        feature_ = {};
        feature_.values.resize(wanted.size());
        epoch_ = {};
        wrong_ = unsummed_ = without_fix_ = 0;
        bytes_done_ = 0;
        scan();
        emit();
        layers_[0].notes.clear();
        if (wrong_ > 0)
            layers_[0].notes.push_back(
                fmt::format("{} phrases NMEA à somme de contrôle fausse, laissées de côté", wrong_));
        if (unsummed_ > 0) layers_[0].notes.push_back(fmt::format("{} phrases NMEA sans somme de contrôle", unsummed_));
        if (without_fix_ > 0)
            layers_[0].notes.push_back(
                fmt::format("{} instants sans position (récepteur sans satellites)", without_fix_));
    }

  private:
    /// Sentences stand between whatever bytes a receiver writes beside them.
    void scan() {
        std::ifstream in(input_.path, std::ios::binary);
        std::string text;
        bool inside = false;
        for (int c = in.get(); c != std::ifstream::traits_type::eof(); c = in.get()) {
            ++bytes_done_;
            const bool ends = c == '\r' || c == '\n';
            if (inside && ends) hear(text);
            if (c == '$') {
                inside = true;
                text.clear();
            }
            if (ends || c < 0x20 || c > 0x7E || text.size() >= longest_sentence) inside = false;
            if (inside) text += static_cast<char>(c);
        }
        if (inside) hear(text);
    }

    void hear(const std::string& text) {
        const auto sentence = parse_sentence(text);
        if (!sentence) return;
        if (sentence->sum == Sentence::Sum::Wrong) {
            ++wrong_;
            return;
        }
        if (sentence->sum == Sentence::Sum::Absent) ++unsummed_;
        const auto& fields = sentence->fields;
        const auto at = [&](std::size_t i) { return i < fields.size() ? fields[i] : std::string(); };
        if (fields[0] == "GGA") {
            begin(at(1));
            epoch_.from_gga = true;
            set_position(at(4), at(5), at(2), at(3));
            epoch_.fix = quality_of(at(6));
            if (at(6) == "0") epoch_.lon.reset();
            epoch_.satellites = number(at(7));
            epoch_.hdop = number(at(8));
            epoch_.altitude = number(at(9));
            epoch_.separation = number(at(11));
        } else if (fields[0] == "RMC") {
            begin(at(1));
            epoch_.date = date_ = at(9);
            if (!epoch_.from_gga && at(2) == "A") set_position(at(5), at(6), at(3), at(4));
        } else if (fields[0] == "GST") {
            begin(at(1));
            epoch_.sigma_lat = number(at(6));
            epoch_.sigma_lon = number(at(7));
            epoch_.sigma_h = number(at(8));
        } else if (fields[0] == "GSA") {
            epoch_.pdop = number(at(15));
            if (!epoch_.hdop) epoch_.hdop = number(at(16));
        }
    }

    void set_position(const std::string& lon, const std::string& east, const std::string& lat,
                      const std::string& north) {
        epoch_.lon = degrees(lon, east);
        epoch_.lat = degrees(lat, north);
    }

    /// Another time of day: the moment before is complete.
    void begin(const std::string& time) {
        if (time == epoch_.time) return;
        emit();
        epoch_ = {};
        epoch_.time = time;
        epoch_.date = date_;
    }

    void emit() {
        if (epoch_.time.empty()) return;
        if (!epoch_.lon || !epoch_.lat) {
            ++without_fix_;
            return;
        }
        ++feature_.number;
        feature_.shape.clear();
        feature_.shape.kind = Shape::Kind::Point;
        feature_.shape.xy = {*epoch_.lon, *epoch_.lat};
        for (std::size_t i = 0; i < places_.size(); ++i)
            feature_.values[i] = places_[i] < 0 ? Value() : epoch_.value(static_cast<std::size_t>(places_[i]));
        (*take_)(feature_);
    }

    Input input_;
    std::vector<SourceLayer> layers_;
    std::vector<int> places_;
    const std::function<void(SourceFeature&)>* take_ = nullptr;
    SourceFeature feature_;
    Epoch epoch_;
    std::string date_;
    std::int64_t wrong_ = 0, unsummed_ = 0, without_fix_ = 0, bytes_done_ = 0;
};

}  // namespace

std::optional<Sentence> parse_sentence(std::string_view text) {
    if (!text.starts_with('$')) return std::nullopt;
    const std::size_t star = text.find('*');
    const std::string_view body = text.substr(1, star == std::string_view::npos ? star : star - 1);
    Sentence sentence;
    if (star != std::string_view::npos) {
        unsigned sum = 0;
        for (const char c : body) sum ^= static_cast<unsigned char>(c);
        unsigned said = 256;
        const std::string_view digits = text.substr(star + 1, 2);
        std::from_chars(digits.data(), digits.data() + digits.size(), said, 16);
        sentence.sum = said == sum ? Sentence::Sum::Right : Sentence::Sum::Wrong;
    }
    for (std::size_t start = 0; start <= body.size();) {
        const std::size_t comma = std::min(body.find(',', start), body.size());
        sentence.fields.emplace_back(body.substr(start, comma - start));
        start = comma + 1;
    }
    std::string& name = sentence.fields.front();
    if (name.size() != 5 || !std::all_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
        return std::nullopt;
    name.erase(0, 2);
    return sentence;
}

bool looks_like_nmea(std::string_view head) {
    int sentences = 0;
    for (std::size_t at = head.find('$'); at != std::string_view::npos; at = head.find('$', at + 1)) {
        const std::string_view line = head.substr(at, head.find_first_of("\r\n", at) - at);
        const auto sentence = line.size() > longest_sentence ? std::nullopt : parse_sentence(line);
        if (!sentence) continue;
        if (has_position(sentence->fields[0])) return true;
        if (++sentences >= 3) return true;
    }
    return false;
}

std::unique_ptr<Source> open_nmea_source(const Input& input) {
    return std::make_unique<NmeaSource>(input);
}

}  // namespace gis::read
