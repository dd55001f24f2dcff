// A database whose owner is no superuser and may create no role, as a hosting gives it: the policies bind him too, and
// what runs in his name works.
#include <fmt/format.h>
#include <unistd.h>

#include "server/db/layer_declaration.hpp"
#include "server/db/migrate.hpp"
#include "server/embedded/embedded.hpp"
#include "server/gate/caller_store.hpp"
#include "server/import/version_loader.hpp"
#include "tests/import/wkb.hpp"
#include "tests/support/postgres_test.hpp"

namespace {

class PlainOwner : public testing::Test {
  protected:
    void SetUp() override {
        const auto migrated = test::Database::migrated();  // the cluster's roles are made with the first one
        db::Connection cluster(test::maintenance_dsn());
        cluster.run_script(
            fmt::format("create role {0} login; grant carreau_reader, carreau_editor, carreau_gate, "
                        "carreau_admin to {0}; grant create on database {1} to {0}",
                        owner_, database_->name()));
        db::Connection preparing(database_->dsn());
        preparing.run_script(
            "create extension postgis; create extension btree_gist; "
            "alter function geometry_overlaps(geometry, geometry) leakproof");
        dsn_ = database_->dsn();
        dsn_.replace(dsn_.find("user=carreau"), 12, "user=" + owner_);
        std::vector<db::Migration> migrations;
        for (const embedded::TextFile& file : embedded::schema_files()) migrations.push_back({file.name, file.text});
        db::migrate(dsn_, migrations);
    }
    void TearDown() override {
        database_.reset();
        db::Connection(test::maintenance_dsn())
            .run_script(fmt::format("revoke carreau_reader, carreau_editor, carreau_gate, carreau_admin from {0}; drop "
                                    "role {0}",
                                    owner_));
    }

    std::string seen(const std::string& session, const std::string& sql) {
        db::Connection connection(dsn_);
        connection.run_script(
            fmt::format("begin; set local role carreau_reader; set local carreau.session = '{}'", session));
        const db::Result rows = connection.query(sql);
        return rows.rows() == 0 || rows.is_null(0, 0) ? "" : rows.text(0, 0);
    }

    std::unique_ptr<test::Database> database_ = test::Database::empty();
    std::string owner_ = fmt::format("plain_owner_{}", getpid());
    std::string dsn_;
};

TEST_F(PlainOwner, PoliciesCoarseCopiesImportsAndTheJournalWork) {
    db::Connection owner(dsn_);
    owner.run_script(
        "insert into org.commune (code_insee, nom, geom) values ('62001', 'c', st_multi(st_makeenvelope(680000, "
        "7040000, 683000, 7043000, 2154)))");
    for (const embedded::TextFile& file : embedded::layer_declarations()) db::declare_layer(dsn_, file.text);
    gis::RowBatch batch;
    batch.table = "archeo.entite";
    batch.columns = {"id", "libelle", "commune"};
    batch.rows.push_back(
        {{std::string("e"), std::string("villa"), std::string("62001")}, test::square_wkb(680'120, 7'040'120, 10)});
    importing::VersionLoader loader(dsn_, {});
    loader.write(batch);
    loader.publish();
    owner.run_script(
        "select access.set_public(layer_id, true) from catalogue.layer where name = 'archeo_entite'; "
        "insert into org.organisation (nom, genre) values ('o', 'partenaire'); "
        "insert into org.person (organisation_id, login, nom, valid_from) select organisation_id, 'agent', 'a', "
        "'-infinity' from org.organisation where nom = 'o'; "
        "insert into access.credential (person_id, kind, session_key) select person_id, 'token', 'agent' from "
        "org.person; "
        "insert into org.convention (organisation_id, titre, valid_from) select organisation_id, 'c', '-infinity' from "
        "org.organisation where nom = 'o'; "
        "insert into org.convention_right select max(convention_id), 1, null, (select layer_id from catalogue.layer "
        "where name = 'archeo_entite'), 'list', '{62001}', '{read,edit}' from org.convention");
    const std::string width =
        "select string_agg(round(st_xmax(geom) - st_xmin(geom))::text, ' ') from expose.archeo_entite";
    EXPECT_EQ(seen("anonymous", width), "1000");
    EXPECT_EQ(seen("agent", width), "50");
    EXPECT_EQ(seen("unknown", width), "");
    EXPECT_EQ(seen("anonymous", "select nom from expose.commune"), "c") << "a view, behind its barrier";

    owner.run_script("begin; set local role carreau_gate");
    const gate::CallerPtr caller = gate::load_caller(owner, "agent");
    ASSERT_TRUE(caller);
    owner.run_script("commit");
    EXPECT_EQ(seen("agent", width), "50") << "as remembered";

    owner.run_script("begin; set local role carreau_editor; set local carreau.session = 'agent'");
    EXPECT_EQ(owner.query("update archeo.entite set nature = 'x' where id = 'e' returning 1").rows(), 0)
        << "exact positions only";
    owner.run_script("rollback; begin; set local role carreau_gate; set local carreau.session = 'agent'");
    EXPECT_EQ(owner.query("select status from majic.look_up(array['62001000AB0001'], 'purpose', '')").text(0, 0),
              "hidden");
    EXPECT_EQ(owner.query("select audit.purge()").int64(0, 0), 0);
    owner.run_script("commit");
    EXPECT_EQ(owner.query("select count(*) from audit.entry").int64(0, 0), 1);
    EXPECT_EQ(owner.query("select count(*) from archeo.entite").int64(0, 0), 1) << "the owner sees his own rows";
}

}  // namespace
