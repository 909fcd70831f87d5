// The public interface of one language, as the conformance cases see it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/handles.h"
#include "value.h"

namespace gencache::conformance {

// What came out of a call.
struct Outcome {
  gc_status status = GC_OK;
  std::string message;
  std::string reason;
  std::string generation;
  std::string key;
  std::optional<Value> value;
  std::string text;             // of explain
  bool is_only_a_miss = false;  // this language does not tell which of the errors it was that cost no more than a miss
};

struct ManyOutcomes {
  Outcome all;
  std::vector<Outcome> each;
};

// Gives its value, or fails where there is none; counts how often it is asked.
struct Computation {
  std::optional<Value> value;
  int calls = 0;
};

enum class Change { invalidate, invalidate_soft, remove };
using Changes = std::vector<std::pair<Change, Call>>;

// One cache, one entry and one bound cache at a time. `type` is what a language reads in which types are declared.
class Door {
 public:
  Door() = default;
  Door(const Door &) = delete;
  Door &operator=(const Door &) = delete;
  virtual ~Door() = default;

  virtual Outcome open(const std::string &url) = 0;
  virtual Outcome key(const Call &call) = 0;
  virtual Outcome explain(const Call &call) = 0;

  virtual Outcome get(const Call &call, int32_t type) = 0;
  virtual ManyOutcomes get_many(const std::vector<std::string> &generations, const std::vector<Arguments> &calls,
                                int32_t type) = 0;
  virtual Outcome fill(const Value &value, const test::Settings &settings) = 0;
  virtual Outcome depend(const std::string &generation, const Arguments &args) = 0;
  virtual Outcome set(const Call &call, const Value &value, const test::Settings &settings) = 0;
  virtual Outcome fetch(const Call &call, Computation &computation, int32_t type, const test::Settings &settings) = 0;

  virtual Outcome change(Change change, const Call &call) = 0;
  virtual Outcome clear() = 0;
  virtual Outcome batch(const Changes &changes, bool is_cancelled) = 0;

  virtual Outcome bind(const Call &call, const test::Settings &settings) = 0;  // its arguments are the parameters
  virtual Outcome bound_get(const Arguments &args, int32_t type) = 0;
  virtual Outcome bound_set(const Arguments &args, const Value &value, const test::Settings *settings) = 0;
  virtual Outcome bound_fetch(const Arguments &args, Computation &computation, int32_t type,
                              const test::Settings *settings) = 0;
  virtual Outcome bound_change(Change change, const Arguments &args) = 0;
};

std::unique_ptr<Door> make_c_door();
std::unique_ptr<Door> make_cpp_door();

}  // namespace gencache::conformance
