#include "tests/api/api_fixture.hpp"

#include "server/api/bulk_shares.hpp"
#include "server/api/journal.hpp"
#include "server/api/prepared_files.hpp"
#include "server/api/problem.hpp"
#include "server/api/quick_tiles.hpp"
#include "server/api/raster_tiles.hpp"
#include "server/api/upload_files.hpp"
#include "server/db/layer_declaration.hpp"
#include "server/gate/gatekeeper.hpp"
#include "server/gate/sign_ins.hpp"
#include "server/gate/tile_use.hpp"
#include "server/gate/visible_catalog.hpp"
#include "server/live/tile_engine.hpp"

namespace test {

using namespace std::chrono_literals;

namespace {

// Lambert-93: the point 700000, 6600000 is 3° east, 46.5° north by definition; x = 700000 is the meridian 3°.
constexpr auto data_sql = R"(
create table donnees.place (id text primary key, name text, count integer, small smallint, ratio real,
    price double precision, active boolean, built date, seen timestamptz, code uuid, geom geometry(Point, 2154));
insert into donnees.place values
    ('p1', 'origine', 1, 1, 0.5, 1.25, true, '2020-01-01', '2020-01-01T00:00:00Z',
     '00000000-0000-0000-0000-000000000001', 'SRID=2154;POINT(700000 6600000)'),
    ('p2', 'nord', 2, 2, null, 2.5, false, '2021-06-15', '2021-06-15T12:00:00Z', null,
     'SRID=2154;POINT(700000 6700000)'),
    ('p3', 'est', 2, null, null, null, null, null, null, null, 'SRID=2154;POINT(800000 6600000)'),
    ('p4', '<script>alert("x")</script> & ''q''', 4, null, null, null, null, null, '2022-01-01T00:00:00Z', null,
     'SRID=2154;POINT(700000 6500000)'),
    ('p5', 'sans géométrie', 5, null, null, null, true, null, null, null, null);
create table donnees.square (id integer primary key, kind text, geom geometry(Polygon, 2154));
insert into donnees.square select 2 * n, substr('abc', n % 3 + 1, 1),
    st_makeenvelope(650000 + n % 60 * 100, 7000000 + n / 60 * 100, 650060 + n % 60 * 100, 7000060 + n / 60 * 100, 2154)
    from generate_series(1, 3000) n;
create index on donnees.square using gist (geom);
create table donnees.note (code integer primary key, said text);
insert into donnees.note values (1, 'un'), (2, 'deux');
)";

constexpr const char* declarations[] = {
    R"({"table": "donnees.place", "title": "Lieux <b>gras</b>", "description": "\"><img src=x>", "datetime_column": "seen",
        "label_field": "name", "theme": "essai", "attribution": "nous", "max_zoom": 18, "public": true})",
    R"({"table": "donnees.square", "title": "Carrés", "max_zoom": 18, "public": true})",
    R"({"table": "donnees.note", "public": true})",
    R"({"table": "cadastre.lieu_dit", "coverage_column": "commune", "public": true})"};

constexpr int offered_epsg[] = {4326, 3857, 2154, 3950, 4258};

std::vector<gis::Crs> offered() {
    std::vector<gis::Crs> crs{gis::crs84()};
    for (const int code : offered_epsg) crs.push_back(gis::crs_from_epsg(code).value());
    return crs;
}

db::ConnectionPool::Options pool_options(const std::string& dsn) {
    db::ConnectionPool::Options options;
    options.dsn = dsn;
    options.threads = 3;
    options.settings = {"statement_timeout=10s", "jit=off", "timezone=UTC", "datestyle=ISO", "extra_float_digits=1"};
    return options;
}

db::ConnectionPool::Options bulk_options(const std::string& dsn) {
    db::ConnectionPool::Options options = pool_options(dsn);
    options.max_waiting = 0;
    options.settings[0] = "statement_timeout=60s";
    return options;
}

}  // namespace

