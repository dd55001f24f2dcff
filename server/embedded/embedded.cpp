#include "server/embedded/embedded.hpp"

#include <stdexcept>

namespace embedded {

std::string text_of(const std::vector<TextFile>& files, std::string_view name) {
    for (const TextFile& file : files) {
        if (file.name == name) return file.text;
    }
    throw std::logic_error("the program carries no file " + std::string(name));
}

}  // namespace embedded
