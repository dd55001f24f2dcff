#include "gis/write/inspire/template_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>

#include "gis/text/ascii.hpp"
#include "gis/write/inspire/flat_walk.hpp"
#include "gis/write/xml_text.hpp"

namespace gis::inspire {

namespace {

[[noreturn]] void refuse(std::string_view where, std::string_view why) {
    throw std::runtime_error(fmt::format("theme file: {}: {}", where, why));
}

template <typename Name>
std::size_t index_in(std::vector<Name>& names, const Name& name) {
    const auto found = std::ranges::find(names, name);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    names.push_back(name);
    return names.size() - 1;
}

class Reader {
  public:
    Reader(Theme& theme, Mapping& mapping) : theme_(theme), mapping_(mapping) {}

    void read(const pugi::xml_node& objects) {
        for (const pugi::xml_node& lookup : objects.children("c:lookup")) {
            mapping_.lookups.push_back({lookup.attribute("name").value(),
                                        lookup.attribute("table").value(),
                                        lookup.attribute("key").value(),
                                        index_in(mapping_.columns, std::string(lookup.attribute("column").value())),
                                        {}});
        }
        const pugi::xml_node element = objects.find_child([](const pugi::xml_node& node) {
            return node.type() == pugi::node_element && !std::string_view(node.name()).starts_with("c:");
        });
        if (!element) refuse(mapping_.name, "no element");
        mapping_.feature_type = element.name();
        const std::string_view id = element.attribute("gml:id").value();
        if (id.empty()) refuse(mapping_.name, "no gml:id");
        add_text(mapping_.id, id);
        mapping_.body.conditions = conditions_of(objects);
        add_element(mapping_.body, element);
        find_flat_columns(element);
    }

  private:
    /// `name`, `name[from,size]`, `'literal'`, `@fact`, `lookup.column`; then `:form`.
    Term term_of(std::string_view text) {
        Term term;
        text = trimmed(text);
        if (text.starts_with('\'')) {
            const auto end = text.find('\'', 1);
            if (end == std::string_view::npos) refuse(text, "the literal does not end");
            term.source = Term::Source::Literal;
            term.literal = text.substr(1, end - 1);
            text.remove_prefix(end + 1);
            if (!text.empty()) refuse(text, "nothing is expected after a literal");
            return term;
        }
        if (const auto colon = text.find(':'); colon != std::string_view::npos) {
            read_form(term, trimmed(text.substr(colon + 1)));
            text = trimmed(text.substr(0, colon));
        }
        if (const auto bracket = text.find('['); bracket != std::string_view::npos) {
            read_range(term, text.substr(bracket));
            text = trimmed(text.substr(0, bracket));
        }
        if (text.empty()) refuse(mapping_.name, "an empty placeholder");
        if (text.front() == '@') {
            term.source = Term::Source::Fact;
            term.fact = fact_of(text.substr(1));
        } else if (const auto dot = text.find('.'); dot != std::string_view::npos) {
            term.source = Term::Source::Lookup;
            const auto found = std::ranges::find(mapping_.lookups, text.substr(0, dot), &Lookup::name);
            if (found == mapping_.lookups.end()) refuse(text, "no such lookup");
            term.lookup = static_cast<std::size_t>(found - mapping_.lookups.begin());
            // The range belongs to the column: what is looked up comes cut already.
            term.column =
                index_in(found->columns, LookupColumn{std::string(text.substr(dot + 1)), term.from, term.size});
            term.from = 0;
            term.size = std::string::npos;
        } else {
            term.column = index_in(mapping_.columns, std::string(text));
        }
        return term;
    }

    static Term::Fact fact_of(std::string_view name) {
        using Fact = Term::Fact;
        if (name == "id") return Fact::Id;
        if (name == "part") return Fact::Part;
        if (name == "namespace") return Fact::Namespace;
        if (name == "vintage") return Fact::Vintage;
        if (name == "changed") return Fact::Changed;
        if (name == "layer") return Fact::Layer;
        if (name == "table") return Fact::Table;
        if (name == "title") return Fact::Title;
        refuse(name, "no such fact");
    }

