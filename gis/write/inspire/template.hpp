#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gis::inspire {

/// Values of a column and what stands for them in a document.
struct CodeList {
    std::string name;
    std::map<std::string, std::string, std::less<>> codes;
    std::string other;       ///< for every value that is not among them; empty: such a value counts as missing
    bool by_prefix = false;  ///< a code stands for all values that begin with it and with no longer one

    /// Null when it is not among them.
    const std::string* find(std::string_view value) const;
};

/// One way to get the text of a placeholder.
struct Term {
    enum class Source { Column, Lookup, Fact, Literal };
    enum class Fact { Id, Part, Namespace, Vintage, Changed, Layer, Table, Title };
    enum class Form {
        Plain,
        Integer,   ///< xs:integer
        Number,    ///< xs:double, finite
        Date,      ///< xs:date
        DateTime,  ///< xs:dateTime; a date is its first moment, UTC
        Name,      ///< as a part of an XML name
        Code,      ///< of a code list
        Reference  ///< as Name, where the document already holds the object of that id; else missing
    };

    Source source = Source::Column;
    Fact fact = Fact::Id;
    std::size_t column = 0;  ///< of the mapping, or of the lookup
    std::size_t lookup = 0;
    std::string literal;
    std::size_t from = 0;  ///< characters of an ASCII text that are taken
    std::size_t size = std::string::npos;
    Form form = Form::Plain;
    std::size_t list = 0;    ///< Form::Code: of the theme's code lists
    std::size_t target = 0;  ///< Form::Reference: of the theme's mappings
};

/// `{updated:datetime|created:datetime|@vintage:datetime}`: the first term that has a value.
using Placeholder = std::vector<Term>;

/// `c:when` and `c:unless`: the value is one of `values`; without any: there is a value.
struct Condition {
    Placeholder value;
    std::vector<std::string> values;
    bool negated = false;
};

struct Piece;

/// An element of a template with all that is in it, or the whole template.
struct Block {
    enum class IfMissing { Fails, LeftOut, Nil };

    std::vector<Piece> pieces;
    std::vector<Condition> conditions;  ///< all must hold, else the block counts as missing
    IfMissing if_missing = IfMissing::Fails;
    std::string nil;  ///< the whole element with xsi:nil and its reason
};

/// Text as it stands, a placeholder, the geometry, or an element that may be left out.
struct Piece {
    std::string text;
    std::unique_ptr<Placeholder> placeholder;
    std::unique_ptr<Block> block;
    bool geometry = false;
};

/// Where the values of one object come from while its template is filled in.
class Values {
  public:
    virtual ~Values() = default;
    /// Adds the text of the first term that has one, escaped; false where there is none.
    virtual bool append(std::string& out, const Placeholder& placeholder) = 0;
    virtual void append_geometry(std::string& out) = 0;
};

/// Writes the block; false, with nothing written, when something is missing that it cannot be without.
bool fill(std::string& out, const Block& block, Values& values);

}  // namespace gis::inspire
