// Photos: position, pose and camera from EXIF and XMP, what the picture shows of the ground, what is published of it.
#include <fmt/format.h>
#include <gdal.h>

#include <cmath>
#include <cstring>
#include <mutex>

#include "gis/read/footprint.hpp"
#include "gis/read/jpeg_segments.hpp"
#include "gis/read/photo_facts.hpp"
#include "tests/read/read_fixture.hpp"
#include "tests/support/jpeg_sample.hpp"

namespace {

namespace fs = std::filesystem;
using gis::read::Picture;
using gis::read::ReadReport;

struct PhotoReading {
    ReadReport report;
    test::CollectingSink sink;
    std::vector<Picture> pictures;
};

PhotoReading read_photos(const fs::path& path, int threads = 1) {
    PhotoReading reading;
    std::mutex mutex;
    gis::read::Options options;
    options.threads = threads;
    options.pictures = [&](Picture picture) {
        const std::lock_guard lock(mutex);
        reading.pictures.push_back(std::move(picture));
    };
    reading.report = gis::read::read(path, options, reading.sink);
    return reading;
}

std::string published(const std::string& original, const Picture& picture) {
    std::string bytes = gis::read::published_head(picture.orientation);
    for (const auto& span : picture.kept) bytes += original.substr(span.offset, span.length);
    return bytes;
}

std::string content_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The pixels GDAL decodes of a JPEG, three bands side by side; nothing when it cannot.
std::string pixels_of(const std::string& bytes, const gis::read::TempFolder& folder) {
    test::make_jpeg();  // registers the driver
    const fs::path path = test::write_file(folder.path() / "decode.jpg", bytes);
    GDALDatasetH dataset = GDALOpen(path.c_str(), GA_ReadOnly);
    if (dataset == nullptr) return "";
    const int width = GDALGetRasterXSize(dataset), height = GDALGetRasterYSize(dataset);
    std::string pixels(static_cast<std::size_t>(width * height * 3), '\0');
    int bands[] = {1, 2, 3};
    const CPLErr failure = GDALDatasetRasterIO(dataset, GF_Read, 0, 0, width, height, pixels.data(), width, height,
                                               GDT_Byte, 3, bands, 3, 3 * width, 1);
    GDALClose(dataset);
    return failure == CE_None ? pixels : "";
}

double number(const PhotoReading& reading, const std::string& column, const std::string& table = "terrain.photo") {
    return std::stod(reading.sink.value(table, 0, column));
}

const std::string& reason_of(const PhotoReading& reading) {
    static const std::string none = "no problem";
    for (const auto& problem : reading.report.problems) {
        if (problem.kind == gis::read::Problem::Kind::Refused) return problem.reason;
    }
    return none;
}

/// Longitude and latitude of the points of a little-endian WKB in Lambert-93 are not at hand here: metres are.
std::vector<double> coordinates(const std::string& wkb, std::size_t header) {
    std::vector<double> values((wkb.size() - header) / 8);
    std::memcpy(values.data(), wkb.data() + header, values.size() * 8);
    return values;
}

}  // namespace

