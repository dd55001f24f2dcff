#include "gis/read/text_file.hpp"

#include <fmt/format.h>

#include "gis/error.hpp"

namespace gis::read {

namespace {

constexpr std::size_t longest_line = 65'536;
constexpr std::size_t bytes_looked_at = 1U << 20U;

/// The end of a cut text may split a letter.
bool is_utf8_so_far(std::string_view bytes) {
    for (int cut = 0; cut < 4; ++cut) {
        if (is_valid_utf8(bytes)) return true;
        if (bytes.empty()) return false;
        bytes.remove_suffix(1);
    }
    return false;
}

}  // namespace

TextFile::TextFile(const std::filesystem::path& path, std::string name,
                   const std::optional<std::string>& stated_encoding)
    : in_(path, std::ios::binary), name_(std::move(name)) {
    std::string head(bytes_looked_at, '\0');
    in_.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(in_.gcount()));
    in_.clear();
    in_.seekg(0);
    if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF"))
        throw InvalidRequest(name_, "texte en UTF-16 ; enregistrez-le en UTF-8");
    if (head.find('\0') != std::string::npos) throw InvalidRequest(name_, "ce n'est pas un fichier de texte");
    if (head.starts_with("\xEF\xBB\xBF")) in_.seekg(3);
    if (stated_encoding) {
        const auto known = parse_encoding(*stated_encoding);
        if (!known)
            throw InvalidRequest(name_, fmt::format("encodage « {} » inconnu ; UTF-8 ou LATIN1 ?", *stated_encoding));
        encoding_ = *known;
        shown_ = fmt::format("{} (indiqué)", to_string(encoding_));
    } else if (is_utf8_so_far(head)) {
        shown_ = "UTF-8";
    } else {
        encoding_ = Encoding::Windows1252;
        shown_ = "Windows-1252 (supposé)";
    }
}

bool TextFile::next(std::string& line) {
    std::string raw;
    bool any = false;
    for (int c = in_.get(); c != std::ifstream::traits_type::eof(); c = in_.get()) {
        any = true;
        ++bytes_done_;
        if (c == '\n') break;
        if (c == '\r') {
            if (in_.peek() == '\n') {
                in_.get();
                ++bytes_done_;
            }
            break;
        }
        raw += static_cast<char>(c);
        if (raw.size() > longest_line)
            throw InvalidRequest(name_,
                                 fmt::format("la ligne {} a plus de 64 ko : ce n'est pas un relevé", line_number_ + 1));
    }
    if (!any) return false;
    ++line_number_;
    auto decoded = decode(raw, encoding_);
    if (!decoded) {
        throw InvalidRequest(name_,
                             fmt::format("ligne {} : ce texte n'est pas en UTF-8 ; indiquez l'encodage (par exemple "
                                         "LATIN1)",
                                         line_number_));
    }
    line = std::move(*decoded);
    return true;
}

}  // namespace gis::read
