#pragma once

#include <string>
#include <vector>

namespace command {

struct DemoPerson {
    std::string login;
    std::string password;
    std::string who;
};

/// People to try the demonstration with, their conventions and a few fictive owners; made once, left alone afterwards.
std::vector<DemoPerson> prepare_demo_people(const std::string& dsn);

}  // namespace command