TEST(Photo, ADronesPhotoBecomesAPointAndItsFootprint) {
    const gis::read::TempFolder folder;
    test::JpegSample sample;
    sample.drone = test::straight_down();
    sample.focal_35mm = 24;
    const fs::path path = test::write_file(folder.path() / "DJI_0001.JPG", test::make_jpeg(sample));
    const PhotoReading reading = read_photos(path);
    ASSERT_EQ(reading.sink.count("terrain.photo"), 1U);
    const auto value = [&](const char* column) { return reading.sink.value("terrain.photo", 0, column); };
    EXPECT_EQ(value("nom"), "DJI_0001.JPG");
    EXPECT_EQ(value("pris_le"), "2026-05-04T10:11:12");
    EXPECT_EQ(value("marque"), "Carreau");
    EXPECT_EQ(value("modele"), "Essai 1");
    EXPECT_EQ(value("systeme_altitude"), "niveau de la mer, selon le drone");
    EXPECT_EQ(value("largeur_px"), "64");
    EXPECT_EQ(value("hauteur_px"), "48");
    EXPECT_EQ(value("radiometrique"), "false");
    EXPECT_NEAR(number(reading, "altitude"), 61.2, 1e-9);
    EXPECT_NEAR(number(reading, "hauteur_sol"), 40, 1e-9);
    EXPECT_NEAR(number(reading, "lacet_camera"), 90, 1e-9);
    EXPECT_NEAR(number(reading, "tangage_camera"), -90, 1e-9);
    EXPECT_NEAR(number(reading, "lacet_appareil"), 88, 1e-9);
    EXPECT_NEAR(number(reading, "focale_mm"), 8.8, 1e-9);
    EXPECT_EQ(value("id"), value("empreinte").substr(0, 32));
    // 40 m above the ground, a diagonal of 80 pixels is 43.27 mm of film: a pixel is 40 / (24 * 80 / 43.2666) m.
    const double pixel = 40 / (24 * 80 / 43.2666);
    ASSERT_EQ(reading.sink.count("terrain.photo_emprise"), 1U);
    EXPECT_NEAR(number(reading, "resolution_cm", "terrain.photo_emprise"), 100 * pixel, 1e-6);
    EXPECT_EQ(reading.sink.value("terrain.photo_emprise", 0, "id"), value("id"));
    // The top looks east: what is 64 pixels wide lies north to south, 48 pixels west to east, around the point.
    const std::vector<double> at = coordinates(reading.sink.rows.at("terrain.photo")[0].wkb, 5);
    const std::vector<double> corners = coordinates(reading.sink.rows.at("terrain.photo_emprise")[0].wkb, 13);
    ASSERT_EQ(corners.size(), 10U);
    const auto extreme = [&](std::size_t axis, auto better) {
        double best = corners[axis];
        for (std::size_t i = axis; i < 10; i += 2) best = better(best, corners[i]);
        return best;
    };
    const auto least = [](double a, double b) { return std::min(a, b); };
    const auto most = [](double a, double b) { return std::max(a, b); };
    // Lambert-93 lengthens by some 5e-4 here and turns by 0.27 degrees from true north.
    EXPECT_NEAR(extreme(0, most) - extreme(0, least), 48 * pixel, 0.4);
    EXPECT_NEAR(extreme(1, most) - extreme(1, least), 64 * pixel, 0.4);
    EXPECT_NEAR((extreme(0, most) + extreme(0, least)) / 2, at[0], 0.01);
    EXPECT_NEAR((extreme(1, most) + extreme(1, least)) / 2, at[1], 0.01);
}

TEST(Photo, ThreadsKeepTheirPhotosApart) {
    const gis::read::TempFolder folder;
    constexpr std::size_t count = 200;
    test::JpegSample sample;
    for (std::size_t i = 0; i < count; ++i) {
        sample.serial = "essai" + std::to_string(i);  // makes each photo another
        test::write_file(folder.path() / (std::to_string(i) + ".jpg"), test::make_jpeg(sample));
    }
    const PhotoReading reading = read_photos(folder.path(), 4);
    EXPECT_EQ(reading.sink.count("terrain.photo"), count);
    EXPECT_EQ(reading.report.refused(), 0);
    EXPECT_EQ(reading.pictures.size(), count);
}

TEST(Photo, NothingPrivateIsPublished) {
    const gis::read::TempFolder folder;
    test::JpegSample sample;
    sample.drone = test::straight_down();
    sample.orientation = 6;
    const std::string original = test::make_jpeg(sample);
    const PhotoReading reading = read_photos(test::write_file(folder.path() / "a.jpg", original));
    ASSERT_EQ(reading.pictures.size(), 1U);
    const Picture& picture = reading.pictures[0];
    const std::string bytes = published(original, picture);
    for (const std::string& text : {bytes, picture.thumbnail}) {
        EXPECT_EQ(text.find(sample.serial), std::string::npos);
        EXPECT_EQ(text.find("Owner"), std::string::npos);
        EXPECT_EQ(text.find("http://ns.adobe.com"), std::string::npos);
        EXPECT_EQ(text.find("Photoshop"), std::string::npos);
    }
    for (const auto& [table, rows] : reading.sink.rows) {
        for (const gis::Row& row : rows) {
            for (const gis::Value& value : row.values) {
                const auto* text = std::get_if<std::string>(&value);
                EXPECT_TRUE(text == nullptr || text->find(sample.serial) == std::string::npos) << table;
            }
        }
    }
    EXPECT_EQ(picture.thumbnail.find("Exif"), std::string::npos);
    EXPECT_EQ(pixels_of(bytes, folder), pixels_of(original, folder)) << "the image itself is not touched";
    EXPECT_EQ(picture.size, original.size());
    EXPECT_EQ(picture.sha256, gis::read::sha256_of(folder.path() / "a.jpg"));
    // The orientation stays, alone.
    const fs::path path = test::write_file(folder.path() / "published.jpg", bytes);
    GDALDatasetH dataset = GDALOpen(path.c_str(), GA_ReadOnly);
    ASSERT_NE(dataset, nullptr);
    EXPECT_STREQ(GDALGetMetadataItem(dataset, "EXIF_Orientation", ""), "6");
    EXPECT_EQ(GDALGetMetadataItem(dataset, "EXIF_Make", ""), nullptr);
    GDALClose(dataset);
}

