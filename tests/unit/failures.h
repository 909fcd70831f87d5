// What a call refuses.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "failure.h"

namespace gencache::test {

// The message of the Failure that `call` throws.
template <class Call>
std::string refusal(Call &&call) {
  try {
    call();
  } catch (const core::Failure &failure) {
    EXPECT_EQ(failure.status(), GC_ERR_ARGUMENT) << failure.what();
    return failure.what();
  }
  ADD_FAILURE() << "nothing was refused";
  return {};
}

}  // namespace gencache::test
