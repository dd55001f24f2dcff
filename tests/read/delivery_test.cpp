// Deliveries of plans and easements whose tables no real file at hand has: stakes of a PPR, lines and points of
// easements.
#include "read_fixture.hpp"

using namespace gis::read;
using test::CollectingSink;

namespace {

class PlanDelivery : public testing::Test {
  protected:
    ReadReport read_features(const std::string& name, const std::string& geometry, const std::string& properties) {
        return read(
            test::write_file(folder_.path() / (name + ".geojson"),
                             R"({"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:2154"}},)"
                             R"("features":[{"type":"Feature","properties":{)" +
                                 properties + R"(},"geometry":)" + geometry + "}]}"),
            {}, sink_);
    }
    TempFolder folder_;
    CollectingSink sink_;
};

constexpr auto some_line = R"({"type":"LineString","coordinates":[[681000,7042000],[681010,7042000]]})";
constexpr auto some_point = R"({"type":"Point","coordinates":[681000,7042000]})";
constexpr auto some_square =
    R"({"type":"Polygon","coordinates":[[[681000,7042000],[681010,7042000],[681010,7042010],[681000,7042000]]]})";

}  // namespace

TEST_F(PlanDelivery, StakesOfAPlanInBothStandards) {
    read_features("pprn_62ddt20190001_enjeu_p", some_point,
                  R"("idenjeu":"E1","codeprocedure":"62DDT20190001","nomenjeu":"École Pasteur","codeenjeu":"0503",)"
                  R"("nomenclatureenjeu":"CNIG","dateenjeu":"2019-03-02","idrefexterne":"b1","refexterne":"BD TOPO")");
    ASSERT_EQ(sink_.count("risque.enjeu_p"), 1U);
    EXPECT_EQ(sink_.value("risque.enjeu_p", 0, "idenjeu"), "62DDT20190001-E1");
    EXPECT_EQ(sink_.value("risque.enjeu_p", 0, "nomenjeu"), "École Pasteur");
    EXPECT_EQ(sink_.value("risque.enjeu_p", 0, "dateenjeu"), "2019-03-02");
    EXPECT_EQ(sink_.value("risque.enjeu_p", 0, "refexterne"), "BD TOPO");
    read_features(
        "N_ENJEU_PPRN_20190001_S_062", some_square,
        R"("ID_MAP":7,"ID_GASPAR":"62DDT20190001","DESCRIPT":"Zone d'activités","CATEGORIE":"ECO","IDENTANNEE":2014)");
    ASSERT_EQ(sink_.count("risque.enjeu_s"), 1U);
    EXPECT_EQ(sink_.value("risque.enjeu_s", 0, "idenjeu"), "62DDT20190001-7");
    EXPECT_EQ(sink_.value("risque.enjeu_s", 0, "codeenjeu"), "ECO");
    EXPECT_EQ(sink_.value("risque.enjeu_s", 0, "dateenjeu"), "2014-01-01");
    // Without a plan it is nobody's.
    EXPECT_THROW(read_features("N_TRI_BETH_ENJEU_STEU_P_062", some_point, R"("ID_ENJEU":"1","NOM":"Station")"),
                 gis::InvalidRequest);
}

TEST_F(PlanDelivery, EasementsAsLinesAndPoints) {
    read_features("I4_ASSIETTE_SUP_L_062", some_line, R"("IDASS":"a1","NOMASS":"Ligne 90 kV","TYPEASS":"Ligne")");
    ASSERT_EQ(sink_.count("urba.sup_assiette_lin"), 1U);
    EXPECT_EQ(sink_.value("urba.sup_assiette_lin", 0, "id"), "i4_062:a1");
    EXPECT_EQ(sink_.value("urba.sup_assiette_lin", 0, "suptype"), "i4");
    read_features("ac1_assiette_sup_p", some_point, R"("IDASS":"a2","NOMASS":"Beffroi","SUPTYPE":"AC1")");
    ASSERT_EQ(sink_.count("urba.sup_assiette_pct"), 1U);
    EXPECT_EQ(sink_.value("urba.sup_assiette_pct", 0, "lot"), "ac1");
    EXPECT_EQ(sink_.value("urba.sup_assiette_pct", 0, "suptype"), "ac1");
}
