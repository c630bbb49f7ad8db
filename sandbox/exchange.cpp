#include "sandbox/exchange.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/parse_query.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace runbookd::sandbox {

namespace urls = boost::urls;

Form parse_form(const std::string& text) {
    Form form;
    const auto parsed = urls::parse_query(text);
    if (!parsed || text.empty()) return form;
    urls::encoding_opts options;
    options.space_as_plus = true;
    for (const auto& pair : *parsed) form.emplace(pair.key.decode(options), pair.value.decode(options));
    return form;
}

std::string format_form(const Form& form) {
    std::string text;
    for (const auto& [name, value] : form) {
        if (!text.empty()) text += '&';
        text += urls::encode(name, urls::unreserved_chars);
        text += '=';
        text += urls::encode(value, urls::unreserved_chars);
    }
    return text;
}

}  // namespace runbookd::sandbox