/// Where the uploads of one test go.
struct Folder {
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "carreau-uploads-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
};

struct ApiTest::Served {
    explicit Served(const std::string& dsn)
        : pool(pool_options(dsn)),
          bulk(bulk_options(dsn)),
          catalog(dsn, [](const std::string&) {}),
          tiles(dsn, catalog, {}, [](const std::string&) {}),
          prepared(catalog, gatekeeper, pool_options(dsn), {"FR.CARREAU", 50ms, 1ms, 1h}, [](const std::string&) {}),
          server(config(), api::make_routes(services), api::to_response) {
        server.start();
    }
    http::ServerConfig config() {
        http::ServerConfig config;
        config.quick = [this] { return api::QuickTiles::look_of_thread(services, ""); };
        return config;
    }

    db::ConnectionPool pool;
    db::ConnectionPool bulk;
    api::BulkShares bulk_shares{2};
    live::CatalogWatch catalog;
    api::PageTokens tokens{"a secret of the tests"};
    api::CountCache counts;
    api::StartIndexKeys start_index_keys;
    live::TileEngine tiles;
    api::PageCache pages{pool, std::size_t{64} << 20U};
    Folder folder;
    api::UploadFiles uploads{folder.path};
    api::RasterTiles rasters{{folder.path / "rasters"}};
    gate::Gatekeeper gatekeeper{pool, catalog, {}};
    gate::VisibleCatalogs visible;
    gate::TileUse tile_use;
    gate::SignIns sign_ins;
    http::StaticFiles portal;
    api::PreparedFiles prepared;
    api::FreshFiles fresh_files{pool};
    api::Journal journal{pool};
    api::Services services{catalog,
                           pool,
                           bulk,
                           bulk_shares,
                           gatekeeper,
                           visible,
                           tile_use,
                           sign_ins,
                           counts,
                           start_index_keys,
                           tiles,
                           pages,
                           uploads,
                           rasters,
                           prepared,
                           fresh_files,
                           journal,
                           tokens,
                           portal,
                           offered(),
                           "Service SIG",
                           "FR.CARREAU",
                           "0.0-test",
                           [] { return std::string(); },
                           [] { return false; }};
    api::QuickTiles quick_tiles{services, ""};
    http::Server server;
};

ApiTest::ApiTest() = default;
ApiTest::~ApiTest() = default;

void ApiTest::SetUpTestSuite() {
    PostgresTest::SetUpTestSuite();
    db::Connection connection(dsn());
    connection.run_script(data_sql);
    for (const char* declaration : declarations) db::declare_layer(dsn(), declaration);
}

void ApiTest::SetUp() {
    served_ = std::make_unique<Served>(dsn());
}

void ApiTest::TearDown() {
    served_.reset();
}

std::uint16_t ApiTest::port() const {
    return served_->server.port();
}

RawAnswer ApiTest::get(const std::string& target, const std::string& headers) const {
    return ::get(port(), target, headers);
}

json ApiTest::get_json(const std::string& target, const std::string& headers) const {
    const RawAnswer answer = get(target, headers);
    if (answer.status != 200)
        throw std::runtime_error(target + " -> " + std::to_string(answer.status) + " " + answer.body.substr(0, 500));
    return json::parse(answer.body);
}

std::vector<std::string> ApiTest::ids(const std::string& target) const {
    std::vector<std::string> found;
    const json document = get_json(target);
    for (const json& feature : document["features"])
        found.push_back(feature["id"].is_string() ? feature["id"].get<std::string>() : feature["id"].dump());
    return found;
}

std::string ApiTest::path_of(const std::string& url) {
    const auto authority = url.find("://");
    return authority == std::string::npos ? url : url.substr(std::min(url.find('/', authority + 3), url.size()));
}

api::CountCache& ApiTest::counts() {
    return served_->counts;
}

db::ConnectionPool& ApiTest::database_threads() {
    return served_->pool;
}

