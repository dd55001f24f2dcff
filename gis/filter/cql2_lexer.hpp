#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gis {

/// One word, sign or literal of CQL2 text.
struct Cql2Token {
    enum class Kind {
        End,
        Word,        ///< identifier or keyword, as written
        QuotedName,  ///< "identifier" without its quotes
        Text,        ///< 'literal', raw: between the quotes, escapes still in it
        Number,      ///< unsigned
        Sign         ///< ( ) , = <> < <= > >= + - * / % ^
    };
    Kind kind = Kind::End;
    std::string_view text;
    std::size_t at = 0;  ///< byte where it begins
};

/// Cuts CQL2 text (OGC 21-065r2, annex B) into tokens, one ahead.
class Cql2Lexer {
  public:
    /// The text outlives the lexer. `parameter` is what an InvalidRequest names.
    Cql2Lexer(std::string_view text, std::string parameter);

    const Cql2Token& peek() const { return token_; }
    Cql2Token take();

    /// The text from the token ahead on, for a reader of another grammar, and where to go on after it.
    std::string_view rest() const { return text_.substr(token_.at); }
    void skip_to(std::string_view rest);

    /// "at character 12: ..."
    [[noreturn]] void refuse(const std::string& reason, std::size_t at) const;
    [[noreturn]] void refuse_here(const std::string& expected) const;

  private:
    void read();
    std::size_t length_of_word(std::size_t at) const;
    std::size_t length_of_number(std::size_t at) const;
    std::size_t end_of_text(std::size_t at) const;
    std::size_t length_of_sign(std::size_t at) const;

    std::string_view text_;
    std::string parameter_;
    std::size_t next_ = 0;
    Cql2Token token_;
};

/// What a text literal stands for: '' and \' are a quote, \\ a backslash, \a \b \t \n \v \f \r control characters
/// (requirement /req/cql2-text/escaping); a backslash before anything else stands for itself.
std::string unescape_text(std::string_view raw);

/// The same for the pattern of LIKE, where the backslash also makes wildcards plain: \\ \% \_ stay for LIKE to read.
std::string unescape_pattern(std::string_view raw);

}  // namespace gis
