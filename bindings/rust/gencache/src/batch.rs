use std::sync::Arc;

use crate::ffi::{self, Call, Space};
use crate::{Arg, Error, Generations};

/// Invalidations and deletions that wait for a commit: what is noted while a database transaction is open is sent
/// together when that has committed. What is dropped before is not sent, so an early return rolls it back too.
///
/// ```
/// use gencache::{args, Cache};
///
/// # fn main() -> Result<(), gencache::Error> {
/// # let cache = Cache::open("memory://")?;
/// # cache.set("user:id", args! {id: 7}, "Ada")?;
/// let mut batch = cache.batch()?;
/// batch.invalidate("user:id", args! {id: 7})?; // sends nothing
/// // UPDATE …; COMMIT
/// batch.commit()?;
/// # assert_eq!(None, cache.get_value::<String>("user:id", args! {id: 7})?);
/// # Ok(())
/// # }
/// ```
///
/// It keeps its cache open.
pub struct Batch<'parent> {
    handle: ffi::Batch<'parent>,
    cache: Arc<ffi::Cache>,
}

impl Batch<'static> {
    pub(crate) fn new(cache: &Arc<ffi::Cache>) -> Result<Self, Error> {
        Ok(Batch {
            handle: ffi::Batch::root(cache)?,
            cache: cache.clone(),
        })
    }
}

impl<'parent> Batch<'parent> {
    /// Begins a batch within this one, as a savepoint is within a transaction: its commit hands over to this one, which
    /// sends nothing before its own.
    ///
    /// ```
    /// # fn main() -> Result<(), gencache::Error> {
    /// # let cache = gencache::Cache::open("memory://")?;
    /// let mut outer = cache.batch()?;
    /// let mut inner = outer.nested()?;
    /// inner.invalidate("b", &[])?;
    /// inner.commit()?;
    /// drop(inner);
    /// outer.invalidate("a", &[])?;
    /// outer.commit()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// This one cannot be used before the other is dropped:
    ///
    /// ```compile_fail,E0499
    /// # fn main() -> Result<(), gencache::Error> {
    /// # let cache = gencache::Cache::open("memory://")?;
    /// let mut outer = cache.batch()?;
    /// let _inner = outer.nested()?;
    /// outer.invalidate("a", &[])?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Memory`](crate::ErrorKind::Memory).
    pub fn nested(&mut self) -> Result<Batch<'_>, Error> {
        let handle = self.handle.nested(&self.cache)?;
        Ok(Batch {
            handle,
            cache: self.cache.clone(),
        })
    }

    /// Notes an invalidation; see [`Cache::invalidate`](crate::Cache::invalidate).
    ///
    /// # Errors
    /// [`ErrorKind::Argument`](crate::ErrorKind::Argument).
    pub fn invalidate(&mut self, generations: impl Generations, args: &[Arg<'_>]) -> Result<(), Error> {
        self.note(ffi::Batch::invalidate, generations, args)
    }

    /// Notes a soft invalidation; see [`Cache::invalidate_soft`](crate::Cache::invalidate_soft).
    ///
    /// # Errors
    /// [`ErrorKind::Argument`](crate::ErrorKind::Argument).
    pub fn invalidate_soft(&mut self, generations: impl Generations, args: &[Arg<'_>]) -> Result<(), Error> {
        self.note(ffi::Batch::invalidate_soft, generations, args)
    }

    /// Notes a deletion; see [`Cache::delete`](crate::Cache::delete).
    ///
    /// # Errors
    /// [`ErrorKind::Argument`](crate::ErrorKind::Argument).
    pub fn delete(&mut self, generations: impl Generations, args: &[Arg<'_>]) -> Result<(), Error> {
        self.note(ffi::Batch::delete, generations, args)
    }

    /// Sends what was noted, in one round trip to each server; or hands it over to the batch that this one is nested in.
    /// It is empty afterwards and may be used again.
    ///
    /// # Errors
    /// As [`Cache::invalidate`](crate::Cache::invalidate): what was not acknowledged is kept, and may be committed
    /// again.
    pub fn commit(&mut self) -> Result<(), Error> {
        self.handle.commit()
    }

    /// Drops what was noted. The batch may be used again.
    pub fn cancel(&mut self) {
        self.handle.cancel()
    }

    fn note(
        &mut self,
        note: fn(&mut ffi::Batch<'parent>, &Call<'_>) -> Result<(), Error>,
        generations: impl Generations,
        args: &[Arg<'_>],
    ) -> Result<(), Error> {
        note(&mut self.handle, &Space::new().call(&generations.list(), args)?)
    }
}
