#pragma once

#include <string>
#include <string_view>

namespace api {

/// The BLAKE2b digest of a text, as bytes: a key in its place where texts are long and entries many.
std::string digest_of(std::string_view text);

}  // namespace api
