use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use gencache_sys as sys;

use crate::ffi::{self, Found, Space};
use crate::options::Prepared;
use crate::{Arg, Error, Load, Options, Store, Value};

/// Why a read was not a hit. Its text is its name: "hit", "absent", …
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// It was a hit.
    Hit,
    /// Nothing is stored for the key.
    Absent,
    /// The value's lifetime is over; or it was to be computed anew before that.
    Expired,
    /// A generation was invalidated, or lost by its server.
    Invalidated,
    /// The namespace was cleared.
    Cleared,
    /// What is stored is damaged.
    Corrupt,
    /// What is stored has the format of another version of gencache.
    OtherVersion,
    /// The server could not be asked.
    Unavailable,
}

impl Reason {
    /// All, in the order of their numbers.
    pub const ALL: [Reason; 8] = [
        Reason::Hit,
        Reason::Absent,
        Reason::Expired,
        Reason::Invalidated,
        Reason::Cleared,
        Reason::Corrupt,
        Reason::OtherVersion,
        Reason::Unavailable,
    ];

    fn of(entry: &ffi::Entry) -> Self {
        let number = usize::try_from(entry.reason()).unwrap_or(usize::MAX);
        Reason::ALL.get(number).copied().unwrap_or(Reason::OtherVersion)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ffi::reason_name(*self as i32))
    }
}

/// What a read found: a value, or a miss that is to be filled.
///
/// ```
/// use gencache::{args, Cache, Lookup};
///
/// # fn main() -> Result<(), gencache::Error> {
/// let cache = Cache::open("memory://")?;
/// let html = match cache.get::<String>(["nav", "nav_portal:user_id"], args! {user_id: 1})? {
///     Lookup::Hit(page) => page.into_value(),
///     Lookup::Miss(miss) => {
///         let html = "<h1>Welcome back</h1>".to_string(); // compute it here: no invalidation gets lost meanwhile
///         miss.fill(&html)?;
///         html
///     }
/// };
/// # assert_eq!("<h1>Welcome back</h1>", html);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use]
pub enum Lookup<T> {
    /// There is a value.
    Hit(Entry<T>),
    /// There is none: here is why, and the lease to fill it.
    Miss(Miss),
}

impl<T> Lookup<T> {
    /// The value, if there is one. Where a server could not be asked there is none, as for any other miss; see
    /// [`Cache::get_value`](crate::Cache::get_value).
    pub fn into_value(self) -> Option<T> {
        match self {
            Lookup::Hit(entry) => Some(entry.into_value()),
            Lookup::Miss(_) => None,
        }
    }

    /// The value, borrowed, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Lookup::Hit(entry) => Some(entry),
            Lookup::Miss(_) => None,
        }
    }

    /// Whether there is a value.
    pub fn is_hit(&self) -> bool {
        matches!(self, Lookup::Hit(_))
    }

    /// Why the read was not a hit.
    pub fn reason(&self) -> Reason {
        Reason::of(self.handle())
    }

    /// The readable key.
    pub fn key(&self) -> &str {
        self.handle().key()
    }

    fn handle(&self) -> &ffi::Entry {
        match self {
            Lookup::Hit(entry) => &entry.handle,
            Lookup::Miss(miss) => &miss.handle,
        }
    }
}

impl<T: Load> Lookup<T> {
    /// Of a read that does not compute.
    pub(crate) fn new(found: Found, options: &Prepared) -> Result<Self, Error> {
        if matches!(found.status, sys::GC_OK | sys::GC_STALE) {
            return Entry::load(found.entry).map(Lookup::Hit);
        }
        Ok(Lookup::Miss(Miss {
            handle: found.entry,
            options: options.clone(),
            error: found.error,
        }))
    }
}

/// A value from the cache, or one that was just computed, and what there is to know about it. It may outlive its cache.
pub struct Entry<T> {
    value: T,
    handle: ffi::Entry,
}

impl<T> Entry<T> {
    /// An entry whose value is `value`.
    pub(crate) fn new(handle: ffi::Entry, value: T) -> Self {
        Entry { value, handle }
    }

    /// The value.
    pub fn into_value(self) -> T {
        self.value
    }

    /// Whether the value is an old one, which the options allowed.
    pub fn is_stale(&self) -> bool {
        self.handle.status() == sys::GC_STALE
    }

    /// Why the read was not a hit; [`Reason::Hit`] if it was one.
    pub fn reason(&self) -> Reason {
        Reason::of(&self.handle)
    }

    /// The generation that caused the miss (`nav_portal:user_id=1`); "" where none did.
    pub fn generation(&self) -> &str {
        self.handle.generation()
    }

    /// The readable key.
    pub fn key(&self) -> &str {
        self.handle.key()
    }

    /// How long ago the value was stored, by this host's clock; nothing where the read found none.
    pub fn age(&self) -> Option<Duration> {
        time(self.handle.age_ms())
    }

