use std::ffi::CStr;
use std::os::raw::{c_char, c_void};
use std::sync::Arc;
use std::{mem, ptr};

use gencache_sys as sys;

use super::failure::{done, string, take_string, Failure};
use super::handles::{raw_options, Batch, Bound, Cache, Options};
use super::log::{self, Log};
use super::{value, Call, Found};
use crate::{Error, Value};

pub use sys::gc_stats as Stats;

/// How often something of a name happened.
pub type Named = (String, u64);

impl Cache {
    /// Opens `url`; `None` means `$GENCACHE_URL`, or `memory://`.
    pub fn open(url: Option<&CStr>, log: Option<Log>) -> Result<Self, Error> {
        let mut failure = Failure::none();
        // SAFETY: the URL lives during the call.
        let raw = unsafe { sys::gc_open(url.map_or(ptr::null(), CStr::as_ptr), failure.out()) };
        let log = log.map(Arc::new);
        let cache = Cache::owned(raw, log.clone()).ok_or_else(|| failure.of_no_handle())?;
        if let Some(log) = log {
            let payload = Arc::as_ptr(&log) as *mut c_void;
            // SAFETY: no other call is under way, for nobody else has the cache yet. The log lives as long as the cache
            // and whatever comes of it, since each handle keeps it.
            unsafe { sys::gc_set_log(cache.raw(), Some(log::tell), payload, log.level.number()) }
        }
        Ok(cache)
    }

    pub fn with_timeout(&self, timeout_ms: i64) -> Result<Self, Error> {
        let mut failure = Failure::none();
        // SAFETY: the cache lives.
        let raw = unsafe { sys::gc_with_timeout(self.raw(), timeout_ms, failure.out()) };
        Cache::owned(raw, self.log()).ok_or_else(|| failure.of_no_handle())
    }

    pub fn ping(&self) -> Result<(), Error> {
        // SAFETY: the cache lives.
        done(|err| unsafe { sys::gc_ping(self.raw(), err) }).map(drop)
    }

    pub fn clear(&self) -> Result<(), Error> {
        // SAFETY: the cache lives.
        done(|err| unsafe { sys::gc_clear(self.raw(), err) }).map(drop)
    }

    #[inline]
    pub fn get(&self, call: &Call<'_>) -> Result<Found, Error> {
        // SAFETY: all that is passed lives during the call, here and below.
        Found::by(&self.log(), |entry, err| unsafe {
            sys::gc_get(
                self.raw(),
                call.generations(),
                call.n_generations(),
                call.args(),
                call.n_args(),
                entry,
                err,
            )
        })
    }

    pub fn begin(&self, call: &Call<'_>, options: Option<&Options>) -> Result<Found, Error> {
        let options = raw_options(options);
        // SAFETY: as in `get`.
        Found::by(&self.log(), |entry, err| unsafe {
            sys::gc_begin(
                self.raw(),
                call.generations(),
                call.n_generations(),
                call.args(),
                call.n_args(),
                options,
                entry,
                err,
            )
        })
    }

    pub fn set(&self, call: &Call<'_>, value: &Value<'_>, options: Option<&Options>) -> Result<(), Error> {
        let (value, options) = (value::to_c(value)?, raw_options(options));
        // SAFETY: as in `get`.
        done(|err| unsafe {
            sys::gc_set_value(
                self.raw(),
                call.generations(),
                call.n_generations(),
                call.args(),
                call.n_args(),
                value,
                options,
                err,
            )
        })
        .map(drop)
    }

    pub fn delete(&self, call: &Call<'_>) -> Result<(), Error> {
        self.change(sys::gc_delete, call)
    }

    pub fn invalidate(&self, call: &Call<'_>) -> Result<(), Error> {
        self.change(sys::gc_invalidate_many, call)
    }

    pub fn invalidate_soft(&self, call: &Call<'_>) -> Result<(), Error> {
        self.change(sys::gc_invalidate_soft, call)
    }

    pub fn key(&self, call: &Call<'_>) -> Result<String, Error> {
        self.tell(sys::gc_key, call)
    }

    pub fn explain(&self, call: &Call<'_>) -> Result<String, Error> {
        self.tell(sys::gc_explain, call)
    }

