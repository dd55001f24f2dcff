#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gis/demo/plane.hpp"
#include "gis/demo/territory.hpp"

namespace gis::demo {

struct CommuneFact {
    std::string name;
    std::string insee;
    std::string ads_since;  ///< ISO date; empty when not a member
    bool ppri_lawe = false;
    bool ppri_clarence = false;
    bool ppi = false;
    std::string note;
    Vec centre;  ///< Lambert-93, metres
    double area_km2 = 0;
};

struct OperationFact {
    int row = 0;
    int year = 0;
    std::vector<std::string> communes;  ///< INSEE codes
    bool excavation = false;            ///< "Fouille", else "Diagnostic"
    std::string sector;
    std::string developer;
    std::string project;
};

struct ActFact {
    std::string code;  ///< PC, PCMI, PA, DP, PD, CUa, CUb, AP
    std::string title;
    int delay_months = 0;
};

struct ParsedFacts {
    std::vector<CommuneFact> communes;  ///< in the order of the file
    std::vector<OperationFact> operations;
    std::vector<ActFact> acts;

    const CommuneFact* find_commune(std::string_view insee) const;
    const ActFact& act(std::string_view code) const;
};

/// Rows of a CSV text with a header line; quotes as in RFC 4180.
std::vector<std::vector<std::string>> parse_csv(std::string_view text);

/// Throws gis::InvalidRequest naming the file and the line.
ParsedFacts parse_facts(const Facts& facts);

}  // namespace gis::demo