    /// What was left of the value's lifetime; nothing where it has no end or the read found none.
    pub fn remaining(&self) -> Option<Duration> {
        time(self.handle.remaining_ms())
    }

    /// The bytes of the value as they are stored, without a copy. Of text and bytes those are what one would think;
    /// numbers and booleans are little-endian.
    pub fn bytes(&self) -> &[u8] {
        self.handle.bytes()
    }

    /// The value with the type that it is stored as; text and bytes are borrowed.
    ///
    /// # Errors
    /// [`ErrorKind::Type`](crate::ErrorKind::Type) where it has a type of a later version.
    pub fn stored(&self) -> Result<Value<'_>, Error> {
        self.handle.value()
    }
}

impl<T: Load> Entry<T> {
    /// Of a handle that has a value.
    pub(crate) fn load(handle: ffi::Entry) -> Result<Self, Error> {
        let value = T::load(handle.value()?)?;
        Ok(Entry { value, handle })
    }
}

impl<T> Deref for Entry<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Entry<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("key", &self.key())
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

/// A read that found no value: why, and the lease to fill it. No invalidation gets lost between the read and
/// [`fill`](Miss::fill): what is invalidated meanwhile makes the filled value a miss. It may outlive its cache.
#[must_use]
pub struct Miss {
    handle: ffi::Entry,
    options: Prepared,
    error: Option<Error>,
}

impl Miss {
    /// Why the read was not a hit.
    pub fn reason(&self) -> Reason {
        Reason::of(&self.handle)
    }

    /// The generation that caused the miss (`nav_portal:user_id=1`); "" where none did.
    pub fn generation(&self) -> &str {
        self.handle.generation()
    }

    /// The readable key.
    pub fn key(&self) -> &str {
        self.handle.key()
    }

    /// What went wrong, where the reason is [`Reason::Unavailable`]. Such a miss has no lease and cannot be filled. Of
    /// many at once, the message is that of the first one.
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// Stores the value, with the options of the cache.
    ///
    /// Gives whether it was stored: not where a server is away or refuses it, or where it is too large.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`](crate::ErrorKind::Argument) for what cannot be stored at all.
    pub fn fill<T: Store + ?Sized>(mut self, value: &T) -> Result<bool, Error> {
        fill(&mut self.handle, value, self.options.handle())
    }

    /// Stores the value, with other options.
    ///
    /// # Errors
    /// As in [`fill`](Miss::fill), and where an option is out of range.
    pub fn fill_with<T: Store + ?Sized>(mut self, value: &T, options: &Options) -> Result<bool, Error> {
        fill(&mut self.handle, value, Some(&options.to_handle()?))
    }

    /// Makes the value depend on one more generation; see [`Filling::depend`].
    ///
    /// # Errors
    /// As there.
    pub fn depend(&mut self, generation: &str, args: &[Arg<'_>]) -> Result<bool, Error> {
        depend(&mut self.handle, generation, args)
    }
}

/// Why it is a miss: `absent`, `invalidated nav_portal:user_id=1`, …
impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.generation() {
            "" => self.reason().fmt(f),
            generation => write!(f, "{} {generation}", self.reason()),
        }
    }
}

impl fmt::Debug for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Miss");
        debug
            .field("key", &self.key())
            .field("reason", &self.reason())
            .field("generation", &self.generation());
        debug.finish_non_exhaustive()
    }
}

/// What a computation can say about the value that it computes: see [`Cache::fetch_with`](crate::Cache::fetch_with).
pub struct Filling<'a>(pub(crate) Option<&'a mut ffi::Entry>);

impl Filling<'_> {
    /// Makes the value depend on one more generation, which turned up only while computing it. Call it before you read
    /// the source that the generation stands for: then there is no race with an invalidation of it.
    ///
    /// Gives whether it was noted: where a server could not do it, the value is computed but not stored.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`](crate::ErrorKind::Argument) for a bad generation or bad arguments.
    pub fn depend(&mut self, generation: &str, args: &[Arg<'_>]) -> Result<bool, Error> {
        self.0
            .as_mut()
            .map_or(Ok(false), |entry| depend(entry, generation, args))
    }
}

/// True if it was done, false if that cost no more than a miss.
fn noted(outcome: Result<(), Error>) -> Result<bool, Error> {
    match outcome {
        Ok(()) => Ok(true),
        Err(error) if error.is_only_a_miss() => Ok(false),
        Err(error) => Err(error),
    }
}

pub(crate) fn fill<T: Store + ?Sized>(
    entry: &mut ffi::Entry,
    value: &T,
    options: Option<&ffi::Options>,
) -> Result<bool, Error> {
    noted(entry.fill(&value.store()?, options))
}

pub(crate) fn depend(entry: &mut ffi::Entry, generation: &str, args: &[Arg<'_>]) -> Result<bool, Error> {
    noted(entry.depend(&Space::new().call(&[generation], args)?))
}

fn time(ms: i64) -> Option<Duration> {
    ms.try_into().ok().map(Duration::from_millis)
}
