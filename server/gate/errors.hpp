#pragma once

#include <chrono>

#include "gis/error.hpp"

namespace gate {

/// The credentials shown are not valid: one text for every reason.
class Unauthorized : public gis::Error {
  public:
    Unauthorized() : Error("the credentials are unknown, expired or revoked") {}
    using Error::Error;
};

/// Too many wrong passwords for this account or address.
class TooManyAttempts : public gis::Error {
  public:
    explicit TooManyAttempts(std::chrono::seconds wait)
        : Error("too many wrong attempts; wait " + std::to_string(wait.count()) + " seconds"), wait_(wait) {}
    std::chrono::seconds wait() const { return wait_; }

  private:
    std::chrono::seconds wait_;
};

}  // namespace gate
