#pragma once

#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "server/api/handlers.hpp"
#include "server/api/page_cache.hpp"
#include "server/gate/gatekeeper.hpp"
#include "server/http/cors.hpp"
#include "server/http/server.hpp"
#include "tests/support/postgres_test.hpp"
#include "tests/support/raw_client.hpp"

namespace test {

using nlohmann::json;

/// The whole API on a free port of this process, over a database of its own with a few layers:
///   place   five rows made by hand, Lambert-93 points whose answers arithmetic gives (see api_fixture.cpp)
///   square  3,000 squares of 60 m on a grid of 100 m, ids 2, 4 .. 6000, kinds a, b, c in turn
///   note    no geometry
///   lieu_dit  the program's own versioned table, empty
class ApiTest : public PostgresTest {
  protected:
    ApiTest();
    ~ApiTest() override;
    static void SetUpTestSuite();
    void SetUp() override;
    void TearDown() override;

    std::uint16_t port() const;
    RawAnswer get(const std::string& target, const std::string& headers = "") const;
    /// The document of an answer that must be 200; throws, and so fails the test, when it is not.
    json get_json(const std::string& target, const std::string& headers = "") const;
    /// Ids of the features of an answer that must be 200, as text.
    std::vector<std::string> ids(const std::string& target) const;
    /// Path and query of a link that this server gave.
    static std::string path_of(const std::string& url);
    api::CountCache& counts();
    db::ConnectionPool& database_threads();
    gate::Gatekeeper& gatekeeper();
    live::TileEngine& tiles();
    api::PageCache& pages();
    api::UploadFiles& uploads();
    /// The answer kept ready for a GET with these header lines; null: the common way answers it.
    http::PreparedPtr ready(const std::string& target, const std::string& headers = "");
    /// Begins to make files of INSPIRE data sets.
    void prepare_files();
    /// Waits until the server knows the layer.
    void wait_for_layer(const std::string& name);

    /// What publishing a version does: rows of lieu_dit that no trigger saw are attached, one near (700050, 6600050),
    /// and one change is told for all. Then what taking it back does.
    void publish_version();
    void withdraw_version();
    /// Ends everybody's connections to the database but this one's.
    void end_connections();

    /// A person of an organisation of his own, whose convention gives `rights` ("read,edit"; "": none) over every layer
    /// everywhere. Made once.
    void make_person(const std::string& login, const std::string& rights);
    /// The header of a token of that person.
    static std::string token_of(const std::string& login);
    /// A request with a JSON body.
    RawAnswer send(const std::string& method, const std::string& target, const json& body,
                   const std::string& headers) const;

  private:
    struct Served;
    std::unique_ptr<Served> served_;
};

/// The href of the link of that relation (and type, when given); "" when there is none.
std::string link_of(const json& document, const std::string& rel, const std::string& type = "");

}  // namespace test
