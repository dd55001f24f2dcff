#include "tests/support/edigeo_sample.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <array>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace test {

namespace fs = std::filesystem;

namespace {

/// Lines of an EDIGEO file: five characters of tag, two of length, a colon, the value (NF Z 52000).
class EdigeoText {
  public:
    explicit EdigeoText(const std::string& file) {
        line("BOMT ", file);
        line("CSET ", "IRV");
        blank();
    }
    void line(std::string_view tag, const std::string& value) {
        text_ += fmt::format("{}{:02}:{}\r\n", tag, value.size(), value);
    }
    void blank() { text_ += "\r\n"; }
    /// Starts a descriptor: its kind and its identifier.
    void start(const std::string& kind, const std::string& id) {
        line("RTYSA", kind);
        line("RIDSA", id);
        blank();
    }
    std::string finish() {
        line("EOMT ", "");
        return text_;
    }

  private:
    std::string text_;
};

struct ObjectClass {
    const char* name;
    const char* code;
    std::vector<const char*> attributes;
};

const std::vector<ObjectClass>& object_classes() {
    static const std::vector<ObjectClass> classes{
        {"COMMUNE_id", "H_1_6_0", {"IDU_id", "TEX2_id"}},
        {"SECTION_id", "H_11_1_0", {"IDU_id", "TEX_id"}},
        {"SUBDSECT_id", "H_11_2_0", {"IDU_id", "QUPL_id", "COPL_id", "EOR_id"}},
        {"PARCELLE_id", "H_11_4_0", {"IDU_id", "INDP_id", "SUPF_id", "COAR_id", "TEX_id"}},
        {"BATIMENT_id", "E_2_1_0", {"DUR_id", "TEX_id"}},
        {"LIEUDIT_id", "H_1_7_0", {"TEX_id", "TEX2_id"}}};
    return classes;
}

/// Attribute, its kind (T text, A code, R decimal) and width.
struct AttributeClass {
    const char* name;
    char type;
    int width;
};
constexpr std::array<AttributeClass, 10> attribute_classes{{{"IDU", 'T', 12},
                                                            {"TEX", 'T', 80},
                                                            {"TEX2", 'T', 80},
                                                            {"QUPL", 'A', 2},
                                                            {"COPL", 'A', 2},
                                                            {"EOR", 'T', 8},
                                                            {"INDP", 'A', 2},
                                                            {"SUPF", 'R', 10},
                                                            {"COAR", 'A', 1},
                                                            {"DUR", 'A', 2}}};

char type_of(std::string_view attribute) {
    for (const auto& known : attribute_classes) {
        if (attribute == std::string(known.name) + "_id") return known.type;
    }
    return 'T';
}

struct Attribute {
    std::string name;   // "IDU_id"
    std::string value;  // ISO-8859-1
};

struct Object {
    std::string class_name;
    std::vector<Attribute> attributes;
    double x, y, width, height;
};

std::vector<Object> objects_of(const EdigeoSample& sample) {
    constexpr double parcel_width = 25;
    constexpr double parcel_height = 40;
    const double width = sample.columns * parcel_width;
    const double height = sample.rows * parcel_height;
    const std::string section = sample.commune + sample.prefixe + sample.section;
    std::vector<Object> objects{
        {"COMMUNE_id",
         {{"IDU_id", sample.commune}, {"TEX2_id", "EXEMPLE-L\xC8S-CARREAU"}},
         sample.x,
         sample.y,
         width,
         height},
        {"SECTION_id", {{"IDU_id", section}, {"TEX_id", sample.section}}, sample.x, sample.y, width, height},
        {"SUBDSECT_id",
         {{"IDU_id", section + sample.sheet}, {"QUPL_id", "01"}, {"COPL_id", "02"}, {"EOR_id", "1000"}},
         sample.x,
         sample.y,
         width,
         height},
        {"LIEUDIT_id", {{"TEX_id", "LE PR\xC9"}, {"TEX2_id", "FLEURI"}}, sample.x, sample.y, width, height}};
    for (int i = 0; i < sample.parcels(); ++i) {
        const double x = sample.x + i % sample.columns * parcel_width;
        const double y = sample.y + i / sample.columns * parcel_height;
        std::vector<Attribute> attributes{{"IDU_id", fmt::format("{}{:04}", section, i + 1)},
                                          {"INDP_id", "01"},
                                          {"SUPF_id", "+1000."},
                                          {"TEX_id", fmt::format("{}", i + 1)}};
        if (i == 0) attributes.push_back({"COAR_id", "A"});
        objects.push_back({"PARCELLE_id", std::move(attributes), x, y, parcel_width, parcel_height});
    }
    for (int i = 0; i < sample.buildings; ++i) {
        objects.push_back({"BATIMENT_id",
                           {{"DUR_id", i % 2 == 0 ? "01" : "02"}},
                           sample.x + 5 + i * parcel_width,
                           sample.y + 10,
                           12,
                           8});
    }
    return objects;
}

struct Lot {
    std::string name;  // "ED0A01"
    std::string ref(const std::string& set, const std::string& kind, const std::string& id) const {
        return name + ";" + set + ";" + kind + ";" + id;
    }
};

std::string thf(const Lot& lot, const std::string& file) {
    EdigeoText text(file);
    text.start("GTS", "SUPPORT_01");
    text.line("AUTST", "Carreau");
    text.line("ADRST", "Echange fictif");
    text.line("LOCSN", "1");
    text.line("VOCSN", "");
    text.line("SECSN", "7");
    text.line("RDIST", "");
    text.line("VERST", "1.0");
    text.line("VDASD", "19920801");
    text.line("TRLST", "01");
    text.line("EDNSN", "1");
    text.line("TDASD", "20260101");
    text.line("INFST", "");
    text.blank();
    text.start("GTL", lot.name);
    text.line("LONSA", lot.name);
    text.line("INFST", "");
    constexpr std::array<std::array<const char*, 2>, 5> parts{
        {{"GN", "SeGN"}, {"GO", "SeGO"}, {"QA", "SeQL"}, {"DI", "SeNM"}, {"SC", "SeSD"}}};
    for (const auto& [tag, set] : parts) {
        text.line(std::string(tag) + "NSA", "SE");
        text.line(std::string(tag) + "ISA", set);
    }
    text.line("GDCSN", "1");
    text.line("GDNSA", "S1");
    text.line("GDISA", "SeSPA_1");
    text.blank();
    return text.finish();
}

std::string gen(const EdigeoSample& sample, const Lot& lot, const std::string& file) {
    EdigeoText text(file);
    text.start("DEG", "EMPRISE_" + lot.name);
    text.line("CM1CC", fmt::format("+{:.2f};+{:.2f};", sample.x - 1000, sample.y - 1000));
    text.line("CM2CC", fmt::format("+{:.2f};+{:.2f};", sample.x + 1000, sample.y + 1000));
    text.blank();
    text.start("GSE", "SeSPA_1");
    text.line("INFST", "");
    text.line("STRSN", "3");
    text.line("REGSA", "");
    text.blank();
    return text.finish();
}

std::string geo(const EdigeoSample& sample, const Lot& lot, const std::string& file) {
    EdigeoText text(file);
    text.start("GEO", "GEODESIE_" + lot.name);
    text.line("RETSA", "MAP");
    text.line("RENST", "");
    text.line("RELSA", sample.crs);
    text.line("DIMSN", "2");
    text.line("ALSSN", "2");
    text.line("UNHST", "m");
    text.blank();
    return text.finish();
}

std::string qal(const Lot& lot, const std::string& file, const std::vector<Object>& objects) {
    EdigeoText text(file);
    for (std::size_t i = 0; i < objects.size(); ++i) {
        text.start("QUP", fmt::format("Actualite_Objet_{}", i + 1));
        text.line("ODASD", "20080714");
        text.line("UTYSN", "1");
        text.line("ULOSN", "2");
        text.line("UDASD", "20250618");
        text.line("RATSR", "");
        text.line("EDASD", "");
        text.line("COCSN", "1");
        text.line("COPCP", lot.ref("SeSD", "OBJ", objects[i].class_name));
        text.blank();
    }
    return text.finish();
}

std::string dic(const std::string& file) {
    EdigeoText text(file);
    for (const auto& object : object_classes()) {
        text.start("DID", std::string("ID_N_OBJ_") + object.code);
        text.line("LABSA", object.code);
        text.line("DEFST", "");
        text.line("ORIST", "CNIG");
        text.blank();
    }
    for (const auto& attribute : attribute_classes) {
        text.start("DIA", std::string("ID_N_ATT_") + attribute.name);
        text.line("LABSA", attribute.name);
        text.line("DEFST", "");
        text.line("ORIST", "CNIG");
        text.line("CATSA", "G");
        text.line("TYPSA", std::string(1, attribute.type));
        text.line("UNIST", "");
        text.line("AVCSN", "0");
        text.blank();
    }
    return text.finish();
}

void relation(EdigeoText& text, const Lot& lot, const std::string& id, const char* kind, const std::string& from,
              const std::string& to) {
    text.start("REL", id);
    text.line("KNDSA", kind);
    text.line("CA1SN", "1");
    text.line("CA2SN", "0");
    text.line("SCCSN", "2");
    text.line("SCPCP", lot.ref("SeSD", from.starts_with("ID_S_PRI") ? "PGE" : "OBJ", from));
    text.line("OCCSN", "1");
    text.line("SCPCP", lot.ref("SeSD", "PGE", to));
    text.line("OCCSN", "0");
    text.line("AACSN", "0");
    text.line("QACSN", "0");
    text.blank();
}

std::string scd(const Lot& lot, const std::string& file) {
    EdigeoText text(file);
    for (const auto& object : object_classes()) {
        text.start("OBJ", object.name);
        text.line("DIPCP", lot.ref("SeNM", "DID", std::string("ID_N_OBJ_") + object.code));
        text.line("KNDSA", "ARE");
        text.line("AACSN", std::to_string(object.attributes.size()));
        for (const char* attribute : object.attributes) text.line("AAPCP", lot.ref("SeSD", "ATT", attribute));
        text.line("QACSN", "0");
        text.blank();
    }
    constexpr std::array<std::array<const char*, 2>, 3> primitives{
        {{"ID_S_PRI_NOD", "NOD"}, {"ID_S_PRI_ARC", "ARC"}, {"ID_S_PRI_FAC", "FAC"}}};
    for (const auto& [id, kind] : primitives) {
        text.start("PGE", id);
        text.line("KNDSA", kind);
        text.line("AACSN", "0");
        text.line("QACSN", "0");
        text.blank();
    }
    for (const auto& attribute : attribute_classes) {
        const std::string type(1, attribute.type);
        text.start("ATT", std::string(attribute.name) + "_id");
        text.line("DIPCP", lot.ref("SeNM", "DIA", std::string("ID_N_ATT_") + attribute.name));
        text.line("CANSN", std::to_string(attribute.width));
        if (attribute.type == 'R') text.line("CADSN", "2");
        text.line("UNIST", "");
        text.line("AV1S" + type, "");
        text.line("AV2S" + type, "");
        text.blank();
    }
    for (const auto& object : object_classes()) {
        relation(text, lot, std::string("ID_S_RCO_") + object.name, "IDB", object.name, "ID_S_PRI_FAC");
    }
    relation(text, lot, "ID_S_RCO_FAC_GCHE", "LPO", "ID_S_PRI_ARC", "ID_S_PRI_FAC");
    relation(text, lot, "ID_S_RCO_FAC_DRTE", "RPO", "ID_S_PRI_ARC", "ID_S_PRI_FAC");
    return text.finish();
}

void write_outline(EdigeoText& text, const Lot& lot, const Object& object, const std::string& number) {
    text.start("PAR", "Arc_" + number);
    text.line("SCPCP", lot.ref("SeSD", "PGE", "ID_S_PRI_ARC"));
    text.line("CM1CC", "");
    text.line("CM2CC", "");
    text.line("TYPSN", "1");
    text.line("PTCSN", "5");
    const double right = object.x + object.width;
    const double top = object.y + object.height;
    for (const auto& [x, y] : std::array<std::array<double, 2>, 5>{
             {{object.x, object.y}, {object.x, top}, {right, top}, {right, object.y}, {object.x, object.y}}}) {
        text.line("CORCC", fmt::format("+{:.2f};+{:.2f};", x, y));
    }
    text.line("ATCSN", "0");
    text.line("QACSN", "0");
    text.blank();
    text.start("PFE", "Face_" + number);
    text.line("SCPCP", lot.ref("SeSD", "PGE", "ID_S_PRI_FAC"));
    text.line("CM1CC", "");
    text.line("CM2CC", "");
    text.line("ATCSN", "0");
    text.line("QACSN", "0");
    text.blank();
}

void write_link(EdigeoText& text, const Lot& lot, const std::string& id, const std::string& relation,
                const std::string& from, const std::string& to) {
    text.start("LNK", id);
    text.line("SCPCP", lot.ref("SeSD", "REL", relation));
    text.line("FTCSN", "2");
    text.line("FTPCP", from);
    text.line("FTPCP", to);
    text.line("ATCSN", "0");
    text.line("QACSN", "0");
    text.blank();
}

void write_feature(EdigeoText& text, const Lot& lot, const Object& object, const std::string& number) {
    text.start("FEA", "Objet_" + number);
    text.line("SCPCP", lot.ref("SeSD", "OBJ", object.class_name));
    text.line("CM1CC", "");
    text.line("CM2CC", "");
    text.line("REFCC", "");
    text.line("ATCSN", std::to_string(object.attributes.size()));
    for (const auto& attribute : object.attributes) {
        const char type = type_of(attribute.name);
        text.line("ATPCP", lot.ref("SeSD", "ATT", attribute.name));
        if (type == 'T') text.line("TEXT ", "8859-1");
        text.line(std::string("ATVS") + type, attribute.value);
    }
    text.line("QACSN", "1");
    text.line("QAPCP", lot.ref("SeQL", "QUP", "Actualite_Objet_" + number));
    text.blank();
}

std::string vec(const Lot& lot, const std::string& file, const std::vector<Object>& objects) {
    EdigeoText text(file);
    for (std::size_t i = 0; i < objects.size(); ++i) {
        const std::string number = std::to_string(i + 1);
        const std::string face = lot.ref("SeSPA_1", "PFE", "Face_" + number);
        write_outline(text, lot, objects[i], number);
        write_link(text, lot, "Compo_RPO_" + number, "ID_S_RCO_FAC_DRTE", lot.ref("SeSPA_1", "PAR", "Arc_" + number),
                   face);
        write_feature(text, lot, objects[i], number);
        write_link(text, lot, "Compo_IDB_" + number, "ID_S_RCO_" + objects[i].class_name,
                   lot.ref("SeSPA_1", "FEA", "Objet_" + number), face);
    }
    return text.finish();
}

std::vector<PackedMember> members_of(const EdigeoSample& sample) {
    const std::string sheet = sample.section + sample.sheet;
    const Lot lot{"ED" + sheet};
    const auto objects = objects_of(sample);
    const std::string base = lot.name + "SE";
    return {{"E000" + sheet + ".THF", thf(lot, "E000" + sheet + ".THF"), ""},
            {base + ".GEN", gen(sample, lot, base + ".GEN"), ""},
            {base + ".GEO", geo(sample, lot, base + ".GEO"), ""},
            {base + ".QAL", qal(lot, base + ".QAL", objects), ""},
            {base + ".DIC", dic(base + ".DIC"), ""},
            {base + ".SCD", scd(lot, base + ".SCD"), ""},
            {lot.name + "S1.VEC", vec(lot, lot.name + "S1.VEC", objects), ""}};
}

}  // namespace

