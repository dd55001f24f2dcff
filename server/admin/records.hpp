#pragma once

#include <span>
#include <string>
#include <vector>

#include "server/admin/members.hpp"
#include "server/db/connection.hpp"

// Organisations, people, services, conventions and engagements: each kind is declared once (one file each) and kept by
// the functions below, from the API and from the command line alike. They run inside the caller's transaction.

namespace admin {

/// Who changes something, for the journal and so that he does not shut himself out.
struct Actor {
    int person_id = 0;  ///< 0: whoever has the machine, by the command line
    std::string login;
    std::string request_id;
};

/// A member of the document that is one column of the table.
struct Column {
    const char* member;
    const char* column;
    const char* sql;  ///< around the parameter: "{}::int"
    db::Parameter (*read)(const Json& body, const std::string& member);
    enum class Need { Always, Optional } need = Need::Optional;
};

struct Kind {
    const char* noun;   ///< in the journal and in errors: "convention"
    const char* table;  ///< with its alias t: "org.convention t"
    const char* key;
    const char* key_type;  ///< "int" or "text"
    const char* document;  ///< SQL of the JSON document of a row of t
    const char* order;
    std::vector<Column> columns;
    std::vector<std::string> children;  ///< members kept in other tables, or not as a column
    /// Writes them, when the body has them, and checks what concerns the whole; the row is there already.
    void (*finish)(db::Connection& connection, const std::string& key, const Json& body);

    /// All that may be set.
    std::vector<std::string> members() const;
};

const Kind& organisations();
/// Its member "password" holds a hash of auth::PasswordHasher, or null; setting it ends the person's portal sessions.
const Kind& people();
/// Its key is the code, which is set once.
const Kind& services();
const Kind& conventions();
const Kind& engagements();
/// Layers, as records describe them; none is made here.
const Kind& descriptions();

/// The documents of the rows for which `condition` (on the alias t, true when empty) holds.
Json list(db::Connection& connection, const Kind& kind, const std::string& condition = "",
          std::span<const db::Parameter> parameters = {});

/// Condition for conventions that hold now and end within so many days, the one parameter.
inline constexpr std::string_view ends_within =
    "t.valid_from <= now() and t.valid_to > now() and t.valid_to <= now() + make_interval(days => $1::int)";

/// Throws gis::NotFound.
Json document_of(db::Connection& connection, const Kind& kind, const std::string& key);

/// Makes one and gives its document. Throws gis::InvalidRequest and gis::Conflict naming the member.
Json create(db::Connection& connection, const Kind& kind, const Json& body, const Actor& actor);

/// Changes the members that the patch has (RFC 7396: null takes away), and gives the document. Throws gis::NotFound
/// too, and gis::Conflict when the actor would no longer administer.
Json change(db::Connection& connection, const Kind& kind, const std::string& key, const Json& patch,
            const Actor& actor);

/// The id of a person by login. Throws gis::NotFound.
int find_person(db::Connection& connection, const std::string& login);

/// The id of an organisation by its name or its number. Throws gis::NotFound, gis::InvalidRequest when several have the
/// name.
int find_organisation(db::Connection& connection, const std::string& name_or_id);

// Readers of columns.
db::Parameter read_name(const Json& body, const std::string& member);      ///< must not be empty
db::Parameter read_text(const Json& body, const std::string& member);      ///< empty for null
db::Parameter read_optional(const Json& body, const std::string& member);  ///< NULL for null or empty
db::Parameter read_id(const Json& body, const std::string& member);
db::Parameter read_begin(const Json& body, const std::string& member);  ///< null: always
db::Parameter read_end(const Json& body, const std::string& member);    ///< null: never

/// The layers' ids by their names, as the text of an int[] parameter. Throws gis::InvalidRequest naming `where`.
std::string layer_ids(db::Connection& connection, const std::vector<std::string>& names, const std::string& where);

}  // namespace admin
