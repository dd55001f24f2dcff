// As golden_pg_test, on what real files hold: sheets of the cadastre, plans, zones of risk.

#include <cstdlib>
#include <filesystem>
#include <map>

#include "gis/read/read.hpp"
#include "server/import/version_loader.hpp"
#include "tests/tiles/golden_fixture.hpp"

namespace {

namespace fs = std::filesystem;

fs::path real_files() {
    const char* said = std::getenv("CARREAU_DATA");
    return said != nullptr ? fs::path(said) : fs::path(CARREAU_SOURCE_DIR) / "../shared/data";
}

class GoldenFiles : public test::GoldenTest {
  protected:
    static void SetUpTestSuite() {
        GoldenTest::SetUpTestSuite();
        declare_layers();
    }

    /// Publishes the files, and compares every layer they filled. Gives how many features were compared in each.
    std::map<std::string, std::size_t> compare_files(const std::vector<fs::path>& paths) {
        importing::VersionLoader loader(dsn(), {"real", "", ""});
        gis::read::Options options;
        options.threads = 2;
        gis::read::read(paths, options, loader);
        std::map<std::string, std::size_t> compared;
        for (const importing::LoadedTable& table : loader.publish()) compared[table.table] = 0;
        hold_catalog();
        for (const gis::Layer& layer : catalog().layers()) {
            const auto table = compared.find(layer.schema_name + "." + layer.table_name);
            if (table == compared.end() || !layer.has_geometry()) continue;
            const Total total = compare_in_full(layer);
            table->second = total.features;
            // Real outlines have slivers, which either repairs in its way.
            EXPECT_LE((total.moved + total.spikes) * 100, total.features + 200) << layer.name;
        }
        return compared;
    }
};

TEST_F(GoldenFiles, Cadastre) {
    if (!fs::exists(real_files())) GTEST_SKIP() << "no third-party files";
    std::vector<fs::path> sheets;
    for (const auto& entry : fs::directory_iterator(real_files() / "cadastre/edigeo/25354")) sheets.push_back(entry);
    auto edigeo = compare_files(sheets);
    EXPECT_GT(edigeo["cadastre.parcelle"], 500U);
    EXPECT_GT(edigeo["cadastre.batiment"], 100U);
    EXPECT_GT(compare_files({real_files() / "cadastre/etalab/cadastre-36174-parcelles.json"})["cadastre.parcelle"],
              500U);
}

TEST_F(GoldenFiles, PlansAndZonesOfRisk) {
    if (!fs::exists(real_files())) GTEST_SKIP() << "no third-party files";
    const fs::path folder = real_files() / "urbanisme_risques";
    EXPECT_GT(compare_files({folder / "cnig/30014_PLU_20171013"})["urba.zone_urba"], 100U);
    EXPECT_GT(compare_files({folder / "plui_248000747"})["urba.zone_urba"], 100U);
    EXPECT_GT(compare_files({folder / "ppr/38DDT20200002.zip"})["risque.zone_reglementaire"], 100U);
}

}  // namespace
