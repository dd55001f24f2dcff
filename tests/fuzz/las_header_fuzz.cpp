// Heads of point clouds, at the size of what is there and at one that promises more.
#include "gis/read/las_header.hpp"
#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view head = fuzz::text_of(data, size);
    for (const std::uint64_t whole : {std::uint64_t{size}, std::uint64_t{1} << 40U})
        fuzz::refusing([&] { gis::read::parse_las_header(head, whole); });
    return 0;
}
