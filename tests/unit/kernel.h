// System calls that fail when a test asks for it: the program's own definitions stand before those of libc.
#pragma once

namespace gencache::test {

// The next calls of getrandom, in this order: it is interrupted, fails, or gives a single byte.
enum class Random { interrupted, broken, one_byte };
void expect_of_getrandom(Random outcome);

// Whether madvise knows MADV_WIPEONFORK, as Linux does since 4.14.
void let_kernel_wipe_on_fork(bool can_it);

}  // namespace gencache::test
