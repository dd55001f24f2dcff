#include "tests/api/inspire_fixture.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "server/db/layer_declaration.hpp"
#include "tests/support/xml_schema.hpp"

namespace test {

namespace {

constexpr auto inspire_rows = R"(
insert into cadastre.section (id, commune, prefixe, code, geom)
    select '62119000A' || chr(64 + n), '62119', '000', 'A' || chr(64 + n),
        st_multi(st_makeenvelope(680000 + n * 1000, 7040000, 681000 + n * 1000, 7041000, 2154)) from generate_series(1, 3) n;
insert into cadastre.parcelle (id, commune, prefixe, section, numero, contenance, updated, geom)
    select '62119000A' || chr(64 + n % 3 + 1) || lpad(n::text, 4, '0'), '62119', '000', 'A' || chr(64 + n % 3 + 1), n::text,
        case when n % 10 > 0 then 100 end, case when n % 2 = 0 then '2024-02-29'::date end,
        st_multi(st_makeenvelope(680000 + n * 10, 7040000, 680010 + n * 10, 7040010, 2154)) from generate_series(1, 2000) n;
insert into urba.zone_urba (id, idurba, perimetre, libelle, typezone, datvalid, geom)
    select 'z' || n, '62119_PLU_20140310', '62119', 'UA', (array['U', 'A', '??'])[n],
        '2014-03-10', st_multi(st_makeenvelope(680000 + n * 100, 7040000, 680100 + n * 100, 7040100, 2154)) from generate_series(1, 3) n;
insert into urba.prescription_pct (id, idurba, perimetre, libelle, typepsc, geom)
    values ('1', '62119_PLU_20140310', '62119', 'Chapelle', '07', 'SRID=2154;MULTIPOINT(680150 7040050)'),
           ('2', 'ailleurs', '62119', 'D''un plan sans zones', '07', 'SRID=2154;MULTIPOINT(680150 7040050)');
insert into risque.perimetre (idperimetre, codeprocedure, libelle, etatprocedure, geom)
    values ('p', 'PPRI', 'Plan secret', 'APPROUVE', st_multi(st_makeenvelope(680000, 7040000, 681000, 7041000, 2154)));
insert into risque.zone_alea (idzonealea, codeprocedure, typealea, geom)
    values ('a', 'PPRI', '112', st_multi(st_makeenvelope(680000, 7040000, 680100, 7040100, 2154)));
insert into risque.zone_reglementaire (idzonereglementaire, codeprocedure, geom)
    values ('r', 'PPRI', st_multi(st_makeenvelope(680000, 7040000, 680100, 7040100, 2154)));
)";

}  // namespace

void Inspire::SetUpTestSuite() {
    // Of this process alone: a test takes files away.
    temporary_ = std::make_unique<gis::read::TempFolder>();
    setenv("TMPDIR", temporary_->path().c_str(), 1);
    WfsTest::SetUpTestSuite();
    db::Connection(dsn()).run_script(inspire_rows);
    for (const char* declaration :
         {R"({"table": "cadastre.section", "name": "section", "public": true, "licence": "Licence Ouverte 2.0"})",
          R"({"table": "cadastre.parcelle", "name": "parcelle", "public": true})",
          R"({"table": "urba.zone_urba", "name": "plu_zone"})",
          R"({"table": "urba.prescription_pct", "name": "plu_prescription_pct"})",
          R"({"table": "risque.perimetre", "name": "ppr_perimetre"})",
          R"({"table": "risque.zone_alea", "name": "ppr_zone_alea"})",
          R"({"table": "risque.zone_reglementaire", "name": "ppr_zone_reglementaire"})"})
        db::declare_layer(dsn(), declaration);
}

void Inspire::TearDownTestSuite() {
    WfsTest::TearDownTestSuite();
    unsetenv("TMPDIR");
    temporary_.reset();
}

void Inspire::SetUp() {
    WfsTest::SetUp();
    wait_for_layer("ppr_zone_reglementaire");
}

void Inspire::make_exporter_of(const std::string& login, const std::string& layers) {
    make_person(login, "read");
    const std::vector<db::Parameter> values{"Convention de " + login, layers};
    connection().query(
        "insert into org.convention_right (convention_id, line, layer_id, communes, rights) "
        "select convention_id, 1 + l.layer_id, l.layer_id, 'all', '{read,export}' from org.convention c, "
        "catalogue.layer l where c.titre = $1 and l.name = any (string_to_array($2, ' ')) on conflict do nothing",
        values);
}

RawAnswer Inspire::data_set(const std::string& code, int epsg, const std::string& more,
                            const std::string& headers) const {
    return wfs(fmt::format("version=2.0.0&request=GetFeature&storedquery_id=GetSpatialDataSet&"
                           "CRS=http://www.opengis.net/def/crs/EPSG/0/{}&DataSetIdCode={}{}",
                           epsg, code, more),
               headers);
}

std::string verdict(std::string_view kind, const RawAnswer& answer) {
    return answer.status == 200 ? validity(kind, answer.body).value_or("") : std::to_string(answer.status);
}

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
    return found;
}

bool holds(const RawAnswer& answer, std::string_view part) {
    return answer.body.find(part) != std::string::npos;
}

}  // namespace test
