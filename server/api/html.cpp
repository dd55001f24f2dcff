#include "server/api/html.hpp"

#include <fmt/format.h>

namespace api {

namespace {

constexpr std::string_view page_style =
    "body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#1d2730;background:#fbfaf7}"
    "header,main{max-width:70rem;margin:0 auto;padding:1rem 1.25rem}header{border-bottom:1px solid #ddd8cc}"
    "nav a::after{content:' / ';color:#8a8577}h1{font-size:1.5rem;margin:.5rem 0}a{color:#1f5c8b}"
    "table{border-collapse:collapse;width:100%;font-size:.92rem}th,td{text-align:left;padding:.35rem "
    ".6rem;border-bottom:1px solid #e6e1d6;"
    "vertical-align:top}th{background:#f1eee6}.table{overflow-x:auto}dt{font-weight:600}dd{margin:0 0 "
    ".6rem}.note{background:#fff3cd;"
    "padding:.4rem .7rem;border-radius:.3rem;display:inline-block}code{background:#f1eee6;padding:.1rem "
    ".3rem;border-radius:.2rem}";

}  // namespace

std::string escape_html(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string anchor(std::string_view href, std::string_view text) {
    return fmt::format("<a href=\"{}\">{}</a>", escape_html(href), escape_html(text));
}

http::Response html_page(const std::string& base_url, const std::string& title, const std::vector<Crumb>& crumbs,
                         const std::string& body) {
    std::string nav = anchor(base_url + "/?f=html", "Carreau");
    for (const Crumb& crumb : crumbs) nav += anchor(crumb.href, crumb.title);
    http::Response response =
        http::Response::html(fmt::format("<!doctype html><html lang=\"fr\"><head><meta charset=\"utf-8\"><meta "
                                         "name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
                                         "<title>{0} – Carreau</title><style>{1}</style></head><body><header><nav "
                                         "aria-label=\"Fil d'Ariane\">{2}</nav><h1>{0}</h1></header>"
                                         "<main>{3}</main></body></html>",
                                         escape_html(title), page_style, nav, body));
    response.set_header("Content-Security-Policy",
                        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'");
    return response;
}

}  // namespace api