TEST(Photo, ThumbnailsStandUpright) {
    // Where the red quarter is seen: 1 upper left, 2 mirrored, 3 half turn, 6 a quarter clockwise, 8 a quarter back.
    const gis::read::TempFolder folder;
    struct Case {
        int orientation;
        bool right, below, turned;
    };
    for (const Case& c : {Case{1, false, false, false}, Case{2, true, false, false}, Case{3, true, true, false},
                          Case{4, false, true, false}, Case{5, false, false, true}, Case{6, true, false, true},
                          Case{7, true, true, true}, Case{8, false, true, true}}) {
        SCOPED_TRACE(c.orientation);
        test::JpegSample sample;
        sample.orientation = c.orientation;
        const PhotoReading reading = read_photos(test::write_file(folder.path() / "a.jpg", test::make_jpeg(sample)));
        ASSERT_EQ(reading.pictures.size(), 1U);
        const gis::read::JpegSegments size = gis::read::look_at_segments(reading.pictures[0].thumbnail);
        ASSERT_EQ(size.width, c.turned ? 48U : 64U);
        ASSERT_EQ(size.height, c.turned ? 64U : 48U);
        const std::string pixels = pixels_of(reading.pictures[0].thumbnail, folder);
        const auto red_at = [&](std::size_t x, std::size_t y) {
            return static_cast<unsigned char>(pixels.at(3 * (y * size.width + x))) > 128;
        };
        for (const bool right : {false, true}) {
            for (const bool below : {false, true}) {
                EXPECT_EQ(red_at(size.width * (right ? 3 : 1) / 4, size.height * (below ? 3 : 1) / 4),
                          right == c.right && below == c.below)
                    << right << below;
            }
        }
    }
}

TEST(Photo, WithoutPositionItIsReportedWithARemedy) {
    const gis::read::TempFolder folder;
    test::JpegSample sample;
    sample.has_position = false;
    test::write_file(folder.path() / "a.jpg", test::make_jpeg(sample));
    test::write_file(folder.path() / "b.jpg", test::make_jpeg());
    const PhotoReading reading = read_photos(folder.path());
    EXPECT_EQ(reading.sink.count("terrain.photo"), 1U);
    EXPECT_EQ(reading.report.tables.at("terrain.photo").refused, 1);
    EXPECT_EQ(
        reason_of(reading),
        "photo sans position ; activez la localisation de l'appareil, ou créez le point à la main dans le portail");
    EXPECT_EQ(reading.pictures.size(), 1U);
    EXPECT_TRUE(reading.report.refused_files.empty());
}

TEST(Photo, WithoutPoseThereIsNoFootprintAndTheReportSaysWhy) {
    const gis::read::TempFolder folder;
    const PhotoReading reading = read_photos(test::write_file(folder.path() / "a.jpg", test::make_jpeg()));
    EXPECT_EQ(reading.sink.count("terrain.photo"), 1U);
    EXPECT_EQ(reading.sink.count("terrain.photo_emprise"), 0U);
    EXPECT_EQ(reading.sink.value("terrain.photo", 0, "systeme_altitude"), "niveau de la mer, selon l'appareil");
    EXPECT_NEAR(number(reading, "altitude"), 61.5, 1e-9);
    bool said = false;
    for (const auto& problem : reading.report.problems)
        said = said || problem.reason == "pas d'emprise au sol : la direction de la prise de vue n'est pas dite";
    EXPECT_TRUE(said);
}

