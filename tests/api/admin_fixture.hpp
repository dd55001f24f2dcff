#pragma once

#include <fmt/format.h>

#include "tests/api/api_fixture.hpp"

namespace test {

/// An administrator "chef", and "lise", who has rights but not that one.
class AdminTest : public ApiTest {
  protected:
    void SetUp() override {
        ApiTest::SetUp();
        make_person("chef", "read,exact,edit,export,administer");
        make_person("lise", "read,edit");
        run("insert into org.commune (code_insee, nom, geom) select c, c, st_multi(st_makeenvelope(680000, 7040000, "
            "690000, 7050000, 2154)) from unnest(array['62119', '62178']) c on conflict do nothing");
    }

    RawAnswer ask(const std::string& method, const std::string& target, const json& body = json::object()) const {
        if (method == "GET") return get(target, token_of("chef"));
        return send(method, target, body, token_of("chef"));
    }
    /// The document of an answer with that status; the test fails when it is another.
    json expect(int status, const RawAnswer& answer) const {
        EXPECT_EQ(answer.status, status) << answer.body;
        return answer.body.empty() ? json() : json::parse(answer.body, nullptr, false);
    }
    json make(const std::string& kind, const json& body) const {
        return expect(201, ask("POST", "/admin/" + kind, body));
    }
    json change(const std::string& kind, const json& id, const json& patch) const {
        return expect(200, ask("PATCH", path_to(kind, id), patch));
    }
    void expect_refused(int status, const std::string& parameter, const RawAnswer& answer) const {
        const json problem = expect(status, answer);
        EXPECT_EQ(problem.value("parameter", ""), parameter) << answer.body;
    }
    json items(const std::string& kind, const std::string& query = "") const {
        return expect(200, ask("GET", "/admin/" + kind + query))["items"];
    }
    json item(const std::string& kind, const json& id) const {
        for (const json& one : items(kind)) {
            if (one[kind == "services" ? "code" : "id"] == id) return one;
        }
        return {};
    }
    static std::string path_to(const std::string& kind, const json& id) {
        return "/admin/" + kind + "/" + (id.is_string() ? id.get<std::string>() : id.dump());
    }
    /// The id of the organisation that make_person gave him.
    int organisation_of(const std::string& login) {
        return std::stoi(scalar("select organisation_id from org.person where login = '" + login + "'"));
    }
};

}  // namespace test