    pub fn metrics(&self) -> Result<String, Error> {
        // SAFETY: the cache lives.
        string(|text, err| unsafe { sys::gc_metrics(self.raw(), text, err) })
    }

    pub fn stats(&self) -> Result<Stats, Error> {
        let mut stats = Stats::default();
        // SAFETY: the cache lives, and the size is that of the struct.
        done(|err| unsafe { sys::gc_get_stats(self.raw(), &mut stats, mem::size_of::<Stats>(), err) })?;
        Ok(stats)
    }

    pub fn server_errors(&self) -> Result<Vec<Named>, Error> {
        self.named(sys::gc_server_errors)
    }

    pub fn top_generations(&self) -> Result<Vec<Named>, Error> {
        self.named(sys::gc_top_generation)
    }

    pub fn bind(&self, call: &Call<'_>, options: Option<&Options>) -> Result<Bound, Error> {
        let mut failure = Failure::none();
        // SAFETY: all that is passed lives during the call.
        let raw = unsafe {
            sys::gc_bind(
                self.raw(),
                call.generations(),
                call.n_generations(),
                call.args(),
                call.n_args(),
                raw_options(options),
                failure.out(),
            )
        };
        Bound::owned(raw, self.log()).ok_or_else(|| failure.of_no_handle())
    }

    fn change(&self, function: ChangeFunction<sys::gc_cache>, call: &Call<'_>) -> Result<(), Error> {
        change(self.raw(), function, call)
    }

    fn tell(&self, function: TellFunction, call: &Call<'_>) -> Result<String, Error> {
        // SAFETY: as in `get`.
        string(|text, err| unsafe {
            function(
                self.raw(),
                call.generations(),
                call.n_generations(),
                call.args(),
                call.n_args(),
                text,
                err,
            )
        })
    }

    fn named(&self, function: NamedFunction) -> Result<Vec<Named>, Error> {
        let mut all = Vec::new();
        loop {
            let (mut name, mut count) = (ptr::null_mut(), 0);
            // SAFETY: the cache lives, and there is room for both.
            let status = done(|err| unsafe { function(self.raw(), all.len(), &mut name, &mut count, err) })?;
            if status == sys::GC_MISS {
                return Ok(all);
            }
            all.push((take_string(name), count));
        }
    }
}

type ChangeFunction<Handle> = unsafe extern "C" fn(
    *mut Handle,
    *const *const c_char,
    usize,
    *const sys::gc_arg,
    usize,
    *mut *mut sys::gc_error,
) -> sys::gc_status;

type TellFunction = unsafe extern "C" fn(
    *mut sys::gc_cache,
    *const *const c_char,
    usize,
    *const sys::gc_arg,
    usize,
    *mut *mut c_char,
    *mut *mut sys::gc_error,
) -> sys::gc_status;

type NamedFunction = unsafe extern "C" fn(
    *mut sys::gc_cache,
    usize,
    *mut *mut c_char,
    *mut u64,
    *mut *mut sys::gc_error,
) -> sys::gc_status;

fn change<Handle>(handle: *mut Handle, function: ChangeFunction<Handle>, call: &Call<'_>) -> Result<(), Error> {
    // SAFETY: a handle of this module lives, and all else that is passed does so during the call.
    done(|err| unsafe {
        function(
            handle,
            call.generations(),
            call.n_generations(),
            call.args(),
            call.n_args(),
            err,
        )
    })
    .map(drop)
}

impl Batch<'static> {
    pub fn root(cache: &Cache) -> Result<Self, Error> {
        Self::within(cache, ptr::null_mut())
    }
}

