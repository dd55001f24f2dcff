#include "server/admin/violation.hpp"

#include <algorithm>
#include <array>

namespace admin {

namespace {

constexpr std::string_view taken = "there is one already";
constexpr std::string_view unknown_organisation = "there is no such organisation";
constexpr std::string_view end_first = "an end after valid_from is expected";

struct Violation {
    std::string_view constraint;
    const char* member;
    std::string_view reason;
};

// The names PostgreSQL gave the constraints of schema/0002 and 0009.
constexpr std::array violations{
    Violation{"organisation_genre_check", "kind", "EPCI, commune, partenaire or bureau d'études expected"},
    Violation{"organisation_siren_check", "siren", "nine digits expected"},
    Violation{"organisation_genre_nom_valid_from_key", "name", taken},
    Violation{"organisation_period_check", "valid_to", end_first},
    Violation{"person_organisation_id_fkey", "organisation", unknown_organisation},
    Violation{"person_login_key", "login", taken},
    Violation{"person_login_check", "login", "2 to 100 lower-case letters, digits, dots, hyphens, _ or @ expected"},
    Violation{"person_nom_check", "name", "is missing"},
    Violation{"person_oidc_subject_key", "oidc_subject", taken},
    Violation{"person_check", "valid_to", end_first},
    Violation{"service_pkey", "code", taken},
    Violation{"convention_organisation_id_fkey", "organisation", unknown_organisation},
    Violation{"convention_titre_check", "title", "is missing"},
    Violation{"convention_check", "valid_to", end_first},
    Violation{"convention_right_service_fkey", "rights", "there is no such service"},
    Violation{"convention_right_layer_id_fkey", "rights", "there is no such layer"},
    Violation{"engagement_organisation_id_fkey", "organisation", unknown_organisation},
    Violation{"engagement_etude_check", "study", "is missing"},
    Violation{"engagement_check", "valid_to", end_first},
    Violation{"engagement_perimeter_check", "perimeter", "a valid polygon, whose edges do not cross, is expected"},
    Violation{"engagement_rights_check", "rights", "some of read, exact, upload, export expected"},
};

}  // namespace

void explain(const db::SqlError& error) {
    const bool unique = error.state() == "23505";
    const auto known = std::ranges::find(violations, error.constraint(), &Violation::constraint);
    if (known != violations.end()) {
        if (unique) throw gis::Conflict(known->member, std::string(known->reason));
        throw gis::InvalidRequest(known->member, std::string(known->reason));
    }
    if (unique) throw gis::Conflict("this contradicts what is stored (" + error.constraint() + ")");
    if (error.state().starts_with("23"))
        throw gis::InvalidRequest("", "this contradicts what must hold (" + error.constraint() + ")");
    if (error.state().starts_with("22")) throw gis::InvalidRequest("", "a value is out of range");
    throw error;
}

}  // namespace admin
