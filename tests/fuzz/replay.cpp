// Runs a fuzz target without libFuzzer: every file of the folders given, whole, and cut after each of its bytes.

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "tests/fuzz/target.hpp"

namespace {

constexpr std::size_t most_cuts = 2000;

void run(const std::string& bytes, std::size_t length) {
    // A copy of its own, so that a sanitizer sees what reads beyond its end.
    const std::string input = bytes.substr(0, length);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argc, char** argv) {
    int files = 0;
    for (int i = 1; i < argc; ++i) {
        for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
            std::ifstream file(entry.path(), std::ios::binary);
            const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
            for (std::size_t length = 0; length < bytes.size() && length < most_cuts; ++length) run(bytes, length);
            run(bytes, bytes.size());
            ++files;
        }
    }
    std::cout << files << " inputs\n";
    return files > 0 ? 0 : 1;
}
