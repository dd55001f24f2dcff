#pragma once

#include <stdexcept>

namespace auth {

/// The proof somebody gave (token, code, signature) is not accepted. `what()` says why: for the log, never for the
/// caller, who learns nothing but that it was refused.
class Refused : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Refused because no key of the set has the token's `kid`: the provider may have changed its keys since they were
/// read.
class UnknownKey : public Refused {
  public:
    using Refused::Refused;
};

/// The OpenID Connect provider does not answer, answers with something else than its protocol, or does not accept
/// Carreau as its client: nobody's password is wrong, trying again later may be right.
class ProviderAway : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Too many password checks are waiting already; trying again in a few seconds is right.
class Busy : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace auth
