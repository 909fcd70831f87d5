use std::ffi::CString;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::ffi::{self, Calls, Log, Space};
use crate::many::{self, Gap};
use crate::options::{milliseconds, Prepared};
use crate::{
    fetch, Arg, Batch, Bound, Entry, Error, ErrorKind, Filling, Generations, Load, LogLevel, Lookup, Options, Outcome,
    Stats, Store,
};

/// A namespace on a pool of memcached servers, or in this process.
///
/// A call that reads or computes gives no error because a server is away: a read is a miss with
/// [`Reason::Unavailable`](crate::Reason::Unavailable), a computed value goes to the caller. A call that changes
/// something gives an error where it did not succeed, since an old value may then be left.
///
/// Every call ends within the `timeout_ms` of the URL; those that compute or wait for a value take that beyond it. It
/// blocks its thread meanwhile: in async code, call it by `spawn_blocking` or its like.
///
/// May be used by any number of threads at once. A clone is the same cache, and cheap.
#[derive(Clone)]
pub struct Cache {
    handle: Arc<ffi::Cache>,
    options: Prepared,
}

impl Cache {
    /// Opens a cache: `memory://`, `memcached://h1:11211,h2:11211/?prefix=shop&ttl=3600`,
    /// `memcached+unix:///run/memcached.sock`. Nothing is connected yet. Each call for `memory://` opens a store of its
    /// own: share one, by a reference or a clone.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for a bad URL, or a host name that does not resolve.
    pub fn open(url: &str) -> Result<Self, Error> {
        Self::open_with(Some(url), None)
    }

    /// Opens the cache that `$GENCACHE_URL` names, or `memory://` where that is not set or empty.
    ///
    /// # Errors
    /// As [`open`](Cache::open).
    pub fn from_env() -> Result<Self, Error> {
        Self::open_with(None, None)
    }

    /// Like [`open`](Cache::open), with a function that is told what happens inside, up to `level`. It is called on the
    /// thread whose call caused it, maybe on several at once; a panic of it is dropped. It lives until the last clone of
    /// the cache, and of what it gave, is dropped: do not keep the cache in it.
    ///
    /// # Errors
    /// As [`open`](Cache::open).
    pub fn open_logged(
        url: &str,
        level: LogLevel,
        log: impl Fn(LogLevel, &str) + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        Self::open_with(
            Some(url),
            Some(Log {
                level,
                function: Box::new(log),
            }),
        )
    }

    fn open_with(url: Option<&str>, log: Option<Log>) -> Result<Self, Error> {
        let url = url.map(CString::new).transpose();
        let url = url.map_err(|_| Error::new(ErrorKind::Argument, "url: it holds a NUL character"))?;
        let handle = ffi::Cache::open(url.as_deref(), log)?;
        Ok(Cache {
            handle: Arc::new(handle),
            options: Prepared::default(),
        })
    }

    /// The same cache with another budget for its calls, 1 ms to a minute, in the place of the URL's `timeout_ms`. All
    /// else is shared.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] where it is out of range.
    pub fn with_timeout(&self, timeout: Duration) -> Result<Self, Error> {
        let handle = self.handle.with_timeout(milliseconds(timeout))?;
        Ok(Cache {
            handle: Arc::new(handle),
            options: self.options.clone(),
        })
    }

    /// The same cache with options for what it stores and computes, in the place of those that it has. Make it once,
    /// not for each call.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] where one is out of range.
    pub fn with_options(&self, options: &Options) -> Result<Self, Error> {
        Ok(Cache {
            handle: self.handle.clone(),
            options: Prepared::new(options)?,
        })
    }

    pub(crate) fn handle(&self) -> &ffi::Cache {
        &self.handle
    }

    pub(crate) fn options(&self) -> &Prepared {
        &self.options
    }

