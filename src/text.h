// Rules for text that enters a key: what is valid, how it is shown in a message, how it is escaped.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gencache::core {

bool is_utf8(std::string_view text);

/// What is wrong with the name of a generation or an argument, as the end of a sentence; null where nothing is.
const char *problem_with_name(std::string_view name);

/// `text` for a message: quoted, unprintable bytes as \xNN, cut where it is long.
std::string quoted(std::string_view text);

/// How much of `text` is made of the bytes that escaping leaves as they are.
std::size_t safe_prefix(const char *text);

/// Whether all of it is visible ASCII, as escaped text is. What is not would end a name in the protocol.
bool is_visible(std::string_view text);

/// Appends `text`, every byte outside `A-Z a-z 0-9 _ . ~ / @ + -` as %XX.
void append_escaped(std::string &out, std::string_view text);

/// The same between quotation marks, where a colon may stand as it is.
void append_quoted(std::string &out, std::string_view text);

}  // namespace gencache::core
