#pragma once

#include <stdexcept>
#include <string>

namespace gis {

/// Why a request cannot be served, and whose fault it is. Turned into HTTP in one place (server/api/problem).
class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The caller's input is wrong: `field` names the parameter, `what()` says value and expectation.
class InvalidRequest : public Error {
  public:
    InvalidRequest(std::string field, const std::string& reason)
        : Error(field.empty() ? reason : field + ": " + reason), field_(std::move(field)) {}
    const std::string& field() const { return field_; }

  private:
    std::string field_;
};

/// What was asked for does not exist, or may not be seen by this caller: the two are not told apart.
class NotFound : public Error {
  public:
    using Error::Error;
};

/// The caller may see it but not do this.
class NotAllowed : public Error {
  public:
    using Error::Error;
};

/// The write contradicts what is stored now; `field` names the member that does, when it is one.
class Conflict : public Error {
  public:
    using Error::Error;
    Conflict(std::string field, const std::string& reason) : Error(field + ": " + reason), field_(std::move(field)) {}
    const std::string& field() const { return field_; }

  private:
    std::string field_;
};

/// Something the program needs (database, disk, worker) is away or too busy; trying again later is right.
class Unavailable : public Error {
  public:
    using Error::Error;
};

/// What was asked for is still to be made; the message is for the caller and says what to do meanwhile.
class NotReady : public Unavailable {
  public:
    using Unavailable::Unavailable;
};

}  // namespace gis
