#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace embedded {

/// A text file of the source tree, carried in the program.
struct TextFile {
    std::string name;  ///< without folder and extension
    std::string text;
};

std::vector<TextFile> schema_files();        ///< schema/*.sql in order
std::vector<TextFile> layer_declarations();  ///< data-samples/layers/*.json
std::vector<TextFile> seed_facts();          ///< data-samples/seed-facts/*.csv
std::vector<TextFile> survey_codes();        ///< data-samples/codes_leve.csv
std::vector<TextFile> inspire_themes();      ///< gis/write/inspire/themes/*.xml

/// The text of the file called `name`. Throws std::logic_error when there is none: the program was built wrong.
std::string text_of(const std::vector<TextFile>& files, std::string_view name);

}  // namespace embedded