impl Batch<'_> {
    /// A batch within this one.
    pub fn nested(&mut self, cache: &Cache) -> Result<Batch<'_>, Error> {
        Batch::within(cache, self.raw())
    }

    fn within(cache: &Cache, parent: *mut sys::gc_batch) -> Result<Self, Error> {
        let mut failure = Failure::none();
        // SAFETY: the cache lives, and so does the parent, if there is one.
        let raw = unsafe { sys::gc_batch_new(cache.raw(), parent, failure.out()) };
        Batch::owned(raw, cache.log()).ok_or_else(|| failure.of_no_handle())
    }

    pub fn invalidate(&mut self, call: &Call<'_>) -> Result<(), Error> {
        change(self.raw(), sys::gc_batch_invalidate, call)
    }

    pub fn invalidate_soft(&mut self, call: &Call<'_>) -> Result<(), Error> {
        change(self.raw(), sys::gc_batch_invalidate_soft, call)
    }

    pub fn delete(&mut self, call: &Call<'_>) -> Result<(), Error> {
        change(self.raw(), sys::gc_batch_delete, call)
    }

    pub fn commit(&mut self) -> Result<(), Error> {
        // SAFETY: the batch lives, and so does its parent.
        done(|err| unsafe { sys::gc_batch_commit(self.raw(), err) }).map(drop)
    }

    pub fn cancel(&mut self) {
        // SAFETY: the batch lives.
        unsafe { sys::gc_batch_cancel(self.raw()) }
    }
}

/// Its calls have arguments only.
impl Bound {
    pub fn get(&self, call: &Call<'_>) -> Result<Found, Error> {
        // SAFETY: all that is passed lives during the call, here and below.
        Found::by(&self.log(), |entry, err| unsafe {
            sys::gc_bound_get(self.raw(), call.args(), call.n_args(), entry, err)
        })
    }

    pub fn begin(&self, call: &Call<'_>, options: Option<&Options>) -> Result<Found, Error> {
        // SAFETY: as in `get`.
        Found::by(&self.log(), |entry, err| unsafe {
            sys::gc_bound_begin(self.raw(), call.args(), call.n_args(), raw_options(options), entry, err)
        })
    }

    pub fn set(&self, call: &Call<'_>, value: &Value<'_>, options: Option<&Options>) -> Result<(), Error> {
        let (value, options) = (value::to_c(value)?, raw_options(options));
        // SAFETY: as in `get`.
        done(|err| unsafe { sys::gc_bound_set_value(self.raw(), call.args(), call.n_args(), value, options, err) })
            .map(drop)
    }

    pub fn delete(&self, call: &Call<'_>) -> Result<(), Error> {
        // SAFETY: as in `get`.
        done(|err| unsafe { sys::gc_bound_delete(self.raw(), call.args(), call.n_args(), err) }).map(drop)
    }

    pub fn invalidate(&self, call: &Call<'_>) -> Result<(), Error> {
        // SAFETY: as in `get`.
        done(|err| unsafe { sys::gc_bound_invalidate(self.raw(), call.args(), call.n_args(), err) }).map(drop)
    }

    pub fn invalidate_soft(&self, call: &Call<'_>) -> Result<(), Error> {
        // SAFETY: as in `get`.
        done(|err| unsafe { sys::gc_bound_invalidate_soft(self.raw(), call.args(), call.n_args(), err) }).map(drop)
    }
}

impl Options {
    pub fn new() -> Result<Self, Error> {
        // SAFETY: needs nothing.
        let raw = unsafe { sys::gc_options_new() };
        Options::owned(raw, None).ok_or_else(|| Failure::none().of_no_handle())
    }
}

macro_rules! setters {
    ($($name:ident($number:ty) by $function:ident;)*) => {
        impl Options {$(
            pub fn $name(&mut self, number: $number) -> Result<(), Error> {
                // SAFETY: the options live, and nobody else uses them.
                done(|err| unsafe { sys::$function(self.raw(), number.into(), err) }).map(drop)
            }
        )*}
    };
}

setters! {
    set_ttl_ms(i64) by gc_options_set_ttl_ms;
    set_nothing_ttl_ms(i64) by gc_options_set_nothing_ttl_ms;
    set_jitter(f64) by gc_options_set_jitter;
    set_stale_for_ms(i64) by gc_options_set_stale_for_ms;
    set_fail_safe_ms(i64) by gc_options_set_fail_safe_ms;
    set_lock_ms(i64) by gc_options_set_lock_ms;
    set_wait_ms(i64) by gc_options_set_wait_ms;
    set_beta(f64) by gc_options_set_beta;
    set_refresh(bool) by gc_options_set_refresh;
    set_log_misses(bool) by gc_options_set_log_misses;
}
