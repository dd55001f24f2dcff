#include "server/import/copy_encoder.hpp"

#include <cmath>
#include <limits>

#include "gis/error.hpp"
#include "tests/import/wkb.hpp"
#include "tests/support/postgres_test.hpp"

namespace {

using gis::Value;
using importing::CopyColumn;
using importing::CopyEncoder;

/// The value as PostgreSQL understands it after COPY into a column of that type; "NULL"; "refused <column>".
class CopyEncoding : public test::PostgresTest {
  protected:
    std::string round_trip(const std::string& sql_type, const Value& value) {
        run("set timezone = 'UTC'; set extra_float_digits = 1; drop table if exists donnees.copied; "
            "create table donnees.copied (v " +
            sql_type + ")");
        const CopyEncoder encoder({{"v", sql_type}}, 0);
        std::string bytes = CopyEncoder::header();
        try {
            encoder.append(bytes, {{value}, ""});
        } catch (const gis::InvalidRequest& refusal) {
            return "refused " + refusal.field();
        }
        connection().copy_begin("copy donnees.copied from stdin (format binary)");
        connection().copy_put(bytes + CopyEncoder::trailer());
        connection().copy_end();
        return scalar("select coalesce(v::text, 'NULL') from donnees.copied");
    }
    static Value text(const char* value) { return std::string(value); }
    static Value whole(std::int64_t value) { return value; }
};

TEST_F(CopyEncoding, NullIsNullInEveryType) {
    for (const char* type :
         {"text", "integer", "bigint", "smallint", "double precision", "boolean", "date", "timestamp with time zone"}) {
        EXPECT_EQ(round_trip(type, Value()), "NULL") << type;
    }
}

TEST_F(CopyEncoding, Texts) {
    EXPECT_EQ(round_trip("text", text("Lès-Époisses \\ \t\"'")), "Lès-Époisses \\ \t\"'");
    EXPECT_EQ(round_trip("text", text("")), "");
    EXPECT_EQ(round_trip("text", whole(-12)), "-12");
    EXPECT_EQ(round_trip("text", Value(1.5)), "1.5");
    EXPECT_EQ(round_trip("text", Value(true)), "true");
    EXPECT_EQ(round_trip("character varying", text("abc")), "abc");
}

TEST_F(CopyEncoding, Uuids) {
    EXPECT_EQ(round_trip("uuid", text("6F9619ff-8b86-d011-b42d-00c04fc964ff")), "6f9619ff-8b86-d011-b42d-00c04fc964ff");
    for (const char* wrong : {"", "6f9619ff", "6f9619ff8b86d011b42d00c04fc964ff",
                              "6f9619ff-8b86-d011-b42d-00c04fc964fg", "6f9619ff-8b86-d011-b42d-00c04fc964ff0"}) {
        EXPECT_EQ(round_trip("uuid", text(wrong)), "refused v") << wrong;
    }
}

TEST_F(CopyEncoding, Integers) {
    EXPECT_EQ(round_trip("integer", whole(2147483647)), "2147483647");
    EXPECT_EQ(round_trip("integer", whole(-2147483648LL)), "-2147483648");
    EXPECT_EQ(round_trip("integer", whole(2147483648LL)), "refused v");
    EXPECT_EQ(round_trip("integer", whole(-2147483649LL)), "refused v");
    EXPECT_EQ(round_trip("smallint", whole(32767)), "32767");
    EXPECT_EQ(round_trip("smallint", whole(-32768)), "-32768");
    EXPECT_EQ(round_trip("smallint", whole(32768)), "refused v");
    EXPECT_EQ(round_trip("bigint", whole(std::numeric_limits<std::int64_t>::max())), "9223372036854775807");
    EXPECT_EQ(round_trip("bigint", whole(std::numeric_limits<std::int64_t>::min())), "-9223372036854775808");
    EXPECT_EQ(round_trip("integer", Value(12.0)), "12");
    EXPECT_EQ(round_trip("integer", Value(12.5)), "refused v");
    EXPECT_EQ(round_trip("integer", Value(1e300)), "refused v");
    EXPECT_EQ(round_trip("bigint", Value(1e19)), "refused v");
    EXPECT_EQ(round_trip("bigint", Value(9223372036854775808.0)), "refused v");
    EXPECT_EQ(round_trip("integer", Value(std::nan(""))), "refused v");
    EXPECT_EQ(round_trip("integer", Value(HUGE_VAL)), "refused v");
    EXPECT_EQ(round_trip("integer", text("42")), "42");
    EXPECT_EQ(round_trip("integer", text("forty")), "refused v");
    EXPECT_EQ(round_trip("integer", text("42 ")), "refused v");
    EXPECT_EQ(round_trip("integer", text("")), "refused v");
    // Not every 64-bit number is a double: a text must not go through one.
    EXPECT_EQ(round_trip("bigint", text("9007199254740993")), "9007199254740993");
}

TEST_F(CopyEncoding, Numbers) {
    EXPECT_EQ(round_trip("double precision", Value(0.1)), "0.1");
    EXPECT_EQ(round_trip("double precision", Value(-1e300)), "-1e+300");
    EXPECT_EQ(round_trip("double precision", whole(7)), "7");
    EXPECT_EQ(round_trip("double precision", text("12.25")), "12.25");
    EXPECT_EQ(round_trip("double precision", text("12,25")), "refused v");
}

TEST_F(CopyEncoding, Booleans) {
    EXPECT_EQ(round_trip("boolean", Value(true)), "true");
    EXPECT_EQ(round_trip("boolean", Value(false)), "false");
    EXPECT_EQ(round_trip("boolean", whole(1)), "true");
    EXPECT_EQ(round_trip("boolean", text("non")), "false");
    EXPECT_EQ(round_trip("boolean", text("maybe")), "refused v");
    EXPECT_EQ(round_trip("boolean", whole(2)), "refused v");
}

TEST_F(CopyEncoding, Dates) {
    EXPECT_EQ(round_trip("date", text("2000-01-01")), "2000-01-01");
    EXPECT_EQ(round_trip("date", text("1999-12-31")), "1999-12-31");
    EXPECT_EQ(round_trip("date", text("2024-02-29")), "2024-02-29");
    EXPECT_EQ(round_trip("date", text("1600-02-29")), "1600-02-29");
    EXPECT_EQ(round_trip("date", text("2026/01/31")), "2026-01-31");
    EXPECT_EQ(round_trip("date", text("2026-01-31T12:00:00Z")), "2026-01-31");
    for (const char* wrong :
         {"2023-02-29", "2026-13-01", "2026-00-10", "2026-01-32", "31/01/2026", "tomorrow", "", "20260131"}) {
        EXPECT_EQ(round_trip("date", text(wrong)), "refused v") << wrong;
    }
}

TEST_F(CopyEncoding, Times) {
    const std::string type = "timestamp with time zone";
    EXPECT_EQ(round_trip(type, text("2026-01-31T12:34:56Z")), "2026-01-31 12:34:56+00");
    EXPECT_EQ(round_trip(type, text("2026-01-31 12:34:56")), "2026-01-31 12:34:56+00");
    EXPECT_EQ(round_trip(type, text("2026-01-31T12:34:56.789012Z")), "2026-01-31 12:34:56.789012+00");
    EXPECT_EQ(round_trip(type, text("2026-01-31T12:34:56+02:00")), "2026-01-31 10:34:56+00");
    EXPECT_EQ(round_trip(type, text("2026-01-31T12:34:56.5-05:30")), "2026-01-31 18:04:56.5+00");
    EXPECT_EQ(round_trip(type, text("2026-01-31T12:34+02:00")), "2026-01-31 10:34:00+00");
    EXPECT_EQ(round_trip(type, text("2026-01-31T12:34")), "2026-01-31 12:34:00+00");
    EXPECT_EQ(round_trip(type, text("1969-07-20")), "1969-07-20 00:00:00+00");
    for (const char* wrong : {"2026-01-31T25:00:00Z", "2026-01-31T12:61:00Z", "2026-01-31T12:00:99Z", "2026-01-31Tnoon",
                              "2026-01-31T-1:00:00Z", "2026-01-31T12:00:00+99:00", "2026-02-30T12:00:00Z"}) {
        EXPECT_EQ(round_trip(type, text(wrong)), "refused v") << wrong;
    }
}

TEST_F(CopyEncoding, ColumnOfAnotherTypeIsRefusedByName) {
    EXPECT_EQ(round_trip("jsonb", text("{}")), "refused v");
}

TEST_F(CopyEncoding, GeometryWithAndWithoutSridAndNone) {
    run("drop table if exists donnees.shapes; create table donnees.shapes (n integer, geom geometry(MultiPolygon, "
        "2154))");
    const CopyEncoder encoder({{"n", "integer"}}, 2154);
    std::string plain = test::square_wkb(0, 0, 10);
    std::string extended = plain;
    const std::uint32_t type = 6 | 0x20000000U;
    const std::int32_t other = 4326;  // the table's CRS counts, not the one written
    extended.replace(1, 4, std::string(reinterpret_cast<const char*>(&type), 4));
    extended.insert(5, std::string(reinterpret_cast<const char*>(&other), 4));
    std::string bytes = CopyEncoder::header();
    encoder.append(bytes, {{std::int64_t{1}}, plain});
    encoder.append(bytes, {{std::int64_t{2}}, extended});
    encoder.append(bytes, {{std::int64_t{3}}, ""});
    connection().copy_begin("copy donnees.shapes from stdin (format binary)");
    connection().copy_put(bytes + CopyEncoder::trailer());
    EXPECT_EQ(connection().copy_end(), 3);
    EXPECT_EQ(column("select concat_ws(' ', st_srid(geom), st_astext(geom)) from donnees.shapes order by n"),
              (std::vector<std::string>{"2154 MULTIPOLYGON(((0 0,10 0,10 10,0 10,0 0)))",
                                        "2154 MULTIPOLYGON(((0 0,10 0,10 10,0 10,0 0)))", ""}));
    for (const std::string& wrong : {std::string("\0\0\0\0\6\0\0\0\1", 9), std::string("\1\6")}) {
        EXPECT_THROW(encoder.append(bytes, {{std::int64_t{4}}, wrong}), gis::InvalidRequest);
    }
}

}  // namespace
