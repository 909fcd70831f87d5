//! A generational cache on memcached: values depend on *generations*, and to invalidate a generation makes every value
//! that depends on it a miss, at once, however many there are.
//!
//! ```
//! use gencache::{args, Cache};
//!
//! fn render(user_id: i64) -> Result<String, Box<dyn std::error::Error>> {
//!     Ok(format!("<h1>Welcome back, {user_id}</h1>")) // from the database
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let cache = Cache::open("memory://")?; // or memcached://host1:11211,host2:11211/?prefix=shop&ttl=3600
//! let user_id = 1;
//! let html = cache.fetch(["nav", "nav_portal:user_id"], args! {user_id, page: "home"}, || render(user_id))?;
//! cache.invalidate("nav_portal:user_id", args! {user_id})?; // all pages of this user
//! # assert!(html.contains("Welcome"));
//! # Ok(())
//! # }
//! ```
//!
//! `nav_portal:user_id` takes its value from the argument `user_id`; every other argument is part of the rest of the key.
//! If [`Cache::invalidate`] returned `Ok`, no read that begins afterwards returns a value whose computation began before
//! it, whatever happens to servers and processes meanwhile.
//!
//! | to | use |
//! |---|---|
//! | get a value, or compute and store it | [`Cache::fetch`], [`Cache::fetch_with`], [`Cache::fetch_entry`] |
//! | do so in two steps | [`Cache::get`] and [`Miss::fill`]; [`Cache::get_value`] for an `Option` |
//! | have a function remember its results | [`wrap!`] |
//! | handle many values at once | [`Cache::get_many`], [`Cache::fetch_many`] |
//! | invalidate | [`Cache::invalidate`], [`Cache::invalidate_soft`], [`Cache::clear`]; after a commit [`Batch`] |
//! | give generations and parameters once | [`Cache::bind`] |
//! | set lifetimes, allow stale values | [`Options`] with [`Cache::with_options`] |
//! | store types of your own | [`Store`] and [`Load`]; the crate `gencache-serde` for JSON |
//! | see inside | [`Cache::explain`], [`Cache::stats`], [`Cache::metrics`], [`Cache::open_logged`] |
//!
//! A thin layer over the C library `libgencache`, which must be installed: `gencache-sys` says how it is found.
#![deny(missing_docs)]
#![deny(unsafe_op_in_unsafe_fn)]
#![deny(unsafe_code)] // but for the module `ffi`

mod arg;
mod batch;
mod bound;
mod cache;
mod entry;
mod error;
mod fetch;
mod ffi;
mod log;
mod many;
mod options;
mod stats;
mod value;
mod wrap;
#[doc(hidden)]
pub mod wrapped;

pub use arg::{arg, each, extra, param, Arg, Generations};
pub use batch::Batch;
pub use bound::Bound;
pub use cache::Cache;
pub use entry::{Entry, Filling, Lookup, Miss, Reason};
pub use error::{Error, ErrorKind};
pub use fetch::Outcome;
pub use log::LogLevel;
pub use many::Gap;
pub use options::Options;
pub use stats::{Histogram, Reads, Stats};
pub use value::{Load, Store, Unread, Value};

/// The version of the loaded library, such as "0.1.0".
pub fn version() -> &'static str {
    ffi::version()
}
