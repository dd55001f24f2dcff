#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "gis/read/picture.hpp"
#include "server/import/version_loader.hpp"
#include "server/jobs/job.hpp"

namespace jobs {

/// Below the folder of uploads: the originals of pictures and point clouds, named by their SHA-256, apart from the
/// uploads they came by.
inline constexpr auto pictures_folder = "photos";
std::filesystem::path original_path(const std::filesystem::path& uploads, const std::string& sha256,
                                    std::string_view media_type);

/// Notes what is published of a picture. It is nobody's until `keep_pictures`. Throws gis::Unavailable for a picture of
/// no file of the job.
void note_picture(db::Connection& connection, const Job& job, const gis::read::Picture& picture);

/// Within the transaction that settles the job: the pictures that the draft's rows name are the draft's, their
/// originals stay as long as it. Throws gis::Unavailable for rows that name a picture of no file of the job.
void keep_pictures(db::Connection& connection, const Job& job, const importing::Draft& draft,
                   const std::filesystem::path& uploads);

/// Takes away pictures that no version has.
void sweep_pictures(db::Connection& connection, const std::filesystem::path& uploads);

}  // namespace jobs
