use std::fmt;
use std::sync::Arc;

use crate::ffi::{self, Calls, Space, NO_GENERATIONS};
use crate::many::{self, Gap};
use crate::options::Prepared;
use crate::{fetch, Arg, Entry, Error, Filling, Load, Lookup, Options, Outcome, Store};

/// A bound cache, from [`Cache::bind`](crate::Cache::bind): its generations, parameters, defaults and options are given
/// once. Arguments are given by name, `args! {user_id: 1}`, or by position in the order of the parameters,
/// `args! {_: 1, _: "home"}`.
///
/// May be used by any number of threads at once, and outlive its cache. A clone is the same, and cheap. What each method
/// does and gives stands at the one of the same name in [`Cache`](crate::Cache).
#[derive(Clone)]
pub struct Bound {
    handle: Arc<ffi::Bound>,
    options: Prepared, // beside those that it was bound with
}

impl Bound {
    pub(crate) fn new(handle: ffi::Bound) -> Self {
        Bound {
            handle: Arc::new(handle),
            options: Prepared::default(),
        }
    }

    /// The same with other options: what they leave out is as it was bound.
    ///
    /// # Errors
    /// As [`Cache::with_options`](crate::Cache::with_options).
    pub fn with_options(&self, options: &Options) -> Result<Self, Error> {
        Ok(Bound {
            handle: self.handle.clone(),
            options: Prepared::new(options)?,
        })
    }

    /// Like [`Cache::get`](crate::Cache::get).
    ///
    /// # Errors
    /// As there, and so below.
    pub fn get<T: Load>(&self, args: &[Arg<'_>]) -> Result<Lookup<T>, Error> {
        let found = self.handle.get(&Space::new().call(NO_GENERATIONS, args)?)?;
        Lookup::new(found, &self.options)
    }

    /// Like [`Cache::set`](crate::Cache::set).
    ///
    /// # Errors
    /// As there.
    pub fn set<T: Store + ?Sized>(&self, args: &[Arg<'_>], value: &T) -> Result<(), Error> {
        let value = value.store()?;
        self.handle
            .set(&Space::new().call(NO_GENERATIONS, args)?, &value, self.options.handle())
    }

    /// Like [`Cache::delete`](crate::Cache::delete).
    ///
    /// # Errors
    /// As there.
    pub fn delete(&self, args: &[Arg<'_>]) -> Result<(), Error> {
        self.handle.delete(&Space::new().call(NO_GENERATIONS, args)?)
    }

    /// Invalidates those of its generations that the arguments given here name; without arguments, its static ones.
    /// Defaults are not used.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`](crate::ErrorKind::Argument) if that is none; else as
    /// [`Cache::invalidate`](crate::Cache::invalidate).
    pub fn invalidate(&self, args: &[Arg<'_>]) -> Result<(), Error> {
        self.handle.invalidate(&Space::new().call(NO_GENERATIONS, args)?)
    }

    /// Like [`invalidate`](Bound::invalidate), softly: see [`Cache::invalidate_soft`](crate::Cache::invalidate_soft).
    ///
    /// # Errors
    /// As there.
    pub fn invalidate_soft(&self, args: &[Arg<'_>]) -> Result<(), Error> {
        self.handle.invalidate_soft(&Space::new().call(NO_GENERATIONS, args)?)
    }

    /// Like [`Cache::fetch`](crate::Cache::fetch).
    ///
    /// # Errors
    /// As there.
    pub fn fetch<R: Outcome>(&self, args: &[Arg<'_>], compute: impl FnOnce() -> R) -> Result<R::Value, R::Error> {
        self.fetch_with(args, |_| compute())
    }

    /// Like [`Cache::fetch_with`](crate::Cache::fetch_with).
    ///
    /// # Errors
    /// As there.
    pub fn fetch_with<R: Outcome>(
        &self,
        args: &[Arg<'_>],
        compute: impl FnOnce(&mut Filling<'_>) -> R,
    ) -> Result<R::Value, R::Error> {
        self.fetch_entry(args, compute).map(Entry::into_value)
    }

    /// Like [`Cache::fetch_entry`](crate::Cache::fetch_entry).
    ///
    /// # Errors
    /// As there.
    pub fn fetch_entry<R: Outcome>(
        &self,
        args: &[Arg<'_>],
        compute: impl FnOnce(&mut Filling<'_>) -> R,
    ) -> Result<Entry<R::Value>, R::Error> {
        let mut space = Space::new();
        let call = space.call(NO_GENERATIONS, args)?;
        fetch::fetch_entry(&self.options, |options| self.handle.begin(&call, options), compute)
    }

    /// Like [`Cache::get_many`](crate::Cache::get_many).
    ///
    /// # Errors
    /// As there.
    pub fn get_many<'a, T: Load, A: AsRef<[Arg<'a>]>>(&self, calls: &[A]) -> Result<Vec<Lookup<T>>, Error> {
        let found = self.handle.get_many(&Calls::new(&many::slices(calls))?)?;
        many::lookups(found, &self.options)
    }

    /// Like [`Cache::fetch_many`](crate::Cache::fetch_many).
    ///
    /// # Errors
    /// As there.
    pub fn fetch_many<'a, T, R, A>(
        &self,
        calls: &[A],
        compute: impl FnMut(&mut [Gap<'_, T>]) -> R,
    ) -> Result<Vec<Lookup<T>>, R::Error>
    where
        T: Store + Load,
        R: Outcome<Value = ()>,
        A: AsRef<[Arg<'a>]>,
    {
        let fetch = |calls: &Calls<'_>, options: Option<&ffi::Options>, compute: &mut ffi::ComputeMany<'_>| {
            self.handle.fetch_many(calls, options, compute)
        };
        many::fetch_many(&many::slices(calls), &self.options, fetch, compute)
    }
}

impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bound").finish_non_exhaustive()
    }
}
