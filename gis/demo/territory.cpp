#include "gis/demo/territory.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "gis/demo/archaeology.hpp"
#include "gis/demo/cadastre.hpp"
#include "gis/demo/network.hpp"
#include "gis/demo/organisation.hpp"
#include "gis/demo/outline.hpp"
#include "gis/demo/permits.hpp"
#include "gis/demo/random.hpp"
#include "gis/demo/risk.hpp"
#include "gis/demo/street.hpp"
#include "gis/demo/urban_plan.hpp"

namespace gis::demo {

namespace {

constexpr double full_parcels = 280'000;
constexpr double small_parcels = 60'000;
/// Share of the parcels of a member commune that got a file in eleven years: about 1,300 files a year in all.
constexpr double site_share = 0.11;

/// Communes whose cadastre is generated, as positions in the facts: nearest to the centre towns first.
std::vector<std::size_t> communes_with_cadastre(const ParsedFacts& facts, const std::vector<double>& targets,
                                                Size size) {
    std::vector<std::size_t> order(facts.communes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (size == Size::Full) return order;
    const CommuneFact* towns[] = {facts.find_commune("62119"), facts.find_commune("62178")};
    const auto away = [&](std::size_t i) {
        double best = std::numeric_limits<double>::infinity();
        for (const CommuneFact* town : towns) {
            if (town) best = std::min(best, length(facts.communes[i].centre - town->centre));
        }
        return best;
    };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return away(a) < away(b); });
    double sum = 0;
    std::size_t count = 0;
    while (count < order.size() && sum < small_parcels) sum += targets[order[count++]];
    order.resize(count);
    return order;
}

}  // namespace

void generate_territory(const Facts& facts_text, const Options& options, RowSink& sink) {
    const auto tell = [&](double fraction, std::string_view what) {
        if (options.progress) options.progress(fraction, what);
    };
    const ParsedFacts facts = parse_facts(facts_text);
    if (facts.communes.empty()) return;
    const Geos geos;
    tell(0, "contours des communes");
    const Outlines outlines = make_outlines(facts.communes, options.seed);
    const Network network = make_network(facts, outlines, options.seed);
    write_organisation(facts, outlines, sink);
    tell(0.02, "risques");
    write_risk(facts, outlines, network, geos, options.seed, sink);
    tell(0.05, "archéologie");
    write_archaeology(facts, outlines, geos, options.seed, sink);

    const std::vector<double> targets = parcel_targets(facts.communes, full_parcels);
    const std::vector<std::size_t> chosen = communes_with_cadastre(facts, targets, options.size);
    double all = 0, done = 0;
    for (const std::size_t i : chosen) all += targets[i];
    CadastreWriter cadastre(sink);
    UrbanPlanWriter urban_plan(sink);
    PermitWriter permits(facts, sink);
    StreetWriter streets(sink);
    for (const std::size_t i : chosen) {
        const CommuneFact& commune = facts.communes[i];
        tell(0.06 + 0.94 * done / all, commune.name);
        const CommuneSetting setting{commune,
                                     outlines.communes[i],
                                     outlines.centres[i],
                                     network,
                                     i,
                                     targets[i],
                                     is_mining(commune, facts.communes),
                                     mix(options.seed, mix(1, std::stoul(commune.insee)))};
        const CommunePlan plan = plan_commune(setting, geos);
        std::vector<BuildingSite> sites =
            cadastre.write_commune(setting, plan, geos, commune.ads_since.empty() ? 0 : site_share);
        urban_plan.write_commune(setting, plan, geos);
        streets.write_commune(setting, plan);
        if (!commune.ads_since.empty()) permits.write_commune(commune, sites, geos, setting.seed);
        done += targets[i];
    }
    cadastre.finish();
    urban_plan.finish();
    permits.finish();
    streets.finish();
    tell(1, "terminé");
}

}  // namespace gis::demo
