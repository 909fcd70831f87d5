//! Everything unsafe: the C interface behind types that cannot be misused. No other module has unsafe code.
//!
//! What holds for all of it:
//! - A handle is owned by one Rust value, is freed once, by `Drop`, and is never null.
//! - What a handle gives away by pointer is borrowed from it, so the borrow ends before it is changed or freed.
//! - A function of the library that changes a handle takes `&mut`; a cache and a bound cache are thread-safe and take `&`.
//! - No panic of a callback crosses C.
#![allow(unsafe_code)]

mod cache;
mod entry;
mod failure;
mod handles;
mod log;
mod many;
mod space;
mod value;

pub use cache::Stats;
pub use entry::{Entry, Found};
pub use handles::{Batch, Bound, Cache, Options};
pub use log::Log;
pub use many::{Calls, ComputeMany, ManyFound};
pub use space::{Call, Space, NO_GENERATIONS};

use std::ffi::CStr;
use std::os::raw::c_char;

/// The text of a C string that lives as long as `'a`.
///
/// # Safety
/// `text` is NUL-terminated and neither changed nor freed within `'a`.
unsafe fn text<'a>(text: *const c_char) -> &'a str {
    // SAFETY: the caller's promise.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str().unwrap_or("(text that is not UTF-8)")
}

/// The name of a status, such as "GC_MISS".
pub fn status_name(status: gencache_sys::gc_status) -> &'static str {
    // SAFETY: the library gives a constant.
    unsafe { text(gencache_sys::gc_status_name(status)) }
}

/// The name of a reason, such as "absent".
pub fn reason_name(reason: i32) -> &'static str {
    // SAFETY: the library gives a constant.
    unsafe { text(gencache_sys::gc_reason_name(reason)) }
}

/// The version of the loaded library.
pub fn version() -> &'static str {
    // SAFETY: the library gives a constant.
    unsafe { text(gencache_sys::gc_version()) }
}
