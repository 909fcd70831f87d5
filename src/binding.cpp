#include "binding.h"

#include <algorithm>
#include <cstring>

#include "failure.h"
#include "text.h"

namespace gencache::core {
namespace {

bool is_required(const gc_arg &parameter) { return parameter.value.type == GC_REQUIRED; }

}  // namespace

Binding::Binding(const char *const *generations, std::size_t n_generations, const gc_arg *params,
                 std::size_t n_params) {
  for (const Generation &parsed : parse_generations(generations, n_generations)) {
    const char *const declared = keep(parsed.declared).data();
    generations_.push_back(parse_generations(&declared, 1).front());
  }
  if (n_params > 0 && params == nullptr) bad_argument("params is NULL, but n_params is " + std::to_string(n_params));
  std::vector<gc_arg> checked;
  for (std::size_t i = 0; i < n_params; ++i) {
    if (params[i].name == nullptr) bad_argument("params[" + std::to_string(i) + "] has no name");
    gc_arg parameter = params[i];
    parameter.name = keep(parameter.name).data();
    if (parameter.value.size > 0 && parameter.value.as.data != nullptr && !is_required(parameter)) {
      const auto *data = static_cast<const char *>(parameter.value.as.data);
      parameter.value.as.data = keep({data, parameter.value.size}).data();
    }
    parameters_.push_back(parameter);
    checked.push_back(is_required(parameter) ? gc_null(parameter.name) : parameter);
  }
  const Arguments arguments = parse_arguments(checked.data(), checked.size(), "params");
  for (const Generation &generation : generations_) {
    if (!generation.is_static() && find(arguments, generation.argument) == nullptr) {
      bad_argument("generation " + quoted(generation.declared) + " needs the parameter " + quoted(generation.argument) +
                   ", which params does not declare");
    }
  }
}

// Gives every argument the name of its parameter.
std::vector<gc_arg> Binding::named(const gc_arg *args, std::size_t n_args) const {
  if (n_args > 0 && args == nullptr) bad_argument("args is NULL, but n_args is " + std::to_string(n_args));
  std::vector<gc_arg> named;
  named.reserve(parameters_.size());
  std::size_t position = 0;
  for (std::size_t i = 0; i < n_args; ++i) {
    gc_arg arg = args[i];
    if (arg.name == nullptr) {
      if (position == parameters_.size()) {
        bad_argument("args[" + std::to_string(i) + "] is one too many: there are " +
                     std::to_string(parameters_.size()) + " parameters");
      }
      arg.name = parameters_[position++].name;
    } else if (std::none_of(parameters_.begin(), parameters_.end(),
                            [&](const gc_arg &parameter) { return std::strcmp(parameter.name, arg.name) == 0; })) {
      bad_argument("argument " + quoted(arg.name) + " is not a parameter of the bound cache");
    }
    named.push_back(arg);
  }
  return named;
}

Arguments Binding::complete(const gc_arg *args, std::size_t n_args) const {
  std::vector<gc_arg> all = named(args, n_args);
  const std::size_t given = all.size();
  for (const gc_arg &parameter : parameters_) {
    const bool is_given = std::any_of(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(given),
                                      [&](const gc_arg &arg) { return std::strcmp(arg.name, parameter.name) == 0; });
    if (is_given) continue;
    if (is_required(parameter)) bad_argument("argument " + quoted(parameter.name) + " is missing");
    all.push_back(parameter);
  }
  return parse_arguments(all.data(), all.size());
}

Arguments Binding::given(const gc_arg *args, std::size_t n_args) const {
  const std::vector<gc_arg> all = named(args, n_args);
  return parse_arguments(all.data(), all.size());
}

Generations Binding::chosen_by(const Arguments &given) const {
  Generations chosen;
  for (const Generation &generation : generations_) {
    const bool is_chosen = generation.is_static() ? given.empty() : find(given, generation.argument) != nullptr;
    if (is_chosen) chosen.push_back(generation);
  }
  if (chosen.empty()) {
    bad_argument(given.empty() ? std::string("args is empty, and the bound cache has no static generation")
                               : "args names no generation of the bound cache");
  }
  return chosen;
}

}  // namespace gencache::core