TEST(Photo, TheSamePhotoTwiceIsOne) {
    const gis::read::TempFolder folder;
    test::write_file(folder.path() / "a.jpg", test::make_jpeg());
    test::write_file(folder.path() / "b.jpg", test::make_jpeg());
    const PhotoReading reading = read_photos(folder.path());
    EXPECT_EQ(reading.sink.count("terrain.photo"), 1U);
    EXPECT_TRUE(reason_of(reading).ends_with("est déjà dans cet import ; gardez-en un seul")) << reason_of(reading);
}

TEST(Photo, WhereNobodyKeepsPicturesPhotosAreLeftAside) {
    const gis::read::TempFolder folder;
    const fs::path path = test::write_file(folder.path() / "a.jpg", test::make_jpeg());
    EXPECT_EQ(test::refusal_of(path),
              "a.jpg: une photo JPEG, un nuage de points se déposent (carreau upload, page Déposer)");
}

TEST(Photo, HostileFilesAreRefusedWithAReason) {
    const gis::read::TempFolder folder;
    const std::string whole = test::make_jpeg();
    const std::size_t image = whole.rfind("a preview of");
    std::string endless = "\xFF\xD8";
    for (int i = 0; i < 20'000; ++i) endless += test::jpeg_segment(0xE1, "x");
    std::string huge = whole;
    const std::size_t frame = huge.find("\xFF\xC0");
    ASSERT_NE(frame, std::string::npos);
    for (std::size_t i = 0; i < 4; ++i) huge[frame + 5 + i] = static_cast<char>(i % 2 == 0 ? 0xFF : 0xDC);
    // The directory of EXIF points to itself.
    std::string loop = whole;
    const std::size_t exif = loop.find("Exif");
    loop.replace(exif + 10, 4, std::string("\0\0\0\x08", 4));
    const std::size_t entries = static_cast<unsigned char>(loop[exif + 15]);
    loop.replace(exif + 16 + 12 * entries, 4, std::string("\0\0\0\x08", 4));
    using namespace std::string_literals;
    const struct {
        const char* name;
        std::string bytes, reason;
    } cases[] = {
        {"half.jpg", whole.substr(0, image - 20), "photo tronquée : la fin de l'image manque ; déposez-la de nouveau"},
        {"head.jpg", whole.substr(0, 30), "photo tronquée : la fin de l'image manque ; déposez-la de nouveau"},
        {"endless.jpg", endless, "photo faite de trop de segments ; ce n'est pas celle d'un appareil"},
        {"huge.jpg", huge, "photo de 65500 × 65500 pixels ; 200 millions de pixels au plus"},
        {"zero.jpg", "\xFF\xD8\xFF\xE1\0\0"s, "photo abîmée : un segment n'a pas de longueur ; déposez-la de nouveau"},
        {"empty.jpg", "\xFF\xD8\xFF\xD9"s, "photo sans image"},
        {"noise.jpg", "\xFF\xD8\xFF\xE0\0\x04xxnoise"s,
         "photo abîmée : ses segments ne se suivent pas ; déposez-la de nouveau"}};
    for (const auto& c : cases) {
        SCOPED_TRACE(c.name);
        const PhotoReading reading = read_photos(test::write_file(folder.path() / c.name, c.bytes));
        EXPECT_EQ(reading.sink.rows.size(), 0U);
        EXPECT_EQ(reading.pictures.size(), 0U);
        EXPECT_EQ(reason_of(reading), c.reason);
    }
    EXPECT_EQ(read_photos(test::write_file(folder.path() / "loop.jpg", loop)).report.problems.empty(), false);
}

TEST(JpegSegments, EveryCutIsATruncatedPhotoAndNothingElse) {
    const std::string whole = test::make_jpeg();
    const std::size_t end = whole.rfind("a preview of");
    for (std::size_t size = 2; size < end; ++size) {
        const gis::read::JpegSegments cut = gis::read::look_at_segments(std::string_view(whole).substr(0, size));
        ASSERT_FALSE(cut.defect.empty()) << size;
    }
    const gis::read::JpegSegments found = gis::read::look_at_segments(whole);
    EXPECT_EQ(found.defect, "");
    EXPECT_EQ(found.width, 64U);
    EXPECT_EQ(found.height, 48U);
    ASSERT_FALSE(found.kept.empty());
    EXPECT_EQ(found.kept.back().offset + found.kept.back().length, end) << "what follows the image is left out";
}

TEST(Footprint, AnObliqueViewReachesFurtherAwayThanNear) {
    // 100 m up, 45 degrees down to the north, 90 degrees of view each way would reach the horizon: here 40 degrees.
    const double half = 20 * std::acos(-1) / 180;
    const gis::read::PinholeCamera camera{500 / std::tan(half), 1000, 1000};
    const auto footprint = gis::read::footprint_of({2.5, 50, 100, 0, -45, 0}, camera);
    ASSERT_TRUE(footprint);
    constexpr double metres_per_degree = 111'229;  // of latitude, at 50 degrees north
    // Rays at 25 and 65 degrees below the horizon: 100 / tan.
    EXPECT_NEAR((footprint->corners[1] - 50) * metres_per_degree, 100 / std::tan(25 * std::acos(-1) / 180), 0.2);
    EXPECT_NEAR((footprint->corners[5] - 50) * metres_per_degree, 100 / std::tan(65 * std::acos(-1) / 180), 0.2);
    EXPECT_LT(footprint->corners[0], 2.5) << "upper left is in the west";
    EXPECT_GT(footprint->corners[2], 2.5);
    EXPECT_FALSE(gis::read::footprint_of({2.5, 50, 100, 0, -20, 0}, camera)) << "up to the horizon";
    EXPECT_FALSE(gis::read::footprint_of({2.5, 50, 0, 0, -90, 0}, camera)) << "on the ground";
}

TEST(PhotoFacts, SayNothingThatMakesNoSense) {
    const auto facts = gis::read::photo_facts({{"EXIF_GPSLatitude", "(1e400) (0) (0)"},
                                               {"EXIF_GPSLatitudeRef", "N"},
                                               {"EXIF_GPSLongitude", "(200) (0) (0)"},
                                               {"EXIF_GPSLongitudeRef", "E"},
                                               {"EXIF_DateTimeOriginal", "2026:02:30 10:00:00"},
                                               {"EXIF_Orientation", "99"},
                                               {"EXIF_FocalLength", "(0)"},
                                               {"EXIF_Make",
                                                "A\x01\xFF"
                                                "B"}},
                                              "<x:xmpmeta><broken");
    EXPECT_FALSE(facts.latitude || facts.longitude || facts.altitude || facts.focal_mm);
    EXPECT_EQ(facts.taken, "");
    EXPECT_EQ(facts.orientation, 1);
    EXPECT_EQ(facts.make, "AB");
    EXPECT_FALSE(facts.no_position.empty());
    const auto on_zero = gis::read::photo_facts({}, R"(<x:xmpmeta xmlns:x="x"><rdf:RDF xmlns:rdf="r"><rdf:Description>
        <drone-dji:GpsLatitude>0</drone-dji:GpsLatitude><drone-dji:GpsLongtitude>0</drone-dji:GpsLongtitude></rdf:Description></rdf:RDF></x:xmpmeta>)");
    EXPECT_TRUE(on_zero.no_position.starts_with("photo prise sans satellites")) << on_zero.no_position;
}

TEST(PhotoFacts, SatellitesTellTheTime) {
    const auto facts = gis::read::photo_facts({{"EXIF_GPSDateStamp", "2008:10:23"},
                                               {"EXIF_GPSTimeStamp", "(14) (27) (7.24)"},
                                               {"EXIF_DateTimeOriginal", "2008:10:22 16:28:39"}},
                                              "");
    EXPECT_EQ(facts.taken, "2008-10-23T14:27:07Z");
    EXPECT_TRUE(facts.taken_by_satellites);
}

/// Real files: what exiftool and gdalinfo say of them.
TEST(RealPhotos, AreReadAsOthersReadThem) {
    SKIP_WITHOUT_DATA();
    const gis::read::TempFolder folder;
    const auto facts_of = [&](const std::string& name) {
        const PhotoReading reading = read_photos(test::copy_of("drone/" + name, folder));
        return reading.report.problems.empty() ? std::string("read") : reading.report.problems.front().reason;
    };
    // Taken elsewhere: outside of what Lambert-93 is for.
    EXPECT_TRUE(
        facts_of("dji/DJI_0027.JPG").starts_with("coordonnées hors de la zone de EPSG:2154 (premier sommet -91.99"));
    EXPECT_TRUE(facts_of("thermal/DJI_0002_R.JPG").starts_with("photo sans position"));
    EXPECT_TRUE(facts_of("thermal/FLIR_T640.jpg").starts_with("photo sans position"));
    EXPECT_TRUE(
        facts_of("exif/DSCN0010.jpg").starts_with("coordonnées hors de la zone de EPSG:2154 (premier sommet 11.885"));
}

TEST(RealPhotos, MovedIntoTheTerritoryGiveWhatTheirDroneSays) {
    SKIP_WITHOUT_DATA();
    const gis::read::TempFolder folder;
    std::string bytes = content_of(test::copy_of("drone/dji/DJI_0027.JPG", folder));
    // 46 50 33.3794 N, 91 59 38.698 W in rationals; W becomes E and 91 becomes 2: the photo lies in France.
    const std::string reference{"\0\x03\0\x02\0\0\0\x02W", 9};
    const std::size_t west = bytes.find(reference);
    ASSERT_NE(west, std::string::npos);
    bytes[west + 8] = 'E';
    const std::string degrees{"\0\0\0\x5B\0\0\0\x01", 8};
    const std::size_t at = bytes.find(degrees);
    ASSERT_NE(at, std::string::npos);
    bytes[at + 3] = 2;
    const fs::path path = test::write_file(folder.path() / "moved.JPG", bytes);
    const PhotoReading reading = read_photos(path);
    ASSERT_EQ(reading.sink.count("terrain.photo"), 1U) << reason_of(reading);
    const auto value = [&](const char* column) { return reading.sink.value("terrain.photo", 0, column); };
    EXPECT_EQ(value("marque"), "DJI");
    EXPECT_EQ(value("modele"), "FC300S");
    EXPECT_EQ(value("pris_le"), "2016-06-23T16:33:04");
    EXPECT_EQ(value("largeur_px"), "4000");
    EXPECT_NEAR(number(reading, "altitude"), 198.51, 1e-9);
    EXPECT_NEAR(number(reading, "hauteur_sol"), 40, 1e-9);
    EXPECT_NEAR(number(reading, "lacet_camera"), -131.3, 1e-9);
    EXPECT_NEAR(number(reading, "tangage_camera"), -89.9, 1e-9);
    EXPECT_NEAR(number(reading, "focale_35mm"), 20, 1e-9);
    ASSERT_EQ(reading.sink.count("terrain.photo_emprise"), 1U);
    // 20 mm of 43.27 mm for a diagonal of 4589 pixels, 40 m up.
    EXPECT_NEAR(number(reading, "resolution_cm", "terrain.photo_emprise"),
                4000 / (20 * std::hypot(4000, 2250) / 43.2666), 0.01);
    ASSERT_EQ(reading.pictures.size(), 1U);
    const std::string shown = published(bytes, reading.pictures[0]);
    EXPECT_EQ(pixels_of(shown, folder), pixels_of(bytes, folder));
    EXPECT_EQ(shown.find("DJI"), std::string::npos);
    const gis::read::JpegSegments thumbnail = gis::read::look_at_segments(reading.pictures[0].thumbnail);
    EXPECT_EQ(thumbnail.width, 320U);
    EXPECT_EQ(thumbnail.height, 180U);
}

TEST(RealPhotos, OfThermalCamerasAreKnownAsSuch) {
    SKIP_WITHOUT_DATA();
    const gis::read::TempFolder folder;
    for (const char* name : {"drone/thermal/DJI_0002_R.JPG", "drone/thermal/FLIR_T640.jpg"}) {
        const std::string bytes = content_of(test::copy_of(name, folder));
        const gis::read::JpegSegments segments = gis::read::look_at_segments(bytes);
        EXPECT_EQ(segments.defect, "") << name;
        EXPECT_EQ(segments.width, 640U) << name;
    }
    // Two bytes for each pixel, beside the picture itself.
    const std::string raw = content_of(test::data_folder() / "drone/thermal/DJI_0002_R.JPG");
    EXPECT_GE(gis::read::look_at_segments(raw).maker_bytes, 640U * 512U * 2U);
}
