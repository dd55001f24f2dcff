#include "tests/support/jpeg_sample.hpp"

#include <cpl_vsi.h>
#include <fmt/format.h>
#include <gdal.h>
#include <gdal_frmts.h>

#include <cmath>
#include <vector>

namespace test {

namespace {

constexpr int width = 64, height = 48;

std::string bare_jpeg() {
    GDALRegister_MEM();
    GDALRegister_JPEG();
    std::vector<unsigned char> pixels;
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const bool red = x < width / 2 && y < height / 2;
            pixels.insert(pixels.end(),
                          {static_cast<unsigned char>(red ? 255 : 0), 0, static_cast<unsigned char>(red ? 0 : 255)});
        }
    }
    GDALDatasetH memory = GDALCreate(GDALGetDriverByName("MEM"), "", width, height, 3, GDT_Byte, nullptr);
    int bands[] = {1, 2, 3};
    (void)!GDALDatasetRasterIO(memory, GF_Write, 0, 0, width, height, pixels.data(), width, height, GDT_Byte, 3, bands,
                               3, 3 * width, 1);
    GDALClose(
        GDALCreateCopy(GDALGetDriverByName("JPEG"), "/vsimem/sample.jpg", memory, FALSE, nullptr, nullptr, nullptr));
    GDALClose(memory);
    vsi_l_offset size = 0;
    const GByte* made = VSIGetMemFileBuffer("/vsimem/sample.jpg", &size, FALSE);
    std::string bytes(reinterpret_cast<const char*>(made), static_cast<std::size_t>(size));
    VSIUnlink("/vsimem/sample.jpg");
    return bytes;
}

/// Directories of TIFF, big endian.
class TiffDirectory {
  public:
    void text(unsigned tag, std::string value) {
        value += '\0';
        add(tag, 2, value.size(), value);
    }
    void number(unsigned tag, unsigned value) { add(tag, 3, 1, two(value)); }
    void pointer(unsigned tag, std::size_t value) { add(tag, 4, 1, four(value)); }
    void rationals(unsigned tag, const std::vector<double>& values) {
        std::string bytes;
        for (const double value : values)
            bytes += four(static_cast<std::size_t>(std::lround(value * 10'000))) + four(10'000);
        add(tag, 5, values.size(), bytes);
    }
    /// As it is written from `offset` of the file on.
    std::string written(std::size_t offset) const {
        std::string entries = two(static_cast<unsigned>(entries_.size()));
        std::string more;
        const std::size_t more_at = offset + size_of_entries();
        for (const Entry& entry : entries_) {
            entries += two(entry.tag) + two(entry.type) + four(entry.count);
            if (entry.bytes.size() <= 4) {
                entries += (entry.bytes + std::string(4, '\0')).substr(0, 4);
                continue;
            }
            entries += four(more_at + more.size());
            more += entry.bytes;
        }
        return entries + four(0) + more;
    }
    std::size_t size() const { return written(0).size(); }

  private:
    struct Entry {
        unsigned tag, type;
        std::size_t count;
        std::string bytes;
    };
    void add(unsigned tag, unsigned type, std::size_t count, std::string bytes) {
        entries_.push_back({tag, type, count, std::move(bytes)});
    }
    std::size_t size_of_entries() const { return 2 + 12 * entries_.size() + 4; }
    static std::string two(unsigned value) { return {static_cast<char>(value >> 8U), static_cast<char>(value & 255U)}; }
    static std::string four(std::size_t value) {
        return two(static_cast<unsigned>(value >> 16U)) + two(static_cast<unsigned>(value & 65535U));
    }
    std::vector<Entry> entries_;
};

std::vector<double> sexagesimal(double degrees) {
    const double d = std::floor(std::abs(degrees)), m = std::floor((std::abs(degrees) - d) * 60);
    return {d, m, ((std::abs(degrees) - d) * 60 - m) * 60};
}

std::string exif_of(const JpegSample& sample) {
    using namespace std::string_literals;
    TiffDirectory camera, place, main;
    camera.text(0x9003, sample.taken);
    camera.rationals(0x920A, {8.8});
    if (sample.focal_35mm > 0) camera.number(0xA405, static_cast<unsigned>(sample.focal_35mm));
    camera.text(0xA431, sample.serial);
    place.text(1, sample.latitude < 0 ? "S" : "N");
    place.rationals(2, sexagesimal(sample.latitude));
    place.text(3, sample.longitude < 0 ? "W" : "E");
    place.rationals(4, sexagesimal(sample.longitude));
    place.rationals(6, {61.5});
    const auto fill = [&](TiffDirectory& directory, std::size_t camera_at, std::size_t place_at) {
        directory.text(0x010F, "Carreau");
        directory.text(0x0110, "Essai 1");
        directory.number(0x0112, static_cast<unsigned>(sample.orientation));
        directory.text(0x013B, "Owner " + sample.serial);
        directory.pointer(0x8769, camera_at);
        if (sample.has_position) directory.pointer(0x8825, place_at);
    };
    TiffDirectory sized;
    fill(sized, 0, 0);
    const std::size_t camera_at = 8 + sized.size(), place_at = camera_at + camera.size();
    fill(main, camera_at, place_at);
    return "Exif\0\0MM\0\x2A\0\0\0\x08"s + main.written(8) + camera.written(camera_at) + place.written(place_at);
}

}  // namespace

std::string jpeg_segment(unsigned char marker, const std::string& content) {
    const std::size_t length = content.size() + 2;
    return std::string{static_cast<char>(0xFF), static_cast<char>(marker), static_cast<char>(length >> 8U),
                       static_cast<char>(length & 255U)} +
           content;
}

std::string straight_down() {
    return R"(drone-dji:RelativeAltitude="+40.00" drone-dji:AbsoluteAltitude="+61.20" drone-dji:GimbalYawDegree="+90.00" )"
           R"(drone-dji:GimbalPitchDegree="-90.00" drone-dji:GimbalRollDegree="+0.00" drone-dji:FlightYawDegree="+88.00" )"
           R"(drone-dji:FlightPitchDegree="-1.50" drone-dji:FlightRollDegree="+0.30")";
}

std::string make_jpeg(const JpegSample& sample) {
    using namespace std::string_literals;
    static const std::string bare = bare_jpeg();
    std::string bytes = bare.substr(0, 2) + jpeg_segment(0xE1, exif_of(sample));
    if (!sample.drone.empty()) {
        bytes += jpeg_segment(
            0xE1,
            "http://ns.adobe.com/xap/1.0/\0"s +
                fmt::format(
                    R"(<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">)"
                    R"(<rdf:Description xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/" drone-dji:DroneSerialNumber="{}" )"
                    R"(drone-dji:HomeLatitude="50.1" {}/></rdf:RDF></x:xmpmeta>)",
                    sample.serial, sample.drone));
    }
    bytes += jpeg_segment(0xED, "Photoshop 3.0\0"s + sample.serial) + jpeg_segment(0xFE, sample.serial + sample.note);
    return bytes + bare.substr(2) + "a preview of " + sample.serial;
}

}  // namespace test
