#include "server/command/as_public.hpp"

#include <fmt/format.h>

#include "gis/error.hpp"

namespace command {

void begin_as_public(db::Connection& connection, const std::vector<const gis::Layer*>& layers) {
    connection.run_script("begin isolation level repeatable read read only; set local carreau.session = 'anonymous'");
    for (const gis::Layer* layer : layers) {
        const std::vector<db::Parameter> parameters{std::to_string(layer->id)};
        const db::Result result = connection.query(
            "select exists (select from access.lines($1::integer) l where access.gives(l.rights, l.public, 'export'))",
            parameters);
        if (!result.boolean(0, 0))
            throw gis::NotAllowed(
                fmt::format("la couche « {} » n'est pas ouverte à tous (carreau layer list)", layer->name));
    }
    connection.run_script("set local role carreau_reader");
}

}  // namespace command