fs::path write_edigeo_folder(const EdigeoSample& sample, const fs::path& folder) {
    const auto members = members_of(sample);
    for (const auto& member : members) std::ofstream(folder / member.name, std::ios::binary) << member.content;
    return folder / members.front().name;
}

fs::path write_edigeo_archive(const EdigeoSample& sample, const fs::path& folder) {
    const fs::path archive = folder / (sample.name() + ".tar.bz2");
    write_archive(archive, members_of(sample));
    return archive;
}

void write_archive(const fs::path& path, const std::vector<PackedMember>& members) {
    archive* out = archive_write_new();
    if (path.extension() == ".zip") {
        archive_write_set_format_zip(out);
    } else {
        archive_write_set_format_ustar(out);
        if (path.extension() == ".bz2") archive_write_add_filter_bzip2(out);
        if (path.extension() == ".gz") archive_write_add_filter_gzip(out);
    }
    if (archive_write_open_filename(out, path.c_str()) != ARCHIVE_OK)
        throw std::runtime_error(archive_error_string(out));
    for (const auto& member : members) {
        archive_entry* entry = archive_entry_new();
        archive_entry_set_pathname(entry, member.name.c_str());
        archive_entry_set_perm(entry, 0644);
        if (member.link_target.empty()) {
            archive_entry_set_filetype(entry, AE_IFREG);
            archive_entry_set_size(entry, static_cast<la_int64_t>(member.content.size()));
        } else {
            archive_entry_set_filetype(entry, AE_IFLNK);
            archive_entry_set_symlink(entry, member.link_target.c_str());
        }
        archive_write_header(out, entry);
        archive_write_data(out, member.content.data(), member.content.size());
        archive_entry_free(entry);
    }
    archive_write_close(out);
    archive_write_free(out);
}

}  // namespace test
