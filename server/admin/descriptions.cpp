// What records say of layers.

#include "server/admin/records.hpp"

namespace admin {

namespace {

constexpr std::size_t longest_text = 10'000;
constexpr std::size_t most_keywords = 50;

db::Parameter read_long_text(const Json& body, const std::string& member) {
    return text_member(body, member, longest_text);
}

db::Parameter read_keywords(const Json& body, const std::string& member) {
    const Json& value = body.at(member);
    return array_text(value.is_null() ? std::vector<std::string>() : text_list(value, member, most_keywords));
}

}  // namespace

const Kind& descriptions() {
    using enum Column::Need;
    static const Kind kind{
        "layer",
        "catalogue.layer t",
        "name",
        "text",
        "json_build_object('name', name, 'title', title, 'description', description, 'licence', licence, "
        "'attribution', attribution, 'contact', contact, 'lineage', lineage, 'access_limits', access_limits, "
        "'keywords', to_jsonb(keywords))",
        "name",
        {{"title", "title", "{}", read_name, Optional},
         {"description", "description", "{}", read_long_text, Optional},
         {"licence", "licence", "{}", read_text, Optional},
         {"attribution", "attribution", "{}", read_text, Optional},
         {"contact", "contact", "{}", read_text, Optional},
         {"lineage", "lineage", "{}", read_long_text, Optional},
         {"access_limits", "access_limits", "{}", read_text, Optional},
         {"keywords", "keywords", "{}::text[]", read_keywords, Optional}},
        {},
        [](db::Connection&, const std::string&, const Json&) {}};
    return kind;
}

}  // namespace admin
