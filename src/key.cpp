#include "key.h"

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#include "failure.h"
#include "text.h"

namespace gencache::core {
namespace {

// Between the prefix and what follows: a prefix holds none of them, so the kinds of names never meet.
constexpr char stamp_mark = ':';
constexpr char value_mark = '/';
constexpr char lock_mark = '!';
constexpr char digest_mark = '#';  // escaped in texts, so a digest is never taken for a text

void append_digest(std::string &out, std::string_view text) {
  XXH128_canonical_t bytes;
  XXH128_canonicalFromHash(&bytes, XXH3_128bits(text.data(), text.size()));
  out += digest_mark;
  for (const unsigned char byte : bytes.digest) {
    out += "0123456789abcdef"[byte >> 4U];
    out += "0123456789abcdef"[byte & 15U];
  }
}

// `start`: the prefix and the mark.
void add_stamp_name(StampNames &names, std::string_view start, std::string_view text) {
  std::string &out = names.buffer();
  out += start;
  if (start.size() + text.size() <= longest_wire_key) {
    out += text;
  } else {
    append_digest(out, text);
  }
  names.end();
}

std::string stamp_start(std::string_view prefix) { return std::string(prefix) += stamp_mark; }

void append_generation(std::string &out, const Generation &generation, const Arguments &arguments) {
  if (generation.is_plain) {
    out += generation.name;
    return;
  }
  append_escaped(out, generation.name);
  if (generation.is_static()) return;
  const gc_value *value = find(arguments, generation.argument);
  if (value == nullptr) {
    bad_argument("generation " + quoted(generation.declared) + " needs the argument " + quoted(generation.argument) +
                 ", which is not given");
  }
  out += ':';
  append_escaped(out, generation.argument);
  out += '=';
  append_in_generation(out, *value);
}

bool names_argument(const Generations &generations, std::string_view argument) {
  for (const Generation &generation : generations) {
    if (!generation.is_static() && generation.argument == argument) return true;
  }
  return false;
}

// Whatever no generation has taken.
void append_rest(std::string &out, const Generations &generations, const Arguments &arguments) {
  char separator = '|';
  for (const Argument &argument : arguments) {
    if (!argument.name.empty() && names_argument(generations, argument.name)) continue;
    out += separator;
    separator = ',';
    if (!argument.name.empty()) {
      append_escaped(out, argument.name);
      out += '=';
    }
    append_in_key(out, argument.value);
  }
}

}  // namespace

std::shared_ptr<const Stem> Key::make_stem(std::string_view prefix, const Generations &generations,
                                           const Arguments &arguments) {
  auto stem = std::make_shared<Stem>();
  const std::size_t text_start = prefix.size() + 1;
  std::string &start = stem->start;
  start.reserve(text_start + 24 * (generations.size() + arguments.size()));
  start += prefix;
  start += value_mark;
  stem->generation_ends.reserve(generations.size());
  for (const Generation &generation : generations) {
    if (!stem->generation_ends.empty()) start += ',';
    append_generation(start, generation, arguments);
    stem->generation_ends.push_back(static_cast<std::uint32_t>(start.size() - text_start));
  }
  stem->stamps.reserve(generations.size() + 1, (generations.size() + 1) * text_start + start.size());
  const std::string stamp = stamp_start(prefix);
  add_stamp_name(stem->stamps, stamp, {});
  std::size_t begin = text_start;
  for (const std::uint32_t end : stem->generation_ends) {
    add_stamp_name(stem->stamps, stamp, std::string_view(start).substr(begin, text_start + end - begin));
    begin = text_start + end + 1;
  }
  return stem;
}

Key::Key(std::shared_ptr<const Stem> stem, std::size_t text_start, const Generations &generations,
         const Arguments &arguments)
    : text_start_(text_start), stem_(std::move(stem)) {
  whole_.reserve(stem_->start.size() + 24 * arguments.size());
  whole_ += stem_->start;
  append_rest(whole_, generations, arguments);
  if (whole_.size() > longest_wire_key) {
    digest_.append(prefix()) += value_mark;
    append_digest(digest_, text());
  }
}

std::string_view Key::generation(std::size_t i) const {
  if (i == 0) return {};
  const std::size_t start = i == 1 ? 0 : stem_->generation_ends[i - 2] + 1;
  return text().substr(start, stem_->generation_ends[i - 1] - start);
}

std::string Key::lock() const {
  std::string name(prefix());
  name += lock_mark;
  if (digest_.empty()) {
    name += text();
  } else {
    name += std::string_view(digest_).substr(text_start_);
  }
  return name;
}

std::string stamp_name(std::string_view prefix, std::string_view generation) {
  StampNames names;
  add_stamp_name(names, stamp_start(prefix), generation);
  return std::string(names[0]);
}

std::string generation_text(const Generation &generation, const Arguments &arguments) {
  std::string text;
  append_generation(text, generation, arguments);
  return text;
}

StampNames root_stamp(std::string_view prefix) {
  StampNames names;
  add_stamp_name(names, stamp_start(prefix), {});
  return names;
}

StampNames stamps_to_invalidate(std::string_view prefix, const Generations &generations, const Arguments &arguments) {
  StampNames names;
  for (const Generation &generation : generations) {
    add_stamp_name(names, stamp_start(prefix), generation_text(generation, arguments));
  }
  return names;
}

}  // namespace gencache::core
