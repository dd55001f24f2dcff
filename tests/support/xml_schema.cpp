#include "tests/support/xml_schema.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace test {

std::optional<std::string> validity(std::string_view kind, const std::string& document) {
    const char* configured = std::getenv("CARREAU_SCHEMAS");
    const std::filesystem::path folder = configured != nullptr ? configured : CARREAU_SOURCE_DIR "/../shared/schemas";
    const auto script = folder / "validate.sh";
    if (!std::filesystem::exists(script) || std::system("command -v xmllint >/dev/null 2>&1") != 0) return std::nullopt;
    const auto file = std::filesystem::temp_directory_path() / ("carreau-wfs-" + std::to_string(getpid()) + ".xml");
    std::ofstream(file) << document;
    const std::string command = "sh '" + script.string() + "' " + std::string(kind) + " '" + file.string() + "' 2>&1";
    std::FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return std::nullopt;
    std::string output;
    char part[4096];
    while (const auto size = std::fread(part, 1, sizeof part, pipe)) output.append(part, size);
    const int status = pclose(pipe);
    std::filesystem::remove(file);
    return status == 0 ? "" : output + " (status " + std::to_string(status) + ")";
}

}  // namespace test