    /// Reads a value: one round trip, to one server. Never waits, never computes, never gives an old value.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for bad generations or arguments; [`ErrorKind::Type`] if the value is no `T`.
    pub fn get<T: Load>(&self, generations: impl Generations, args: &[Arg<'_>]) -> Result<Lookup<T>, Error> {
        let found = self.handle.get(&Space::new().call(&generations.list(), args)?)?;
        Lookup::new(found, &self.options)
    }

    /// Like [`get`](Cache::get), for those who want the value or nothing.
    ///
    /// # Errors
    /// As [`get`](Cache::get), and where the server could not be asked: then it is not known whether there is a value.
    pub fn get_value<T: Load>(&self, generations: impl Generations, args: &[Arg<'_>]) -> Result<Option<T>, Error> {
        match self.get::<T>(generations, args)? {
            Lookup::Hit(entry) => Ok(Some(entry.into_value())),
            Lookup::Miss(miss) => miss.error().map_or(Ok(None), |error| Err(error.clone())),
        }
    }

    /// Stores a value that was not preceded by a miss. An invalidation between the moment the value was computed and
    /// this call goes unnoticed: prefer [`get`](Cache::get) with [`Miss::fill`](crate::Miss::fill), or
    /// [`fetch`](Cache::fetch).
    ///
    /// # Errors
    /// Any, where it was not stored: an older value may be left.
    pub fn set<T: Store + ?Sized>(
        &self,
        generations: impl Generations,
        args: &[Arg<'_>],
        value: &T,
    ) -> Result<(), Error> {
        let value = value.store()?;
        self.handle.set(
            &Space::new().call(&generations.list(), args)?,
            &value,
            self.options.handle(),
        )
    }

    /// Deletes one value, whether or not it is there. What depends on the same generations stays.
    ///
    /// # Errors
    /// Any, where it failed.
    pub fn delete(&self, generations: impl Generations, args: &[Arg<'_>]) -> Result<(), Error> {
        self.handle.delete(&Space::new().call(&generations.list(), args)?)
    }

    /// Invalidates generations: everything that depends on one of them is a miss, however much it is. Once this is `Ok`,
    /// no read that begins afterwards returns a value whose computation began before.
    ///
    /// Arguments that no generation names are ignored.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`], [`ErrorKind::Refused`] where a server has not acknowledged it; the text names the
    /// servers. This cache does not read from them before it has delivered the invalidation, but another process may:
    /// call again to be sure. [`ErrorKind::Argument`] for bad generations or arguments.
    pub fn invalidate(&self, generations: impl Generations, args: &[Arg<'_>]) -> Result<(), Error> {
        self.handle.invalidate(&Space::new().call(&generations.list(), args)?)
    }

    /// Like [`invalidate`](Cache::invalidate), but what depends on the generations may still be served as stale to calls
    /// whose options allow it: [`Options::stale_for`], [`Options::fail_safe`]. Takes two round trips or more.
    ///
    /// # Errors
    /// As [`invalidate`](Cache::invalidate).
    pub fn invalidate_soft(&self, generations: impl Generations, args: &[Arg<'_>]) -> Result<(), Error> {
        self.handle
            .invalidate_soft(&Space::new().call(&generations.list(), args)?)
    }

    /// Invalidates everything in the namespace; see [`invalidate`](Cache::invalidate). Other namespaces on the same
    /// servers stay.
    ///
    /// # Errors
    /// As [`invalidate`](Cache::invalidate).
    pub fn clear(&self) -> Result<(), Error> {
        self.handle.clear()
    }

    /// Asks every server for an answer, and delivers what it missed while it was away.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`]; the text names the servers.
    pub fn ping(&self) -> Result<(), Error> {
        self.handle.ping()
    }

    /// Gets a value, or computes and stores it. Of all callers that miss one key at once, in any process on any host, one
    /// computes; the others wait for it, or take a stale value where the options allow it.
    ///
    /// ```
    /// use gencache::{args, Cache};
    ///
    /// fn load_name(id: i64) -> Result<String, std::io::Error> {
    ///     Ok(format!("user {id}")) // SELECT …
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let cache = Cache::open("memory://")?;
    /// let name = cache.fetch("user:id", args! {id: 7}, || -> Result<_, Box<dyn std::error::Error>> {
    ///     Ok(load_name(7)?)
    /// })?;
    /// let length = cache.fetch("user:id", args! {id: 7, _: "length"}, || name.len())?; // one that cannot fail
    /// # assert_eq!(6, length);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The computation is called on this thread, at most once, and gives the value or a `Result` of it: see [`Outcome`].
    /// If it panics, the panic goes on to the caller, and the next caller computes at once. A value of another type in
    /// the cache is computed anew and overwritten.
    ///
    /// # Errors
    /// The computation's own, untouched, unless a stale value may stand in ([`Options::fail_safe`]). And
    /// [`ErrorKind::Argument`] for bad input, or where the value cannot be stored at all.
    pub fn fetch<R: Outcome>(
        &self,
        generations: impl Generations,
        args: &[Arg<'_>],
        compute: impl FnOnce() -> R,
    ) -> Result<R::Value, R::Error> {
        self.fetch_with(generations, args, |_| compute())
    }

    /// Like [`fetch`](Cache::fetch), for a computation that finds out what its value depends on.
    ///
    /// ```
    /// # use gencache::{args, Cache};
    /// # struct Book { title: &'static str, author_id: i64 }
    /// # fn load_book(_: i64) -> Book { Book { title: "Emma", author_id: 3 } }
    /// # fn load_author(_: i64) -> String { "Jane Austen".to_string() }
    /// # fn main() -> Result<(), gencache::Error> {
    /// # let cache = Cache::open("memory://")?;
    /// let page = cache.fetch_with("book:id", args! {id: 1}, |filling| -> Result<String, gencache::Error> {
    ///     let book = load_book(1);
    ///     filling.depend("author:id", args! {id: book.author_id})?; // first this, then read the author
    ///     Ok(format!("{} by {}", book.title, load_author(book.author_id)))
    /// })?;
    /// # cache.invalidate("author:id", args! {id: 3})?;
    /// # assert!(!cache.get::<String>("book:id", args! {id: 1})?.is_hit());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`fetch`](Cache::fetch).
    pub fn fetch_with<R: Outcome>(
        &self,
        generations: impl Generations,
        args: &[Arg<'_>],
        compute: impl FnOnce(&mut Filling<'_>) -> R,
    ) -> Result<R::Value, R::Error> {
        self.fetch_entry(generations, args, compute).map(Entry::into_value)
    }

    /// Like [`fetch_with`](Cache::fetch_with), for those who want to know about the value: whether it is stale, its age,
    /// its key.
    ///
    /// # Errors
    /// As [`fetch`](Cache::fetch).
    pub fn fetch_entry<R: Outcome>(
        &self,
        generations: impl Generations,
        args: &[Arg<'_>],
        compute: impl FnOnce(&mut Filling<'_>) -> R,
    ) -> Result<Entry<R::Value>, R::Error> {
        let names = generations.list();
        let mut space = Space::new();
        let call = space.call(&names, args)?;
        fetch::fetch_entry(&self.options, |options| self.handle.begin(&call, options), compute)
    }

    /// Reads many values that depend on the same generations: one round trip, all servers at once. `calls` are the
    /// arguments of each: [`each`](crate::each), or a list of arrays, slices or vectors of them.
    ///
    /// # Errors
    /// As [`get`](Cache::get).
    pub fn get_many<'a, T: Load, A: AsRef<[Arg<'a>]>>(
        &self,
        generations: impl Generations,
        calls: &[A],
    ) -> Result<Vec<Lookup<T>>, Error> {
        let calls = Calls::new(&many::slices(calls))?;
        let found = self
            .handle
            .get_many(&Space::new().call(&generations.list(), &[])?, &calls)?;
        many::lookups(found, &self.options)
    }

    /// Gets many values, and computes those that are missing all at once.
    ///
    /// ```
    /// # use gencache::{each, Cache};
    /// # fn load_names(ids: &[i64]) -> Vec<String> { ids.iter().map(|id| format!("user {id}")).collect() }
    /// # fn main() -> Result<(), gencache::Error> {
    /// # let cache = Cache::open("memory://")?;
    /// let ids = [3, 5, 8];
    /// let users = cache.fetch_many("user:id", &each("id", ids), |gaps| -> Result<(), gencache::Error> {
    ///     let missing: Vec<i64> = gaps.iter().map(|gap| ids[gap.index()]).collect();
    ///     for (gap, name) in gaps.iter_mut().zip(load_names(&missing)) { // SELECT … WHERE id IN (…)
    ///         gap.fill(name)?;
    ///     }
    ///     Ok(())
    /// })?;
    /// let names: Vec<Option<String>> = users.into_iter().map(|user| user.into_value()).collect();
    /// # assert_eq!(Some("user 8"), names[2].as_deref());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The computation is called on this thread, more than once where somebody else's was waited for and failed. Gaps
    /// that it leaves are misses. If it panics, it is not called again, and the panic goes on to the caller once nobody
    /// else is waited for.
    ///
    /// # Errors
    /// As [`fetch`](Cache::fetch).
    pub fn fetch_many<'a, T, R, A>(
        &self,
        generations: impl Generations,
        calls: &[A],
        compute: impl FnMut(&mut [Gap<'_, T>]) -> R,
    ) -> Result<Vec<Lookup<T>>, R::Error>
    where
        T: Store + Load,
        R: Outcome<Value = ()>,
        A: AsRef<[Arg<'a>]>,
    {
        let names = generations.list();
        let mut space = Space::new();
        let call = space.call(&names, &[])?;
        let fetch = |calls: &Calls<'_>, options: Option<&ffi::Options>, compute: &mut ffi::ComputeMany<'_>| {
            self.handle.fetch_many(&call, calls, options, compute)
        };
        many::fetch_many(&many::slices(calls), &self.options, fetch, compute)
    }

    /// Binds generations, parameters and the cache's options, for values that are used in many places.
    ///
    /// ```
    /// # use gencache::{arg, args, param, Cache};
    /// # fn main() -> Result<(), gencache::Error> {
    /// # let cache = Cache::open("memory://")?;
    /// let pages = cache.bind(["nav", "nav_portal:user_id"], &[param("user_id"), arg("page", "home")])?;
    /// pages.set(args! {user_id: 1}, "<h1>home of user 1</h1>")?;
    /// pages.invalidate(args! {user_id: 1})?;
    /// # assert!(!pages.get::<String>(args! {_: 1})?.is_hit());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Argument`]; each argument that a generation names must be a parameter.
    pub fn bind(&self, generations: impl Generations, parameters: &[Arg<'_>]) -> Result<Bound, Error> {
        let names = generations.list();
        let mut space = Space::new();
        let handle = self
            .handle
            .bind(&space.call(&names, parameters)?, self.options.handle())?;
        Ok(Bound::new(handle))
    }

    /// Begins a batch: invalidations that wait for a commit.
    ///
    /// # Errors
    /// [`ErrorKind::Memory`].
    pub fn batch(&self) -> Result<Batch<'static>, Error> {
        Batch::new(&self.handle)
    }

    /// The readable key of a call, without asking a server.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`].
    pub fn key(&self, generations: impl Generations, args: &[Arg<'_>]) -> Result<String, Error> {
        self.handle.key(&Space::new().call(&generations.list(), args)?)
    }

    /// What a read would find, for people: the key, the server, each generation with its stored and its current stamp,
    /// the verdict. Changes nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] where the server could not be asked; [`ErrorKind::Argument`].
    pub fn explain(&self, generations: impl Generations, args: &[Arg<'_>]) -> Result<String, Error> {
        self.handle.explain(&Space::new().call(&generations.list(), args)?)
    }

    /// What the cache has done in this process since it was opened.
    ///
    /// # Errors
    /// [`ErrorKind::Memory`].
    pub fn stats(&self) -> Result<Stats, Error> {
        Stats::of(&self.handle)
    }

    /// The same and more as text for Prometheus (text exposition format 0.0.4).
    ///
    /// # Errors
    /// [`ErrorKind::Memory`].
    pub fn metrics(&self) -> Result<String, Error> {
        self.handle.metrics()
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").finish_non_exhaustive()
    }
}