gate::Gatekeeper& ApiTest::gatekeeper() {
    return served_->gatekeeper;
}

http::PreparedPtr ApiTest::ready(const std::string& target, const std::string& headers) {
    const std::string head = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
    const auto request = http::read_quick(head);
    if (!request) throw std::runtime_error("not a plain GET: " + head);
    return served_->quick_tiles.look(*request, http::Preparer(http::CorsPolicy({"*"})));
}

api::UploadFiles& ApiTest::uploads() {
    return served_->uploads;
}

void ApiTest::publish_version() {
    run("begin; create table cadastre.lieu_dit_p77 (like cadastre.lieu_dit including all); "
        "insert into cadastre.lieu_dit_p77 (part_id, id, nom, commune, geom) select 77, 'l1', 'Les Prés', '62001', "
        "st_multi(st_makeenvelope(700000, 6600000, 700100, 6600100, 2154)); "
        "alter table cadastre.lieu_dit attach partition cadastre.lieu_dit_p77 for values in (77); "
        "select catalogue.tell_version_change(layer_id, null, null) from catalogue.layer where name = 'lieu_dit'; "
        "commit");
}

void ApiTest::withdraw_version() {
    run("begin; alter table cadastre.lieu_dit detach partition cadastre.lieu_dit_p77; "
        "drop table cadastre.lieu_dit_p77; "
        "select catalogue.tell_version_change(layer_id, null, null) from catalogue.layer where name = 'lieu_dit'; "
        "commit");
}

void ApiTest::end_connections() {
    run("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> "
        "pg_backend_pid() and backend_type = 'client backend'");
}

api::PageCache& ApiTest::pages() {
    return served_->pages;
}

live::TileEngine& ApiTest::tiles() {
    return served_->tiles;
}

void ApiTest::prepare_files() {
    served_->prepared.start();
}

void ApiTest::wait_for_layer(const std::string& name) {
    EXPECT_TRUE(eventually([&] { return served_->catalog.current().catalog->find(name) != nullptr; }));
}

void ApiTest::make_person(const std::string& login, const std::string& rights) {
    const std::vector<db::Parameter> values{login, "{" + rights + "}", "Organisation de " + login,
                                            "secret_of_" + login};
    connection().query(
        "with s as (insert into org.service (code, titre, every_layer) values ('TOUT', 'Tout', true) "
        "on conflict do nothing), "
        "o as (insert into org.organisation (nom, genre) select $3, 'partenaire' "
        "where not exists (select from org.person where login = $1) returning organisation_id), "
        "p as (insert into org.person (organisation_id, login, nom, valid_from) "
        "select organisation_id, $1, $1, '2020-01-01' from o returning person_id), "
        "c as (insert into org.convention (organisation_id, titre, valid_from) "
        "select organisation_id, 'Convention de ' || $1, '2020-01-01' from o returning convention_id), "
        "r as (insert into org.convention_right (convention_id, line, service, communes, rights) "
        "select convention_id, 1, 'TOUT', 'all', $2::text[] from c where $2 <> '{}') "
        "insert into access.credential (person_id, kind, titre, secret_sha256) "
        "select person_id, 'token', 'essai', encode(sha256(convert_to($4, 'UTF8')), 'hex') from p",
        values);
}

std::string ApiTest::token_of(const std::string& login) {
    return "Authorization: Bearer secret_of_" + login + "\r\n";
}

RawAnswer ApiTest::send(const std::string& method, const std::string& target, const json& body,
                        const std::string& headers) const {
    return ::request(port(), method, target, "Content-Type: application/json\r\n" + headers, body.dump());
}

std::string link_of(const json& document, const std::string& rel, const std::string& type) {
    for (const json& link : document["links"]) {
        if (link["rel"] == rel && (type.empty() || link["type"] == type)) return link["href"];
    }
    return "";
}

}  // namespace test
