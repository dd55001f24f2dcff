#include <fmt/format.h>

#include <sstream>

#include "gis/error.hpp"
#include "server/command/administration.hpp"

namespace command {

namespace {

struct Add {
    std::string organisation, title, reference, contact, from, to;
    std::vector<std::string> lines;
};

/// "service=ADS communes=members rights=read,edit" as a line of rights.
Json read_line(const std::string& text) {
    Json line{{"service", nullptr}, {"layer", nullptr}, {"communes", "all"}, {"rights", Json::array()}};
    std::istringstream stream(text);
    for (std::string part; stream >> part;) {
        const std::size_t equals = part.find('=');
        const std::string key = part.substr(0, equals);
        if (equals == std::string::npos || !line.contains(key))
            throw gis::InvalidRequest("--line",
                                      fmt::format("« {} » : service=, layer=, communes= ou rights= attendu", part));
        const std::string value = part.substr(equals + 1);
        const bool is_list = key == "rights" || (key == "communes" && value != "all" && value != "members");
        if (is_list) {
            line[key] = CLI::detail::split(value, ',');
        } else {
            line[key] = value;
        }
    }
    return line;
}

std::string line_text(const Json& line) {
    return fmt::format("{} {} ; communes : {} ; droits : {}", line["service"].is_null() ? "couche" : "service",
                       words(line["service"].is_null() ? line["layer"] : line["service"]), words(line["communes"]),
                       words(line["rights"]));
}

void list_conventions(db::Connection& connection, std::optional<int> days, bool as_json) {
    std::vector<db::Parameter> parameters;
    if (days) parameters.emplace_back(std::to_string(*days));
    const Json conventions =
        admin::list(connection, admin::conventions(), days ? std::string(admin::ends_within) : "", parameters);
    if (as_json) {
        fmt::print("{}\n", conventions.dump(2));
        return;
    }
    fmt::print("{:>6} {:<50} {:<34} {}\n", "N°", "CONVENTION", "ORGANISATION", "VALIDITÉ");
    for (const Json& one : conventions) {
        fmt::print("{:>6} {:<50} {:<34} {}\n", one["id"].get<int>(), one["title"].get<std::string>(),
                   name_of_organisation(connection, one["organisation"].get<int>()), period_text(connection, one));
    }
}

void show_convention(db::Connection& connection, const std::string& id) {
    const Json one = admin::document_of(connection, admin::conventions(), id);
    fmt::print("{} : {}\n", one["id"].get<int>(), one["title"].get<std::string>());
    fmt::print("  organisation  {}\n", name_of_organisation(connection, one["organisation"].get<int>()));
    fmt::print("  référence     {}\n", words(one["reference"]));
    fmt::print("  contact       {}\n", words(one["contact"]));
    fmt::print("  validité      {}\n", period_text(connection, one));
    for (const Json& line : one["rights"]) fmt::print("  - {}\n", line_text(line));
}

void insert_convention(db::Connection& connection, const Add& add) {
    Json body{{"organisation", admin::find_organisation(connection, add.organisation)},
              {"title", add.title},
              {"rights", Json::array()}};
    set_member(body, "reference", add.reference);
    set_member(body, "contact", add.contact);
    set_member(body, "valid_from", add.from);
    set_member(body, "valid_to", add.to);
    for (const std::string& line : add.lines) body["rights"].push_back(read_line(line));
    const Json made = admin::create(connection, admin::conventions(), body, console());
    fmt::print("Convention {} : {} ({})\n", made["id"].get<int>(), add.title, period_text(connection, made));
}

void set_end(db::Connection& connection, const std::string& id, const std::string& to) {
    const Json patch{{"valid_to", to}};
    const Json changed = admin::change(connection, admin::conventions(), id, patch, console());
    fmt::print("Convention {} : {} ({})\n", id, changed["title"].get<std::string>(), period_text(connection, changed));
}

std::string now(db::Connection& connection) {
    return connection.query("select to_jsonb(now()) #>> '{}'").text(0, 0);
}

}  // namespace

void add_convention(CLI::App& app, int&) {
    auto* command =
        app.add_subcommand("convention", "Les conventions, d'où viennent les droits : list, show, add, renew, end");
    command->require_subcommand(1);
    command->fallthrough();
    auto database = std::make_shared<DatabaseOptions>();
    database->add_to(*command);
    auto id = std::make_shared<std::string>();
    auto to = std::make_shared<std::string>();

    auto* list = command->add_subcommand("list", "Liste les conventions");
    auto days = std::make_shared<std::optional<int>>();
    auto as_json = std::make_shared<bool>(false);
    list->add_option("--ends-within", *days, "Celles qui prennent fin dans ce nombre de jours")
        ->check(CLI::Range(0, 3660));
    list->add_flag("--json", *as_json, "En JSON");
    list->callback([=] { administer(*database, [&](db::Connection& c) { list_conventions(c, *days, *as_json); }); });

    auto* show = command->add_subcommand("show", "Montre une convention et ses droits");
    show->add_option("numéro", *id)->required();
    show->callback([=] { administer(*database, [&](db::Connection& c) { show_convention(c, *id); }); });

    auto* add = command->add_subcommand("add", "Ajoute une convention");
    auto options = std::make_shared<Add>();
    add->add_option("--organisation", options->organisation, "Nom ou numéro")->required();
    add->add_option("--title", options->title, "Titre")->required();
    add->add_option("--reference", options->reference, "Référence");
    add->add_option("--contact", options->contact, "À qui s'adresser");
    add->add_option("--from", options->from, "Premier jour [aujourd'hui, maintenant]");
    add->add_option("--to", options->to, "Dernier jour ; sans lui, sans fin");
    add->add_option("--line", options->lines,
                    "Droits, répétable : \"service=ADS communes=members rights=read,edit\" ; layer= au lieu de "
                    "service=, communes=all ou des codes INSEE")
        ->allow_extra_args(false)
        ->required();
    add->callback([=] { administer(*database, [&](db::Connection& c) { insert_convention(c, *options); }); });

    auto* renew = command->add_subcommand("renew", "Prolonge une convention");
    renew->add_option("numéro", *id)->required();
    renew->add_option("--to", *to, "Nouveau dernier jour")->required();
    renew->callback([=] { administer(*database, [&](db::Connection& c) { set_end(c, *id, *to); }); });

    auto* end = command->add_subcommand("end", "Met fin à une convention, maintenant");
    end->add_option("numéro", *id)->required();
    end->callback([=] { administer(*database, [&](db::Connection& c) { set_end(c, *id, now(c)); }); });
}

}  // namespace command
