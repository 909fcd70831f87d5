use gencache_sys as sys;

use crate::entry::{fill, Filling};
use crate::ffi::{self, Found};
use crate::options::Prepared;
use crate::{Entry, Error, ErrorKind, Load, Store};

/// What a computation may return: a value, or a `Result` of one.
///
/// The error of a computation that fails comes out of [`fetch`](crate::Cache::fetch) untouched. Its type must be able to
/// take an [`Error`] of gencache too (`From<Error>`), as `Box<dyn std::error::Error>` and `anyhow::Error` do. The value is
/// kept, so it must be owned, and both [`Store`] and [`Load`]: `String` and not `&str`.
#[cfg_attr(
    has_advice,
    diagnostic::on_unimplemented(
        message = "`{Self}` is not what a computation can return",
        note = "it returns a `T`, or a `Result<T, E>` where `E: From<gencache::Error>`",
        note = "`T` is owned and both `Store` and `Load`: `String` and not `&str`, `Vec<u8>` and not `&[u8]`",
    )
)]
pub trait Outcome {
    /// The value.
    type Value: Store + Load;
    /// What goes wrong, here or in gencache.
    type Error: From<Error>;

    /// The outcome as a `Result`.
    ///
    /// # Errors
    /// Where the computation failed.
    fn into_result(self) -> Result<Self::Value, Self::Error>;
}

impl<T: Store + Load> Outcome for T {
    type Value = T;
    type Error = Error;

    fn into_result(self) -> Result<T, Error> {
        Ok(self)
    }
}

impl<T: Store + Load, E: From<Error>> Outcome for Result<T, E> {
    type Value = T;
    type Error = E;

    fn into_result(self) -> Result<T, E> {
        self
    }
}

/// What `fetch` gives for a computation that returns `R`.
pub(crate) type Fetched<R> = Result<Entry<<R as Outcome>::Value>, <R as Outcome>::Error>;

/// Gets or computes a value; `begin` is `gc_begin` with these options.
pub(crate) fn fetch_entry<R: Outcome>(
    options: &Prepared,
    begin: impl Fn(Option<&ffi::Options>) -> Result<Found, Error>,
    compute: impl FnOnce(&mut Filling<'_>) -> R,
) -> Fetched<R> {
    match Turn::new(options, begin)? {
        Turn::Value(entry) => Ok(entry),
        Turn::Ours(entry) => compute_entry(entry, compute),
    }
}

/// What a fetch comes to before anything is computed.
pub(crate) enum Turn<T> {
    /// There is a value.
    Value(Entry<T>),
    /// It is our turn to compute it.
    Ours(ffi::Entry),
}

impl<T: Load> Turn<T> {
    /// A value of another type, left by an earlier version of the program, say, is to be computed anew.
    pub fn new(
        options: &Prepared,
        begin: impl Fn(Option<&ffi::Options>) -> Result<Found, Error>,
    ) -> Result<Self, Error> {
        match Turn::awaited(begin(options.handle())?) {
            Err(error) if error.kind() == ErrorKind::Type => Turn::awaited(begin(options.refreshing()?.handle())?),
            turn => turn,
        }
    }

    /// Waits while somebody else computes: for no longer than the options say, then it is our turn.
    fn awaited(found: Found) -> Result<Self, Error> {
        const A_WHILE_MS: i64 = 60_000;
        let Found {
            mut status,
            mut entry,
            mut error,
        } = found;
        while status == sys::GC_BUSY {
            (status, error) = entry.wait(A_WHILE_MS);
        }
        match status {
            sys::GC_OK | sys::GC_STALE => Entry::load(entry).map(Turn::Value),
            // A server that is away costs the cache and not the value.
            sys::GC_MISS | sys::GC_ERR_UNAVAILABLE | sys::GC_ERR_REFUSED => Ok(Turn::Ours(entry)),
            status => Err(error.unwrap_or_else(|| Error::new(ErrorKind::Internal, ffi::status_name(status)))),
        }
    }
}

/// Computes and fills. If that panics, dropping the entry abandons it, and the next caller may try.
pub(crate) fn compute_entry<R: Outcome>(
    mut entry: ffi::Entry,
    compute: impl FnOnce(&mut Filling<'_>) -> R,
) -> Fetched<R> {
    match compute(&mut Filling(Some(&mut entry))).into_result() {
        Ok(value) => {
            fill(&mut entry, &value, None)?;
            Ok(Entry::new(entry, value))
        }
        Err(error) => old_value(entry).ok_or(error),
    }
}

/// The old value that may stand in for a computation that failed.
fn old_value<T: Load>(mut entry: ffi::Entry) -> Option<Entry<T>> {
    entry.abandon().ok()?;
    if entry.has_value() {
        Entry::load(entry).ok()
    } else {
        None
    }
}
