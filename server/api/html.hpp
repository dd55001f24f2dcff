#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/http/response.hpp"

namespace api {

/// Text made safe for HTML content and quoted attributes: the one escaping function of the HTML pages.
std::string escape_html(std::string_view text);

/// A way back up: title and href.
struct Crumb {
    std::string title;
    std::string href;
};

/// A plain, readable page without script; `body` is HTML whose texts went through escape_html.
http::Response html_page(const std::string& base_url, const std::string& title, const std::vector<Crumb>& crumbs,
                         const std::string& body);

/// "<a href="...">...</a>", escaped.
std::string anchor(std::string_view href, std::string_view text);

}  // namespace api
