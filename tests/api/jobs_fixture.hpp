#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "server/api/upload_files.hpp"
#include "server/db/layer_declaration.hpp"
#include "server/embedded/embedded.hpp"
#include "server/jobs/runner.hpp"
#include "tests/api/api_fixture.hpp"

namespace test {

// Three leases pass before a job is given up.
inline constexpr auto longest_job = std::chrono::seconds(180);

/// Deposits and their jobs, read by a worker of its own; lea and max may deposit, reader may read.
class JobsTest : public ApiTest {
  protected:
    static void SetUpTestSuite() {
        ApiTest::SetUpTestSuite();
        for (const embedded::TextFile& file : embedded::layer_declarations()) {
            if (file.text.find("\"table\": \"terrain.") != std::string_view::npos) db::declare_layer(dsn(), file.text);
        }
        db::Connection connection(dsn());
        connection.run_script(
            "insert into org.commune (code_insee, nom, geom) values ('62119', 'Béthune', "
            "st_multi(st_transform(st_makeenvelope(2.55, 50.48, 2.75, 50.58, 4326), 2154)))");
    }
    void SetUp() override {
        ApiTest::SetUp();
        make_person("lea", "read,upload");
        make_person("max", "read,upload");
        make_person("reader", "read");
        wait_for_layer("leve_point");
        run_jobs(TEST_WORKER);
    }
    void TearDown() override {
        runner_.reset();
        ApiTest::TearDown();
    }
    void run_jobs(const std::string& program, std::uint64_t memory = std::uint64_t{1} << 30U) {
        runner_.reset();
        jobs::Runner::Options options;
        options.dsn = dsn();
        options.uploads = uploads().store.folder();
        options.workers = 2;
        options.program = program;
        options.memory = memory;
        options.codes = gis::read::parse_survey_codes("code;geometrie;titre\nBORD;ligne;Bordure\n");
        runner_ = std::make_unique<jobs::Runner>(options);
    }
    void stop_jobs() { runner_.reset(); }

    /// Id of a complete upload.
    std::string deposit(const std::string& name, const std::string& bytes, const std::string& who = "lea") {
        std::string encoded;
        const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (std::size_t i = 0; i < name.size(); i += 3) {
            std::uint32_t bits = 0;
            for (std::size_t j = 0; j < 3; ++j)
                bits = bits << 8U | (i + j < name.size() ? static_cast<unsigned char>(name[i + j]) : 0U);
            for (unsigned shift : {18U, 12U, 6U, 0U}) encoded += alphabet[bits >> shift & 63U];
        }
        encoded.resize(encoded.size() - (3 - name.size() % 3) % 3);
        RawClient client(port());
        client.send(
            fmt::format(
                "POST /uploads HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Length: {0}\r\nUpload-Metadata: "
                "filename {1}\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: {0}\r\n{2}\r\n",
                bytes.size(), encoded, token_of(who)) +
            bytes);
        const RawAnswer made = client.read_answer();
        EXPECT_EQ(made.status, 201) << made.body;
        return path_of(made.header("Location")).substr(9);
    }
    std::string start(const std::string& upload, const json& more = json::object(), const std::string& who = "lea") {
        json body = more;
        body["uploads"] = {upload};
        const RawAnswer made = send("POST", "/jobs", body, token_of(who));
        EXPECT_EQ(made.status, 201) << made.body;
        return path_of(made.header("Location"));
    }
    json look(const std::string& job, const std::string& who = "lea") { return get_json(job, token_of(who)); }
    /// The job once it is in that state.
    json wait_for(const std::string& job, const std::string& state, const std::string& who = "lea") {
        json seen;
        EXPECT_TRUE(eventually(
            [&] {
                seen = look(job, who);
                return seen["state"] == state;
            },
            longest_job))
            << seen.dump(1);
        return seen;
    }
    RawAnswer act(const std::string& job, const std::string& what, const json& body = json::object(),
                  const std::string& who = "lea") {
        return send("POST", job + "/" + what, body, token_of(who));
    }
    std::vector<std::string> ids_of(const std::string& target) {
        std::vector<std::string> found;
        const json document = get_json(target, token_of("lea"));
        for (const json& feature : document["features"]) found.push_back(feature["id"]);
        std::sort(found.begin(), found.end());
        return found;
    }
    std::unique_ptr<jobs::Runner> runner_;
};

}  // namespace test
