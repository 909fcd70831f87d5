#include "argument.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "failure.h"
#include "number.h"
#include "text.h"

namespace gencache::core {
namespace {

std::string_view bytes_of(const gc_value &value) { return {static_cast<const char *>(value.as.data), value.size}; }

bool may_be_argument(std::int32_t type) { return (type >= GC_BYTES && type <= GC_DOUBLE) || type == GC_UINT; }

Argument parse_argument(const gc_arg &arg, const char *list, std::size_t index) {
  Argument argument{arg.name == nullptr ? std::string_view() : std::string_view(arg.name), arg.value};
  const auto refuse = [&](const char *why) {
    const std::string name = argument.name.empty() ? "" : " " + quoted(argument.name);
    bad_argument(list + ("[" + std::to_string(index) + "]") + name + why);
  };
  if (arg.name != nullptr) {
    if (const char *problem = problem_with_name(argument.name)) refuse(problem);
  }
  if (!may_be_argument(arg.value.type)) refuse(" has a type that an argument cannot have");
  if (const char *problem = problem_with(arg.value)) refuse(problem);
  return argument;
}

// Keeps the order of those without a name. A few are sorted in place: the standard library would allocate memory first.
void sort_by_name(Arguments &arguments) {
  constexpr std::size_t few = 16;
  const auto by_name = [](const Argument &a, const Argument &b) { return a.name < b.name; };
  if (arguments.size() > few) {
    std::stable_sort(arguments.begin(), arguments.end(), by_name);
    return;
  }
  for (auto next = arguments.begin(); next != arguments.end(); ++next) {
    std::rotate(std::upper_bound(arguments.begin(), next, *next, by_name), next, next + 1);
  }
}

}  // namespace

Arguments parse_arguments(const gc_arg *args, std::size_t count, const char *list) {
  if (count > 0 && args == nullptr) {
    bad_argument(std::string(list) + " is NULL, but n_" + list + " is " + std::to_string(count));
  }
  Arguments arguments;
  arguments.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    arguments.push_back(parse_argument(args[i], list, i));
  }
  sort_by_name(arguments);
  const auto twice = std::adjacent_find(arguments.begin(), arguments.end(), [](const Argument &a, const Argument &b) {
    return !a.name.empty() && a.name == b.name;
  });
  if (twice != arguments.end()) bad_argument(list + (": argument " + quoted(twice->name)) + " is given twice");
  return arguments;
}

bool ArgumentSeries::parse(const gc_arg *args, std::size_t count) {
  const auto is_named_alike = [&](std::size_t i) { return args[i].name == names_[i]; };
  const auto is_fine = [&](std::size_t i) {
    return may_be_argument(args[i].value.type) && problem_with(args[i].value) == nullptr;
  };
  bool is_alike = count > 0 && args != nullptr && count == names_.size();
  for (std::size_t i = 0; is_alike && i < count; ++i) is_alike = is_named_alike(i) && is_fine(i);
  if (is_alike) {
    for (std::size_t i = 0; i < count; ++i) arguments_[order_[i]].value = args[i].value;
    return true;
  }
  names_.clear();
  arguments_ = parse_arguments(args, count);
  order_.clear();
  std::size_t extras = 0;  // parts without a name stand first, in their order
  for (std::size_t i = 0; i < count; ++i) {
    const auto has_name = [&](const Argument &argument) { return argument.name.data() == args[i].name; };
    const auto found = std::find_if(arguments_.begin(), arguments_.end(), has_name);
    order_.push_back(args[i].name == nullptr ? extras++ : static_cast<std::size_t>(found - arguments_.begin()));
    names_.push_back(args[i].name);
  }
  return false;
}

const char *problem_with(const gc_value &value) {
  if (value.reserved != 0) return " has a reserved member that is not 0";
  switch (value.type) {
    case GC_NULL:
    case GC_INT:
    case GC_UINT:
    case GC_DOUBLE:
      return nullptr;
    case GC_BOOL:
      return value.as.i == 0 || value.as.i == 1 ? nullptr : " is a boolean, but neither 0 nor 1";
    default:
      if (value.type < 0 || value.type > GC_PRIVATE + 15 || (value.type > GC_UINT && value.type < GC_PRIVATE)) {
        return " has an unknown type";
      }
      if (value.size > 0 && value.as.data == nullptr) return " is NULL, but its size is not 0";
      if (value.size > PTRDIFF_MAX) return " has a size that no memory holds, a negative one perhaps";
      const bool is_text = value.type == GC_TEXT || value.type == GC_JSON;
      return is_text && !is_utf8(bytes_of(value)) ? " is not UTF-8" : nullptr;
  }
}

const gc_value *find(const Arguments &arguments, std::string_view name) {
  for (const Argument &argument : arguments) {
    if (argument.name == name) return &argument.value;
  }
  return nullptr;
}

void append_in_key(std::string &out, const gc_value &value) {
  switch (value.type) {
    case GC_NULL:
      out += "null";
      break;
    case GC_BOOL:
      out += value.as.i != 0 ? "true" : "false";
      break;
    case GC_INT:
      append_number(out, value.as.i);
      break;
    case GC_UINT:
      append_number(out, value.as.u);
      break;
    case GC_DOUBLE: {
      const std::size_t start = out.size();
      append_number(out, std::isnan(value.as.d) ? std::fabs(value.as.d) : value.as.d);  // a NaN's sign is an accident
      if (out.find_first_of(".en", start) == std::string::npos) out += ".0";            // 42.0 is not the integer 42
      break;
    }
    default:
      if (value.type == GC_BYTES) out += 'b';
      append_quoted(out, bytes_of(value));
  }
}

}  // namespace gencache::core
