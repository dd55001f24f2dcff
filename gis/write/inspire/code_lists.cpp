#include "gis/write/inspire/code_lists.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace gis::inspire {

namespace {

using std::string_view;

constexpr std::array<string_view, 98> hilucs{
    "1_PrimaryProduction",
    "1_1_Agriculture",
    "1_1_1_CommercialAgriculturalProduction",
    "1_1_2_FarmingInfrastructure",
    "1_1_3_AgriculturalProductionForOwnConsumption",
    "1_2_Forestry",
    "1_2_1_ForestryBasedOnShortRotation",
    "1_2_2_ForestryBasedOnIntermediateOrLongRotation",
    "1_2_3_ForestryBasedOnContinuousCover",
    "1_3_MiningAndQuarrying",
    "1_3_1_MiningOfEnergyProducingMaterials",
    "1_3_2_MiningOfMetalOres",
    "1_3_3_OtherMiningAndQuarrying",
    "1_4_AquacultureAndFishing",
    "1_4_1_Aquaculture",
    "1_4_2_ProfessionalFishing",
    "1_5_OtherPrimaryProduction",
    "1_5_1_Hunting",
    "1_5_2_ManagementOfMigratoryAnimals",
    "1_5_3_PickingOfNaturalProducts",
    "2_SecondaryProduction",
    "2_1_RawIndustry",
    "2_1_1_ManufacturingOfTextileProducts",
    "2_1_2_ManufacturingOfWoodAndWoodBasedProducts",
    "2_1_3_ManufacturingOfPulpPaperAndPaperProducts",
    "2_1_4_ManufacturingOfCokeRefinedPetroleumProductsAndNuclearFuel",
    "2_1_5_ManufacturingOfChemicalsChemicalProductsManMadeFibers",
    "2_1_6_ManufacturingOfBasicMetalsAndFabricatedMetals",
    "2_1_7_ManufacturingOfNonMetallicMineralProducts",
    "2_1_8_ManufacturingOfRubberPlasticProducts",
    "2_1_9_ManufacturingOfOtherRawMaterials",
    "2_2_HeavyEndProductIndustry",
    "2_2_1_ManufacturingOfMachinery",
    "2_2_2_ManufacturingOfVehiclesAndTransportEquipment",
    "2_2_3_ManufacturingOfOtherHeavyEndProducts",
    "2_3_LightEndProductIndustry",
    "2_3_1_ManufacturingOfFoodBeveragesAndTobaccoProducts",
    "2_3_2_ManufacturingOfClothesAndLeather",
    "2_3_3_PublishingAndPrinting",
    "2_3_4_ManufacturingOfElectricalAndOpticalEquipment",
    "2_3_5_ManufacturingOfOtherLightEndProducts",
    "2_4_EnergyProduction",
    "2_4_1_NuclearBasedEnergyProduction",
    "2_4_2_FossilFuelBasedEnergyProduction",
    "2_4_3_BiomassBasedEnergyProduction",
    "2_4_4_RenewableEnergyProduction",
    "2_5_OtherIndustry",
    "3_TertiaryProduction",
    "3_1_CommercialServices",
    "3_1_1_WholesaleAndRetailTradeAndRepairOfVehiclesAndPersonalAndHouseholdGoods",
    "3_1_2_RealEstateServices",
    "3_1_3_AccommodationAndFoodServices",
    "3_1_4_OtherCommercialServices",
    "3_2_FinancialProfessionalAndInformationServices",
    "3_2_1_FinancialAndInsuranceServices",
    "3_2_2_ProfessionalTechnicalAndScientificServices",
    "3_2_3_InformationAndCommunicationServices",
    "3_2_4_AdministrativeAndSupportServices",
    "3_2_5_OtherFinancialProfessionalAndInformationServices",
    "3_3_CommunityServices",
    "3_3_1_PublicAdministrationDefenceAndSocialSecurityServices",
    "3_3_2_EducationalServices",
    "3_3_3_HealthAndSocialServices",
    "3_3_4_ReligiousServices",
    "3_3_5_OtherCommunityServices",
    "3_4_CulturalEntertainmentAndRecreationalServices",
    "3_4_1_CulturalServices",
    "3_4_2_EntertainmentServices",
    "3_4_3_SportsInfrastructure",
    "3_4_4_OpenAirRecreationalAreas",
    "3_4_5_OtherRecreationalServices",
    "3_5_OtherServices",
    "4_TransportNetworksLogisticsAndUtilities",
    "4_1_TransportNetworks",
    "4_1_1_RoadTransport",
    "4_1_2_RailwayTransport",
    "4_1_3_AirTransport",
    "4_1_4_WaterTransport",
    "4_1_5_OtherTransportNetwork",
    "4_2_LogisticalAndStorageServices",
    "4_3_Utilities",
    "4_3_1_ElectricityGasAndThermalPowerDistributionServices",
    "4_3_2_WaterAndSewageInfrastructure",
    "4_3_3_WasteTreatment",
    "4_3_4_OtherUtilities",
    "5_ResidentialUse",
    "5_1_PermanentResidentialUse",
    "5_2_ResidentialUseWithOtherCompatibleUses",
    "5_3_OtherResidentialUse",
    "6_OtherUses",
    "6_1_TransitionalAreas",
    "6_2_AbandonedAreas",
    "6_3_NaturalAreasNotInOtherEconomicUse",
    "6_3_1_LandAreasNotInOtherEconomicUse",
    "6_3_2_WaterAreasNotInOtherEconomicUse",
    "6_4_AreasWhereAnyUseAllowed",
    "6_5_AreasWithoutAnySpecifiedPlannedUse",
    "6_6_NotKnownUse"};
constexpr std::array<string_view, 4> process_steps{"elaboration", "adoption", "legalForce", "obsolete"};
constexpr std::array<string_view, 5> regulation_natures{
    "generallyBinding", "bindingForDevelopers", "bindingOnlyForAuthorities", "nonBinding", "definedInLegislation"};
constexpr std::array<string_view, 6> orders{"1stOrder", "2ndOrder", "3rdOrder", "4thOrder", "5thOrder", "6thOrder"};
constexpr std::array<string_view, 7> protections{"natureConservation", "archaeological", "cultural",  "ecological",
                                                 "landscape",          "environment",    "geological"};
constexpr std::array<string_view, 8> plan_levels{"infraLocal", "local",         "supraLocal", "infraRegional",
                                                 "regional",   "supraRegional", "national",   "other"};
constexpr std::array<string_view, 2> determination_methods{"modelling", "indirectDetermination"};
constexpr std::array<string_view, 4> locator_levels{"siteLevel", "accessLevel", "unitLevel", "postalDeliveryPoint"};
constexpr std::array<string_view, 3> position_methods{"byAdministrator", "byOtherParty", "fromFeature"};
constexpr std::array<string_view, 15> position_specifications{
    "addressArea",       "adminUnit1stOrder", "adminUnit2ndOrder", "adminUnit3rdOrder",  "adminUnit4thOrder",
    "adminUnit5thOrder", "adminUnit6thOrder", "building",          "entrance",           "parcel",
    "postalDelivery",    "postalDescriptor",  "segment",           "thoroughfareAccess", "utilityService"};
constexpr std::array<string_view, 30> hazard_categories{"geologicalHydrological",
                                                        "tsunami",
                                                        "volcanic",
                                                        "earthquake",
                                                        "subsidenceAndCollapse",
                                                        "landslide",
                                                        "snowAvalanche",
                                                        "flood",
                                                        "toxicOrRadioactive",
                                                        "otherGeologicalHydrological",
                                                        "meteorologicalClimatological",
                                                        "drought",
                                                        "extremeTemperature",
                                                        "tornadosAndHurricanesStrongWinds",
                                                        "lightning",
                                                        "stormSurge",
                                                        "otherMeteorologicalClimatological",
                                                        "fires",
                                                        "forestFireWildfire",
                                                        "undergroundFires",
                                                        "biological",
                                                        "infestation",
                                                        "epidemic",
                                                        "allergens",
                                                        "otherBiological",
                                                        "cosmic",
                                                        "meteoriteImpact",
                                                        "magneticDisruption",
                                                        "solarAndCosmicRadiation",
                                                        "otherCosmic"};
constexpr std::array<string_view, 18> exposed_categories{
    "social",        "people",          "community",        "political",     "socialService",   "economic",
    "property",      "infrastructure",  "economicActivity", "ruralLandUse",  "environmental",   "waterBody",
    "protectedArea", "pollutionSource", "heritage",         "culturalAsset", "historicalAsset", "worldHeritageSite"};

struct ListedProperty {
    string_view property;
    string_view name;
    std::span<const string_view> values;  ///< empty: not looked at
    bool is_closed = true;                ///< else values of other registries may stand there
    string_view object{};                 ///< where another object's property of that name takes other values
};

/// Extensibility as the data specifications state it: "none" is closed. Lists open to any value are not here.
constexpr ListedProperty lists[] = {
    {"hilucsLandUse", "HILUCSValue", hilucs},
    {"processStepGeneral", "ProcessStepGeneralValue", process_steps},
    {"regulationNature", "RegulationNatureValue", regulation_natures},
    {"levelOfSpatialPlan", "LevelOfSpatialPlanValue", plan_levels},
    {"level", "CadastralZoningLevelValue", std::span(orders).first(3), true, "CadastralZoning"},
    {"level", "AdministrativeHierarchyLevel", orders, true, "AdminUnitName"},
    {"level", "LocatorLevelValue", locator_levels, true, "AddressLocator"},
    {"specification", "GeometrySpecificationValue", position_specifications, true, "GeographicPosition"},
    {"method", "GeometryMethodValue", position_methods, true, "GeographicPosition"},
    {"nationalLevel", "AdministrativeHierarchyLevel", orders},
    {"siteProtectionClassification", "ProtectionClassificationValue", protections},
    {"nameStatus", "NameStatusValue", {}},
    {"nativeness", "NativenessValue", {}},
    {"determinationMethod", "DeterminationMethodValue", determination_methods},
    {"hazardCategory", "NaturalHazardCategoryValue", hazard_categories, false},
    {"exposedElementCategory", "ExposedElementCategoryValue", exposed_categories, false},
};

}  // namespace

std::string_view wrong_code(string_view object, string_view property, string_view href) {
    const auto list = std::ranges::find_if(lists, [&](const ListedProperty& one) {
        return one.property == property && (one.object.empty() || one.object == object);
    });
    if (list == std::end(lists) || href.empty()) return "";
    string_view rest = href;
    bool is_registry = false;
    for (const string_view base : {"http://inspire.ec.europa.eu/codelist/", "https://inspire.ec.europa.eu/codelist/"}) {
        if (!rest.starts_with(base)) continue;
        rest.remove_prefix(base.size());
        is_registry = true;
        break;
    }
    if (!is_registry) return list->is_closed ? list->name : "";
    const bool is_of_list = rest.starts_with(list->name) && rest.substr(list->name.size()).starts_with('/');
    if (!is_of_list) return list->name;
    rest.remove_prefix(list->name.size() + 1);
    const bool is_known =
        list->values.empty() ? !rest.empty() : std::ranges::find(list->values, rest) != list->values.end();
    return is_known ? "" : list->name;
}

}  // namespace gis::inspire