    void read_form(Term& term, std::string_view form) {
        if (form == "integer") {
            term.form = Term::Form::Integer;
        } else if (form == "number") {
            term.form = Term::Form::Number;
        } else if (form == "date") {
            term.form = Term::Form::Date;
        } else if (form == "datetime") {
            term.form = Term::Form::DateTime;
        } else if (form == "name") {
            term.form = Term::Form::Name;
        } else if (form.starts_with("ref(") && form.ends_with(')')) {
            const auto found = std::ranges::find(theme_.mappings, form.substr(4, form.size() - 5), &Mapping::name);
            if (found == theme_.mappings.end()) refuse(form, "no objects of that name");
            term.form = Term::Form::Reference;
            term.target = static_cast<std::size_t>(found - theme_.mappings.begin());
            found->referenced = true;
        } else {
            const auto found = std::ranges::find(theme_.lists, form, &CodeList::name);
            if (found == theme_.lists.end()) refuse(form, "no such code list");
            term.form = Term::Form::Code;
            term.list = static_cast<std::size_t>(found - theme_.lists.begin());
        }
    }

    static void read_range(Term& term, std::string_view text) {
        const char* const end = text.data() + text.size();
        const auto from = std::from_chars(text.data() + 1, end, term.from);
        if (from.ec != std::errc{} || from.ptr == end || *from.ptr != ',') refuse(text, "[from,size] expected");
        const auto size = std::from_chars(from.ptr + 1, end, term.size);
        if (size.ec != std::errc{} || size.ptr + 1 != end || *size.ptr != ']') refuse(text, "[from,size] expected");
    }

    Placeholder placeholder_of(std::string_view text) {
        Placeholder placeholder;
        while (true) {
            const auto bar = text.find('|');
            placeholder.push_back(term_of(text.substr(0, bar)));
            if (bar == std::string_view::npos) return placeholder;
            text.remove_prefix(bar + 1);
        }
    }

    /// "column = a b c", or "column".
    Condition condition_of(std::string_view text, bool negated) {
        const auto sign = text.find('=');
        Condition condition{placeholder_of(text.substr(0, sign)), {}, negated};
        if (sign != std::string_view::npos) condition.values = words_of(text.substr(sign + 1));
        return condition;
    }

    std::vector<Condition> conditions_of(const pugi::xml_node& element) {
        std::vector<Condition> conditions;
        if (const auto when = element.attribute("c:when")) conditions.push_back(condition_of(when.value(), false));
        if (const auto unless = element.attribute("c:unless")) conditions.push_back(condition_of(unless.value(), true));
        return conditions;
    }

    static void add_plain(Block& block, std::string_view text) {
        if (block.pieces.empty() || block.pieces.back().placeholder || block.pieces.back().block ||
            block.pieces.back().geometry)
            block.pieces.emplace_back();
        block.pieces.back().text += text;
    }

    /// Text of the file, escaped again, with its placeholders.
    void add_text(Block& block, std::string_view text) {
        while (!text.empty()) {
            const auto open = text.find('{');
            std::string escaped;
            append_xml_text(escaped, text.substr(0, open));
            if (!escaped.empty()) add_plain(block, escaped);
            if (open == std::string_view::npos) return;
            const auto close = text.find('}', open);
            if (close == std::string_view::npos) refuse(text, "the placeholder does not end");
            const std::string_view inner = text.substr(open + 1, close - open - 1);
            Piece piece;
            if (inner == "geometry") {
                piece.geometry = true;
                mapping_.with_geometry = true;
            } else {
                piece.placeholder = std::make_unique<Placeholder>(placeholder_of(inner));
            }
            block.pieces.push_back(std::move(piece));
            text.remove_prefix(close + 1);
        }
    }

    /// The element that says why it has no value; attributes that take no value stay (a unit is wanted even then).
    static std::string nil_of(const pugi::xml_node& element, std::string_view reason) {
        std::string nil = fmt::format("<{}", element.name());
        for (const pugi::xml_attribute& attribute : element.attributes()) {
            const std::string_view name = attribute.name();
            const std::string_view value = attribute.value();
            if (name.starts_with("c:") || name.starts_with("xlink:") || value.find('{') != std::string_view::npos)
                continue;
            nil += fmt::format(" {}=\"", name);
            append_xml_text(nil, value);
            nil += '"';
        }
        nil += " xsi:nil=\"true\" nilReason=\"";
        append_xml_text(nil, reason);
        nil += "\"/>";
        return nil;
    }

