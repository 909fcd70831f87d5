// Calls of the library as rapidcheck makes them up: generations and arguments that own their bytes.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "key.h"

namespace gencache::test {

struct Value {
  std::int32_t type = GC_NULL;
  std::uint64_t bits = 0;  // of a scalar
  std::string bytes;       // of text and bytes

  gc_value view() const;
};

Value null_value();
Value bool_value(bool truth);
Value int_value(std::int64_t number);
Value uint_value(std::uint64_t number);
Value double_value(double number);
Value text_value(std::string text);
Value bytes_value(std::string bytes);
double double_of(const Value &value);

struct Arg {
  std::optional<std::string> name;
  Value value;
};

struct Call {
  std::vector<std::string> generations;
  std::vector<Arg> args;
};

void showValue(const Call &call, std::ostream &out);

core::Key key_of(const Call &call, std::string_view prefix = "gc");

// Any value of any type that an argument may have; texts and bytes are full of the marks that keys are made of.
rc::Gen<Value> any_value();
rc::Gen<std::string> any_text();
rc::Gen<std::string> any_bytes();

// A valid call; its value-based generations find their arguments.
rc::Gen<Call> any_call();

// A small call whose values resemble those of other such calls: 42, "42", b"42", 42.0, null, "null" …
rc::Gen<Call> lookalike_call();
rc::Gen<Value> lookalike_value();

}  // namespace gencache::test
