#include "key.h"

#include <algorithm>

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
  const auto append = [&](std::string_view name) {
    if (generation.is_plain) {
      out += name;
    } else {
      append_escaped(out, name);
    }
  };
  append(generation.name);
  if (generation.is_static()) return;
  const gc_value *value = find(arguments, generation.argument);
  if (value == nullptr) {
    bad_argument("generation " + quoted(generation.declared) + " needs the argument " + quoted(generation.argument) +
                 ", which is not given");
  }
  out += ':';
  append(generation.argument);
  out += '=';
  append_in_generation(out, *value);
}

bool names_argument(const Generations &generations, std::string_view argument) {
  for (const Generation &generation : generations) {
    if (!generation.is_static() && generation.argument == argument) return true;
  }
  return false;
}

void append_lead_in(std::string &out, const Argument &argument, bool is_first) {
  out += is_first ? '|' : ',';
  if (argument.name.empty()) return;
  append_escaped(out, argument.name);
  out += '=';
}

// Whatever no generation has taken.
void append_rest(std::string &out, const Generations &generations, const Arguments &arguments) {
  bool is_first = true;
  for (const Argument &argument : arguments) {
    if (!argument.name.empty() && names_argument(generations, argument.name)) continue;
    append_lead_in(out, argument, is_first);
    append_in_key(out, argument.value);
    is_first = false;
  }
}

std::shared_ptr<const Stem> make_stem(std::string_view prefix, const Generations &generations,
                                      const Arguments &arguments) {
  auto stem = std::make_shared<Stem>();
  stem->text_start = prefix.size() + 1;
  std::string &start = stem->start;
  start.reserve(stem->text_start + 24 * (generations.size() + arguments.size()));
  start += prefix;
  start += value_mark;
  stem->generation_ends.reserve(generations.size());
  for (const Generation &generation : generations) {
    if (!stem->generation_ends.empty()) start += ',';
    append_generation(start, generation, arguments);
    stem->generation_ends.push_back(static_cast<std::uint32_t>(start.size() - stem->text_start));
  }
  stem->stamps.reserve(generations.size() + 1, (generations.size() + 1) * stem->text_start + start.size());
  const std::string stamp = stamp_start(prefix);
  add_stamp_name(stem->stamps, stamp, {});
  std::size_t begin = stem->text_start;
  for (const std::uint32_t end : stem->generation_ends) {
    add_stamp_name(stem->stamps, stamp, std::string_view(start).substr(begin, stem->text_start + end - begin));
    begin = stem->text_start + end + 1;
  }
  return stem;
}

std::string whole_of(const Stem &stem, const Generations &generations, const Arguments &arguments) {
  std::string whole;
  whole.reserve(stem.start.size() + 24 * arguments.size());
  whole += stem.start;
  append_rest(whole, generations, arguments);
  return whole;
}

}  // namespace

Key::Key(std::string_view prefix, const Generations &generations, const Arguments &arguments)
    : own_stem_(make_stem(prefix, generations, arguments)), stem_(own_stem_.get()) {
  set_whole(whole_of(*stem_, generations, arguments));
}

Key::Key(const Stem &stem, std::string_view whole) : stem_(&stem) { set_whole(whole); }

void Key::set_whole(std::string_view whole) {
  whole_.reserve(whole.size() + 1);
  whole_.insert(whole_.end(), whole.begin(), whole.end());
  whole_.push_back('\0');
  if (whole.size() <= longest_wire_key) return;
  digest_.append(prefix()) += value_mark;
  append_digest(digest_, text());
}

KeySeries::KeySeries(std::string_view prefix, Generations generations)
    : prefix_(prefix), generations_(std::move(generations)) {
  const auto is_static = [](const Generation &generation) { return generation.is_static(); };
  if (std::all_of(generations_.begin(), generations_.end(), is_static)) stem_ = make_stem(prefix_, generations_, {});
  if (stem_) whole_ = stem_->start;
}

Key KeySeries::make(const gc_arg *args, std::size_t count) {
  const bool has_names_of_last = arguments_.parse(args, count);
  const Arguments &arguments = arguments_.arguments();
  if (!stem_) return {prefix_, generations_, arguments};
  if (!has_names_of_last) {
    lead_ins_.assign(arguments.size(), {});
    for (std::size_t i = 0; i < arguments.size(); ++i) append_lead_in(lead_ins_[i], arguments[i], i == 0);
  }
  whole_.resize(stem_->start.size());
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    whole_ += lead_ins_[i];
    append_in_key(whole_, arguments[i].value);
  }
  return {*stem_, whole_};
}

std::string Key::lock() const {
  std::string name(prefix());
  name += lock_mark;
  if (digest_.empty()) {
    name += text();
  } else {
    name += std::string_view(digest_).substr(stem_->text_start);
  }
  return name;
}

std::string_view Key::generation(std::size_t i) const {
  if (i == 0) return {};
  const std::size_t start = i == 1 ? 0 : stem_->generation_ends[i - 2] + 1;
  return text().substr(start, stem_->generation_ends[i - 1] - start);
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
