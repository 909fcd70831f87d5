//! A generational cache on memcached.
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
