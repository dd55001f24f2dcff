#include "tests/gate/gate_fixture.hpp"

#include <fmt/format.h>

#include "server/db/layer_declaration.hpp"
#include "server/embedded/embedded.hpp"

namespace test {

void GateTest::add_person(const std::string& name, const std::vector<Given>& lines) {
    run(fmt::format(
        "insert into org.organisation (nom, genre) values ('{0}', 'partenaire');"
        "insert into org.person (organisation_id, login, nom, valid_from) select max(organisation_id), "
        "'{0}', '{0}', now() - interval '1 day' from org.organisation;"
        "insert into access.credential (person_id, kind, session_key) select max(person_id), 'token', '{0}' "
        "from org.person;"
        "insert into org.convention (organisation_id, titre, valid_from) select max(organisation_id), '{0}', "
        "now() - interval '1 day' from org.organisation",
        name));
    int number = 0;
    for (const Given& line : lines) {
        const bool by_service = line.what.starts_with("service:");
        const bool by_list = line.communes != "all" && line.communes != "members";
        run(
            fmt::format("insert into org.convention_right select (select max(convention_id) from org.convention), {}, "
                        "{}, {}, '{}', {}, '{{{}}}'",
                        ++number, by_service ? "'" + line.what.substr(8) + "'" : "null",
                        by_service ? "null" : "(select layer_id from catalogue.layer where name = '" + line.what + "')",
                        by_list ? "list" : line.communes, by_list ? "'{" + line.communes + "}'" : "null", line.rights));
    }
}

void GateTest::add_surveyor(const std::string& name, const std::string& layer, const std::string& rights,
                            const std::string& box) {
    add_person(name, {});
    run(fmt::format(
        "insert into org.engagement (organisation_id, etude, rights, perimeter, valid_from, valid_to) select "
        "max(organisation_id), '{}', '{{{}}}', st_multi(st_makeenvelope({}, 2154)), now() - interval '1 "
        "day', now() + interval '1 day' from org.organisation; insert into org.engagement_layer select "
        "(select max(engagement_id) from org.engagement), layer_id from catalogue.layer where name = '{}'",
        name, rights, box, layer));
}

void GateTest::become(const std::string& role, const std::string& session) {
    run(fmt::format("begin; set local role carreau_{}; set local carreau.session = '{}'", role, session));
}

std::vector<std::string> GateTest::seen(const std::string& session, const std::string& sql) {
    become("reader", session);
    const auto rows = column(sql);
    done();
    return rows;
}

std::string GateTest::seen_one(const std::string& session, const std::string& sql) {
    const auto rows = seen(session, sql);
    return rows.empty() ? std::string() : rows.front();
}

std::string GateTest::refusal(const std::string& role, const std::string& session, const std::string& sql) {
    become(role, session);
    std::string state;
    try {
        run(sql);
    } catch (const db::SqlError& error) {
        state = error.state();
    }
    done();
    return state;
}

void declare_samples(const std::string& dsn) {
    for (const embedded::TextFile& file : embedded::layer_declarations()) db::declare_layer(dsn, file.text);
}

}  // namespace test
