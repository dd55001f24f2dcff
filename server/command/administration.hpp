#pragma once

#include <functional>
#include <string>

#include "server/admin/records.hpp"
#include "server/command/commands.hpp"

// What the commands of people, organisations and agreements share.

namespace command {

using admin::Json;

/// Whoever has the machine.
inline admin::Actor console() {
    return {0, "console", ""};
}

/// Runs `work` in one transaction of the database's owner. Throws gis::Conflict when the schema is not the program's.
void administer(const DatabaseOptions& options, const std::function<void(db::Connection&)>& work);

/// `value` as the member `name`, unless it is empty.
void set_member(Json& body, const char* name, const std::string& value);

/// A moment of a document as the day it falls on; as an end, the last day included. "" for null.
std::string first_day(db::Connection& connection, const Json& moment);
std::string last_day(db::Connection& connection, const Json& moment);

/// "du 2026-01-01 au 2026-12-31" of a document with valid_from and valid_to.
std::string period_text(db::Connection& connection, const Json& document);

/// "a, b" of an array of texts; a text is itself, null is "-".
std::string words(const Json& value);

/// The name of an organisation. Throws gis::NotFound.
std::string name_of_organisation(db::Connection& connection, int id);

}  // namespace command
