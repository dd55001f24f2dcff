// From a GeoTIFF that is sent to tiles, values and WMTS, and who sees what of it.
#include <fmt/format.h>
#include <gdal.h>
#include <gdal_frmts.h>
#include <signal.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "server/db/layer_declaration.hpp"
#include "server/jobs/raster_files.hpp"
#include "tests/api/jobs_fixture.hpp"
#include "tests/raster/made_raster.hpp"
#include "tests/support/xml_schema.hpp"

namespace {

namespace fs = std::filesystem;
using test::json;

class Rasters : public test::JobsTest {
  protected:
    void SetUp() override {
        JobsTest::SetUp();
        make_person("edith", "read,edit");
        make_person("nobody", "");
        for (const char* layer : {"orthophoto", "modele_hauteur", "thermographie"}) wait_for_layer(layer);
    }

    static std::string bytes_of(const fs::path& path) {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    /// The job of a file that is deposited under that name.
    std::string start_with(const std::string& name, const std::string& bytes) { return start(deposit(name, bytes)); }
    int status_of(const std::string& target, const std::string& who) {
        return get(target, who.empty() ? "" : token_of(who)).status;
    }
    std::vector<std::string> names(const std::string& who) {
        std::vector<std::string> found;
        const json document = get_json("/rasters", who.empty() ? "" : token_of(who));
        for (const json& entry : document["rasters"]) found.push_back(entry["id"]);
        return found;
    }
    fs::path kept_files() { return uploads().store.folder() / jobs::rasters_folder; }

    static std::string tile_at(double longitude, double latitude, int z) {
        const auto range = tiles::tiles_covering({longitude, latitude, longitude, latitude}, z);
        return fmt::format("{}/{}/{}", z, range.min_x, range.min_y);
    }

    test::RasterFolder folder_;
};

/// Samples of a PNG: red, green, blue, opacity (255 where the image has none).
std::vector<std::uint8_t> pixels_of(std::string bytes) {
    GDALRegister_PNG();
    const char* name = "/vsimem/carreau-raster-answer";
    VSIFCloseL(VSIFileFromMemBuffer(name, reinterpret_cast<GByte*>(bytes.data()), bytes.size(), FALSE));
    const GDALDatasetH image = GDALOpen(name, GA_ReadOnly);
    EXPECT_NE(image, nullptr);
    if (image == nullptr) return {};
    const int width = GDALGetRasterXSize(image);
    const int height = GDALGetRasterYSize(image);
    std::vector<std::uint8_t> rgba(static_cast<std::size_t>(width * height * 4), 255);
    EXPECT_EQ(GDALDatasetRasterIO(image, GF_Read, 0, 0, width, height, rgba.data(), width, height, GDT_Byte,
                                  GDALGetRasterCount(image), nullptr, 4, 4 * width, 1),
              CE_None);
    GDALClose(image);
    VSIUnlink(name);
    return rgba;
}

test::MadeRaster heat() {
    test::MadeRaster made;
    made.width = made.height = 800;
    made.bands = 1;
    made.type = GDT_Float32;
    made.nodata = -9999;
    made.unit = "degC";
    made.taken_at = "2026:05:04 10:12:00";
    made.sample = [](int, int column, int row) { return column < 100 ? -9999.0 : 10 + column * 0.02 + row * 0.01; };
    return made;
}

// The middle of `heat`: 652200, 7059800 of Lambert-93 by GDAL (gdaltransform).
constexpr double heat_longitude = 2.3255109;
constexpr double heat_latitude = 50.6333347;

}  // namespace

TEST_F(Rasters, ThermographyGoesFromDepositToTilesValuesAndBack) {
    heat().write(folder_ / "vol7.tif");
    const std::string job = start_with("vol7.tif", bytes_of(folder_ / "vol7.tif"));
    const json read = wait_for(job, "draft");
    ASSERT_EQ(read["report"]["rasters"].size(), 1U);
    const json facts = read["report"]["rasters"][0];
    EXPECT_EQ(facts["genre"], "temperature");
    EXPECT_EQ(facts["unite"], "°C");
    EXPECT_EQ(facts["largeur"], 800);
    EXPECT_NEAR(facts["minimum"].get<double>(), 12, 1e-3);
    EXPECT_NEAR(facts["maximum"].get<double>(), 10 + 15.98 + 7.99, 1e-3);
    EXPECT_EQ(facts["date_fichier"], "2026-05-04");
    EXPECT_FALSE(facts.contains("fichier"));
    EXPECT_EQ(read["report"]["crs"].size(), 1U);

    // A draft is its owner's alone.
    const std::string tile = tile_at(heat_longitude, heat_latitude, 17);
    const std::string draft = job + "/rasters/vol7/" + tile + ".png";
    EXPECT_EQ(status_of(draft, "lea"), 200);
    EXPECT_EQ(status_of(draft, "max"), 404);
    EXPECT_EQ(status_of(draft, ""), 401);
    EXPECT_EQ(status_of(job + "/rasters/autre/" + tile + ".png", "lea"), 404);
    EXPECT_TRUE(names("lea").empty());

    ASSERT_EQ(act(job, "publish").status, 200);
    EXPECT_EQ(names("lea"), (std::vector<std::string>{"thermographie:vol7"}));
    EXPECT_TRUE(names("").empty());
    EXPECT_EQ(names("max"), names("lea")) << "published, it is everybody's who may read there";
    EXPECT_TRUE(names("nobody").empty());
    const std::string url = "/rasters/thermographie:vol7";
    for (const std::string& path : {url, url + "/value?lon=2.32&lat=50.63", url + "/legend", url + "/" + tile + ".png",
                                    url + "/" + tile + ".webp"}) {
        EXPECT_EQ(status_of(path, "lea"), 200) << path;
        EXPECT_EQ(status_of(path, ""), 404) << path;
        EXPECT_EQ(status_of(path, "nobody"), 404) << path;
    }
    EXPECT_EQ(status_of("/rasters/thermographie:autre", "lea"), 404);
    EXPECT_EQ(status_of("/rasters/vol7", "lea"), 404);
    EXPECT_EQ(status_of("/rasters/orthophoto:vol7", "lea"), 404);

    const json described = get_json(url, token_of("lea"));
    EXPECT_EQ(described["tilejson"], "3.0.0");
    EXPECT_EQ(described["kind"], "temperature");
    EXPECT_EQ(described["palette"], "thermique");
    EXPECT_LT(described["bounds"][0].get<double>(), heat_longitude);
    EXPECT_GT(described["bounds"][2].get<double>(), heat_longitude);

    const json value =
        get_json(fmt::format("{}/value?lon={}&lat={}", url, heat_longitude, heat_latitude), token_of("lea"));
    EXPECT_NEAR(value["value"].get<double>(), 22, 0.5);
    EXPECT_EQ(value["unit"], "°C");
    EXPECT_TRUE(get_json(url + "/value?lon=3&lat=50", token_of("lea"))["value"].is_null());

    // Colours are asked for: the least is black and the greatest white in greys.
    const auto grey = pixels_of(get(url + "/" + tile + ".png?palette=gris&min=0&max=44", token_of("lea")).body);
    ASSERT_EQ(grey.size(), 256U * 256 * 4);
    std::size_t opaque = 0;
    for (std::size_t i = 0; i < grey.size(); i += 4) {
        if (grey[i + 3] != 255) continue;
        ++opaque;
        ASSERT_EQ(grey[i], grey[i + 1]);
        ASSERT_GE(grey[i], 65);   // 12 of 44
        ASSERT_LE(grey[i], 200);  // 34 of 44
    }
    EXPECT_GT(opaque, 5'000U);
    EXPECT_EQ(pixels_of(get(url + "/" + tile + ".png?size=512", token_of("lea")).body).size(), 512U * 512 * 4);
    const json legend = get_json(url + "/legend?palette=gris&min=0&max=100", token_of("lea"));
    EXPECT_EQ(legend["stops"].size(), 11U);
    EXPECT_EQ(legend["stops"][0], json({{"value", 0.0}, {"color", "#000000"}}));
    EXPECT_EQ(legend["stops"][10], json({{"value", 100.0}, {"color", "#ffffff"}}));

    // A tile that stayed is not sent again; one beside the raster is clear.
    const RawAnswer first = get(url + "/" + tile + ".png", token_of("lea"));
    EXPECT_EQ(first.header("Content-Type"), "image/png");
    EXPECT_FALSE(first.header("ETag").empty());
    EXPECT_EQ(
        get(url + "/" + tile + ".png", token_of("lea") + "If-None-Match: " + first.header("ETag") + "\r\n").status,
        304);
    for (const std::uint8_t byte : pixels_of(get(url + "/17/0/0.png", token_of("lea")).body)) ASSERT_EQ(byte, 0);
    EXPECT_EQ(get(url + "/" + tile + ".webp", token_of("lea")).body.substr(8, 4), "WEBP");

    for (const char* wrong : {"?palette=rose", "?min=a", "?min=5&max=5", "?size=100", "?inconnu=1"})
        EXPECT_EQ(status_of(url + "/" + tile + ".png" + wrong, "lea"), 400) << wrong;
    EXPECT_EQ(status_of(url + "/30/0/0.png", "lea"), 404);
    EXPECT_EQ(status_of(url + "/value?lon=x&lat=1", "lea"), 400);
    EXPECT_EQ(status_of(url + "/value?lon=NaN&lat=1", "lea"), 400);

    ASSERT_EQ(act(job, "undo").status, 200);
    EXPECT_TRUE(names("lea").empty());
    EXPECT_EQ(status_of(url + "/" + tile + ".png", "lea"), 404) << "kept tiles are nobody's";
    EXPECT_EQ(status_of(draft, "lea"), 200);
    ASSERT_EQ(act(job, "publish").status, 200);
    EXPECT_EQ(status_of(url + "/" + tile + ".png", "lea"), 200);
}

TEST_F(Rasters, AnAerialPhotoMadePublicIsEverybodys) {
    test::MadeRaster made;
    made.sample = test::wavy;
    made.write(folder_ / "ortho.tif");
    const std::string job = start_with("ortho.tif", bytes_of(folder_ / "ortho.tif"));
    wait_for(job, "draft");
    ASSERT_EQ(act(job, "publish").status, 200);
    EXPECT_EQ(status_of("/rasters/orthophoto:ortho", ""), 404);
    db::set_layer(dsn(), "orthophoto", "public", "true");
    EXPECT_TRUE(test::eventually([&] { return status_of("/rasters/orthophoto:ortho", "") == 200; }, test::longest_job));
    const json described = get_json("/rasters/orthophoto:ortho");
    EXPECT_FALSE(described.contains("palette"));
    EXPECT_EQ(status_of("/rasters/orthophoto:ortho/legend", ""), 404);
    EXPECT_EQ(status_of("/rasters/orthophoto:ortho/value?lon=2&lat=50", ""), 404);
    // Its title is a field as others are.
    EXPECT_EQ(send("PATCH", "/collections/orthophoto/items/ortho", {{"properties", {{"titre", "Béthune <2025>"}}}},
                   token_of("edith") + "Content-Type: application/merge-patch+json\r\n")
                      .status /
                  100,
              2);

    const RawAnswer capabilities = get("/wmts?SERVICE=WMTS&REQUEST=GetCapabilities");
    ASSERT_EQ(capabilities.status, 200);
    EXPECT_NE(capabilities.body.find("<ows:Identifier>orthophoto:ortho</ows:Identifier>"), std::string::npos);
    EXPECT_EQ(capabilities.body.find("thermographie:"), std::string::npos) << "not everybody's";
    EXPECT_EQ(get("/wmts/1.0.0/WMTSCapabilities.xml").body, capabilities.body);
    const auto valid = test::validity("wmts", capabilities.body);
    EXPECT_EQ(valid.value_or(""), "");
    const std::string ask =
        "/wmts?service=WMTS&request=GetTile&version=1.0.0&layer=orthophoto:ortho&style=normal"
        "&format=image/png&tilematrixset=PM&tilematrix=17&tilerow=";
    const std::string tile = tile_at(heat_longitude, heat_latitude, 17);
    const auto column = tile.substr(3, tile.rfind('/') - 3);
    const auto row = tile.substr(tile.rfind('/') + 1);
    const RawAnswer by_service = get(ask + row + "&tilecol=" + column);
    ASSERT_EQ(by_service.status, 200) << by_service.body;
    EXPECT_EQ(by_service.body, get("/rasters/orthophoto:ortho/" + tile + ".png").body);
    EXPECT_EQ(get("/wmts?service=WMTS&request=GetTile").status, 400);
    EXPECT_NE(get("/wmts?service=WMTS&request=GetTile").body.find("MissingParameterValue"), std::string::npos);
    EXPECT_EQ(get("/wmts?service=WMTS&request=Rien").status, 501);
}

TEST_F(Rasters, WhatIsMadeOfADepositCountsInTheQuota) {
    heat().write(folder_ / "place.tif");
    const std::string bytes = bytes_of(folder_ / "place.tif");
    const auto kept = [this] {
        return std::stoll(
            scalar("select capture.kept_bytes(organisation_id) from org.organisation "
                   "where nom = 'Organisation de lea'"));
    };
    const auto allow = [this](long long quota) {
        run(fmt::format("update org.organisation set deposit_quota = {} where nom = 'Organisation de lea'", quota));
    };
    const long long before = kept();
    allow(before + static_cast<long long>(bytes.size()) + 100);  // the upload fits, its raster does not
    const std::string job = start_with("place.tif", bytes);
    const json refused = wait_for(job, "refused");
    EXPECT_NE(refused["reason"].get<std::string>().find("effacez d'anciens dépôts"), std::string::npos)
        << refused["reason"];
    EXPECT_EQ(kept(), before + static_cast<long long>(bytes.size()));
    allow(21474836480);
    EXPECT_EQ(act(job, "retry").status, 200);
    wait_for(job, "draft");
    EXPECT_GT(kept(), before + static_cast<long long>(bytes.size()));
}

TEST_F(Rasters, WhatCannotBeReadLeavesNothing) {
    test::MadeRaster made;
    made.placed = false;
    made.sample = test::wavy;
    made.write(folder_ / "nulle_part.tif");
    const json lost = wait_for(start_with("nulle_part.tif", bytes_of(folder_ / "nulle_part.tif")), "refused");
    EXPECT_NE(lost["reason"].get<std::string>().find("géoréférencée"), std::string::npos) << lost["reason"];

    heat().write(folder_ / "coupe.tif");
    std::string cut = bytes_of(folder_ / "coupe.tif");
    cut.resize(cut.size() / 2);
    const json broken = wait_for(start_with("coupe.tif", cut), "refused");
    EXPECT_NE(broken["reason"].get<std::string>().find("tronqué"), std::string::npos) << broken["reason"];

    // 2^31 pixels a side, by its directory.
    std::string bomb("II*\0\x08\0\0\0\x05\0", 10);
    for (const auto& entry : std::vector<std::pair<int, unsigned>>{
             {256, 0x7FFFFFFFU}, {257, 0x7FFFFFFFU}, {273, 8U}, {278, 1U}, {279, 8U}}) {
        for (const auto& [number, bytes] :
             {std::pair<unsigned, int>{static_cast<unsigned>(entry.first), 2}, {4U, 2}, {1U, 4}, {entry.second, 4}}) {
            for (int i = 0; i < bytes; ++i) bomb += static_cast<char>(number >> (8 * i) & 0xFFU);
        }
    }
    bomb.append(64, '\0');
    const json refused = wait_for(start_with("bomb.tif", bomb), "refused");
    EXPECT_NE(refused["reason"].get<std::string>().find("pixels"), std::string::npos) << refused["reason"];
    EXPECT_TRUE(!fs::exists(kept_files()) || fs::is_empty(kept_files()));
}
