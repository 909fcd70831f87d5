use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::Arc;

use gencache_sys as sys;

use super::log::Log;

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident $(<$parent:lifetime>)? of $raw:ident, freed by $free:ident;)*) => {$(
        $(#[$doc])*
        pub struct $name $(<$parent>)? {
            raw: NonNull<sys::$raw>,
            _parent: PhantomData<($(&$parent (),)?)>, // is borrowed until the handle is freed
            log: Option<Arc<Log>>, // is called for as long as the handle lives: dropped after it
        }

        impl $(<$parent>)? $name $(<$parent>)? {
            /// Takes over what the library gave away, if it is not null.
            pub(super) fn owned(raw: *mut sys::$raw, log: Option<Arc<Log>>) -> Option<Self> {
                NonNull::new(raw).map(|raw| $name {
                    raw,
                    _parent: PhantomData,
                    log,
                })
            }

            pub(super) fn raw(&self) -> *mut sys::$raw {
                self.raw.as_ptr()
            }

            #[allow(dead_code)] // options log nothing
            pub(super) fn log(&self) -> Option<Arc<Log>> {
                self.log.clone()
            }
        }

        impl $(<$parent>)? Drop for $name $(<$parent>)? {
            fn drop(&mut self) {
                // SAFETY: it is ours alone, and this is its end.
                unsafe { sys::$free(self.raw()) }
            }
        }

        // SAFETY: the header says that a handle may be used by any thread, and by several at once if they only read
        // it: the functions that change one take `&mut`. Caches and bound caches are thread-safe.
        unsafe impl $(<$parent>)? Send for $name $(<$parent>)? {}
        // SAFETY: as above.
        unsafe impl $(<$parent>)? Sync for $name $(<$parent>)? {}
    )*};
}

handles! {
    /// A cache.
    Cache of gc_cache, freed by gc_close;
    /// What a read found. One that is to be computed is abandoned when it is dropped.
    Entry of gc_entry, freed by gc_entry_free;
    /// How to compute and store values.
    Options of gc_options, freed by gc_options_free;
    /// A bound cache.
    Bound of gc_bound, freed by gc_bound_free;
    /// A batch, which may be nested in another one.
    Batch<'parent> of gc_batch, freed by gc_batch_free;
}

/// What the library takes for `options`; null means the defaults.
pub fn raw_options(options: Option<&Options>) -> *const sys::gc_options {
    options.map_or(std::ptr::null(), |options| options.raw() as *const _)
}
