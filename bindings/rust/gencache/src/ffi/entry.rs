use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;

use gencache_sys as sys;

use super::failure::{done, Failure};
use super::handles::raw_options;
pub use super::handles::Entry;
use super::log::Log;
use super::Options;
use super::{value, Call};
use crate::{Error, Value};

/// An entry, and the outcome of the read that gave it.
pub struct Found {
    pub status: sys::gc_status,
    pub entry: Entry,
    pub error: Option<Error>,
}

impl Found {
    /// Makes a read. It has an entry whatever the outcome, unless the input was bad.
    #[inline]
    pub(super) fn by(
        log: &Option<Arc<Log>>,
        read: impl FnOnce(*mut *mut sys::gc_entry, *mut *mut sys::gc_error) -> sys::gc_status,
    ) -> Result<Found, Error> {
        let mut failure = Failure::none();
        let mut out = ptr::null_mut();
        let status = read(&mut out, failure.out());
        let entry = Entry::owned(out, log.clone()).ok_or_else(|| failure.error(status))?;
        Ok(Found {
            status,
            entry,
            error: if status < 0 { Some(failure.error(status)) } else { None },
        })
    }
}

impl Entry {
    pub fn status(&self) -> sys::gc_status {
        // SAFETY: the entry lives.
        unsafe { sys::gc_entry_status(self.raw()) }
    }

    pub fn reason(&self) -> i32 {
        // SAFETY: the entry lives.
        unsafe { sys::gc_entry_reason(self.raw()) }
    }

    pub fn generation(&self) -> &str {
        // SAFETY: the text lives as long as the entry.
        unsafe { super::text(sys::gc_entry_generation(self.raw())) }
    }

    pub fn key(&self) -> &str {
        // SAFETY: the text lives as long as the entry.
        unsafe { super::text(sys::gc_entry_key(self.raw())) }
    }

    pub fn age_ms(&self) -> i64 {
        // SAFETY: the entry lives.
        unsafe { sys::gc_entry_age_ms(self.raw()) }
    }

    pub fn remaining_ms(&self) -> i64 {
        // SAFETY: the entry lives.
        unsafe { sys::gc_entry_remaining_ms(self.raw()) }
    }

    pub fn has_value(&self) -> bool {
        // SAFETY: the entry lives.
        unsafe { sys::gc_entry_type(self.raw()) >= 0 }
    }

    /// The bytes of the value as they are stored; none where there is no value.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the bytes live until the entry is filled, waited for or freed, all of which takes it by `&mut`.
        unsafe { value::bytes(sys::gc_entry_data(self.raw()), sys::gc_entry_size(self.raw())) }
    }

    /// The value, which must be there.
    #[inline]
    pub fn value(&self) -> Result<Value<'_>, Error> {
        let mut value = MaybeUninit::uninit();
        // SAFETY: the entry lives, and there is room for a value.
        done(|err| unsafe { sys::gc_entry_value(self.raw(), value.as_mut_ptr(), err) })?;
        // SAFETY: it is written where the call was well; what it points to lives as the bytes above do.
        unsafe { value::from_c(&value.assume_init()) }
    }

    pub fn fill(&mut self, value: &Value<'_>, options: Option<&Options>) -> Result<(), Error> {
        let (value, options) = (value::to_c(value)?, raw_options(options));
        // SAFETY: all that is passed lives during the call.
        done(|err| unsafe { sys::gc_fill_value(self.raw(), value, options, err) }).map(drop)
    }

    /// Makes the value depend on the one generation of `call`.
    pub fn depend(&mut self, call: &Call<'_>) -> Result<(), Error> {
        assert_eq!(1, call.n_generations());
        // SAFETY: all that is passed lives during the call, and there is a first generation.
        done(|err| unsafe { sys::gc_depend(self.raw(), *call.generations(), call.args(), call.n_args(), err) })
            .map(drop)
    }

    /// Waits for somebody else's computation. The outcome may be an error and the entry be good all the same, as in
    /// `Found`.
    pub fn wait(&mut self, wait_ms: i64) -> (sys::gc_status, Option<Error>) {
        let mut failure = Failure::none();
        // SAFETY: the entry lives.
        let status = unsafe { sys::gc_wait(self.raw(), wait_ms, failure.out()) };
        (status, if status < 0 { Some(failure.error(status)) } else { None })
    }

    pub fn abandon(&mut self) -> Result<(), Error> {
        // SAFETY: the entry lives.
        done(|err| unsafe { sys::gc_abandon(self.raw(), err) }).map(drop)
    }
}
