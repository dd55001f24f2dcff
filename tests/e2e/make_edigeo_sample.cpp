// Writes the EDIGEO sample of tests/support as an archive into a folder, and its path to standard output.
// make_edigeo_sample FOLDER [COLUMNS]

#include <cstdlib>
#include <iostream>

#include "tests/support/edigeo_sample.hpp"

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    test::EdigeoSample sample;
    if (argc > 2) sample.columns = std::atoi(argv[2]);
    std::cout << test::write_edigeo_archive(sample, argv[1]).string() << '\n';
}
