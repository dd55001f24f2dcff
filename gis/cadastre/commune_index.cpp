#include "gis/cadastre/commune_index.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace gis {

namespace {

constexpr std::size_t shortest_fuzzy_name = 6;  // below, one wrong letter makes another name

/// The letters of French names outside ASCII, in UTF-8, and what they fold to.
constexpr std::array<std::pair<std::string_view, std::string_view>, 38> folds{
    {{"à", "a"}, {"â", "a"},  {"ä", "a"},  {"á", "a"},  {"À", "a"},  {"Â", "a"}, {"Ä", "a"}, {"Á", "a"},
     {"ç", "c"}, {"Ç", "c"},  {"é", "e"},  {"è", "e"},  {"ê", "e"},  {"ë", "e"}, {"É", "e"}, {"È", "e"},
     {"Ê", "e"}, {"Ë", "e"},  {"î", "i"},  {"ï", "i"},  {"Î", "i"},  {"Ï", "i"}, {"ô", "o"}, {"ö", "o"},
     {"Ô", "o"}, {"Ö", "o"},  {"ù", "u"},  {"û", "u"},  {"ü", "u"},  {"Ù", "u"}, {"Û", "u"}, {"Ü", "u"},
     {"ÿ", "y"}, {"œ", "oe"}, {"Œ", "oe"}, {"æ", "ae"}, {"Æ", "ae"}, {"’", " "}}};

std::string fold_word(const std::string& word) {
    if (word == "lez") return "les";
    if (word == "st") return "saint";
    if (word == "ste") return "sainte";
    return word;
}

/// Without a leading article: "la couture" and "couture" are the same to a person.
std::string_view without_article(std::string_view folded) {
    for (const std::string_view article : {"la ", "le ", "les ", "l "}) {
        if (folded.starts_with(article)) return folded.substr(article.size());
    }
    return folded;
}

/// True when one insertion, deletion, substitution or swap of neighbours makes `a` into `b`.
bool one_letter_apart(std::string_view a, std::string_view b) {
    if (a.size() > b.size()) std::swap(a, b);
    if (b.size() - a.size() > 1) return false;
    std::size_t start = 0;
    while (start < a.size() && a[start] == b[start]) ++start;
    const std::string_view rest_a = a.substr(start);
    const std::string_view rest_b = b.substr(start);
    if (rest_b.empty()) return true;
    if (a.size() < b.size()) return rest_a == rest_b.substr(1);
    if (rest_a.substr(1) == rest_b.substr(1)) return true;
    return rest_a.size() > 1 && rest_a[0] == rest_b[1] && rest_a[1] == rest_b[0] &&
           rest_a.substr(2) == rest_b.substr(2);
}

}  // namespace

std::string fold_name(std::string_view name) {
    std::string folded;
    std::string word;
    const auto end_word = [&] {
        if (word.empty()) return;
        if (!folded.empty()) folded += ' ';
        folded += fold_word(word);
        word.clear();
    };
    while (!name.empty()) {
        const auto fold =
            std::find_if(folds.begin(), folds.end(), [&](const auto& f) { return name.starts_with(f.first); });
        if (fold != folds.end()) {
            if (fold->second == " ") {
                end_word();
            } else {
                word += fold->second;
            }
            name.remove_prefix(fold->first.size());
            continue;
        }
        const char c = name.front();
        name.remove_prefix(1);
        if (c >= 'A' && c <= 'Z') {
            word += static_cast<char>(c + 32);
        } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            word += c;
        } else {
            end_word();
        }
    }
    end_word();
    return folded;
}

CommuneIndex::CommuneIndex(std::vector<Commune> communes) : communes_(std::move(communes)) {
    folded_.reserve(communes_.size());
    for (const Commune& commune : communes_) folded_.push_back(fold_name(commune.name));
}

std::vector<const Commune*> CommuneIndex::find(std::string_view text) const {
    const std::string wanted = fold_name(text);
    if (wanted.empty()) return {};
    const auto where = [&](auto matches) {
        std::vector<const Commune*> found;
        for (std::size_t i = 0; i < communes_.size(); ++i) {
            if (matches(communes_[i], folded_[i])) found.push_back(&communes_[i]);
        }
        return found;
    };
    const std::string_view bare = without_article(wanted);
    auto found =
        where([&](const Commune& commune, const std::string&) { return fold_name(commune.code_insee) == wanted; });
    if (found.empty()) found = where([&](const Commune&, const std::string& name) { return name == wanted; });
    if (found.empty())
        found = where([&](const Commune&, const std::string& name) { return without_article(name) == bare; });
    if (found.empty()) {
        found = where([&](const Commune&, const std::string& name) {
            return name.starts_with(wanted) || without_article(name).starts_with(bare);
        });
        // "Vendin" as a whole word before "Vendinghem", when there are both.
        std::stable_sort(found.begin(), found.end(), [&](const Commune* a, const Commune* b) {
            const auto whole = [&](const Commune* c) {
                return without_article(fold_name(c->name)).starts_with(std::string(bare) + " ");
            };
            return whole(a) && !whole(b);
        });
    }
    if (found.empty() && wanted.size() >= shortest_fuzzy_name) {
        found = where([&](const Commune&, const std::string& name) { return one_letter_apart(name, wanted); });
    }
    return found;
}

}  // namespace gis