    /// It says why it has no value, whatever the row.
    static bool is_never_filled(const pugi::xml_node& element) {
        return element.attribute("c:void") && !element.first_child() && !element.attribute("xlink:href");
    }

    /// The type of what the text of a template becomes: that of its one placeholder, when all its terms agree.
    static FieldType type_of(std::string_view text) {
        if (!text.starts_with('{') || text.find('}') != text.size() - 1) return FieldType::Text;
        std::optional<FieldType> type;
        for (std::string_view rest = text.substr(1, text.size() - 2); !rest.empty();) {
            const std::string_view term = rest.substr(0, rest.find('|'));
            rest.remove_prefix(std::min(term.size() + 1, rest.size()));
            const std::string_view form = trimmed(term.substr(std::min(term.find(':'), term.size())));
            const FieldType one = form == ":datetime"  ? FieldType::DateTime
                                  : form == ":date"    ? FieldType::Date
                                  : form == ":integer" ? FieldType::Integer
                                  : form == ":number"  ? FieldType::Number
                                                       : FieldType::Text;
            if (type && *type != one) return FieldType::Text;
            type = one;
        }
        return type.value_or(FieldType::Text);
    }

    void find_flat_columns(const pugi::xml_node& element) {
        const auto may_hold = [this](const pugi::xml_node& node) {
            return is_of_version(node, theme_.version) && !is_never_filled(node);
        };
        FlatWalk walk(may_hold, [this](const std::string& column, std::string_view text) {
            if (text != "{geometry}") mapping_.flat.push_back({column, type_of(text)});
        });
        walk.object(element);
    }

    void add_element(Block& into, const pugi::xml_node& element) {
        if (!is_of_version(element, theme_.version)) return;
        const auto reason = element.attribute("c:void");
        const bool optional = element.attribute("c:optional").as_bool();
        std::vector<Condition> conditions = conditions_of(element);
        if (!reason && !optional && conditions.empty()) return add_tags(into, element);
        if (is_never_filled(element) && conditions.empty()) return add_plain(into, nil_of(element, reason.value()));
        Piece piece;
        piece.block = std::make_unique<Block>();
        piece.block->if_missing = reason ? Block::IfMissing::Nil : Block::IfMissing::LeftOut;
        if (reason) piece.block->nil = nil_of(element, reason.value());
        piece.block->conditions = std::move(conditions);
        add_tags(*piece.block, element);
        into.pieces.push_back(std::move(piece));
    }

    void add_tags(Block& block, const pugi::xml_node& element) {
        add_plain(block, fmt::format("<{}", element.name()));
        for (const pugi::xml_attribute& attribute : element.attributes()) {
            if (std::string_view(attribute.name()).starts_with("c:")) continue;
            add_plain(block, fmt::format(" {}=\"", attribute.name()));
            add_text(block, attribute.value());
            add_plain(block, "\"");
        }
        if (!element.first_child()) return add_plain(block, "/>");
        add_plain(block, ">");
        for (const pugi::xml_node& child : element.children()) {
            if (child.type() == pugi::node_element) add_element(block, child);
            if (child.type() == pugi::node_pcdata) add_text(block, trimmed(child.value()));
        }
        add_plain(block, fmt::format("</{}>", element.name()));
    }

    Theme& theme_;
    Mapping& mapping_;
};

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!(text = trimmed(text)).empty()) {
        const bool quoted = text.front() == '\'';
        if (quoted) text.remove_prefix(1);
        const auto end = std::min(text.find_first_of(quoted ? "'" : " \t\r\n"), text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

bool is_of_version(const pugi::xml_node& element, std::string_view version) {
    const auto wanted = element.attribute("c:version");
    if (!wanted) return true;
    const std::vector<std::string> versions = words_of(wanted.value());
    return std::ranges::find(versions, version) != versions.end();
}

void read_mapping(const pugi::xml_node& objects, Theme& theme, std::size_t index) {
    Reader(theme, theme.mappings[index]).read(objects);
}

}  // namespace gis::inspire
