#pragma once

#include <string>
#include <vector>

#include "tests/support/postgres_test.hpp"

namespace test {

/// A line of a convention, in words: "archeo_entite" or "service:ADS"; "all", "members" or "62001,62002"; "read,edit".
struct Given {
    std::string what;
    std::string communes;
    std::string rights;
};

/// People with conventions, and transactions in their name.
class GateTest : public PostgresTest {
  protected:
    /// A person of an organisation of his own, whose session has his name, with one convention since yesterday.
    void add_person(const std::string& name, const std::vector<Given>& lines);
    /// A bureau d'études for one layer inside a box in Lambert-93.
    void add_surveyor(const std::string& name, const std::string& layer, const std::string& rights,
                      const std::string& box);
    void publish(const std::string& layer) {
        run("select access.set_public(layer_id, true) from catalogue.layer where name = '" + layer + "'");
    }

    /// A transaction of a role ("reader") and a session, until `done`.
    void become(const std::string& role, const std::string& session);
    /// Ends it; nothing of it stays.
    void done() { run("rollback"); }
    /// The first column, read in someone's name.
    std::vector<std::string> seen(const std::string& session, const std::string& sql);
    std::string seen_one(const std::string& session, const std::string& sql);
    /// "" when it passes, else the SQLSTATE. Nothing stays.
    std::string refusal(const std::string& role, const std::string& session, const std::string& sql);
};

/// Declares all layers of data-samples.
void declare_samples(const std::string& dsn);

}  // namespace test
