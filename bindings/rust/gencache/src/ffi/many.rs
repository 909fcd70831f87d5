use std::any::Any;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::os::raw::c_void;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::{ptr, slice};

use gencache_sys as sys;

use super::failure::Failure;
use super::handles::{raw_options, Bound, Cache, Entry, Options};
use super::log::Log;
use super::space::{size_of_names, to_c, Text};
use super::{Call, Found};
use crate::{Arg, Error};

/// The arguments of many calls as C takes them. Borrows their values, so use it only as long as `calls` lives.
pub struct Calls<'a> {
    _names: Vec<MaybeUninit<u8>>,
    _flat: Vec<sys::gc_arg>,
    args: Vec<*const sys::gc_arg>,
    sizes: Vec<usize>,
    _borrowed: std::marker::PhantomData<&'a [Arg<'a>]>,
}

impl<'a> Calls<'a> {
    pub fn new(calls: &[&'a [Arg<'a>]]) -> Result<Self, Error> {
        let size = calls.iter().map(|args| size_of_names(args)).sum();
        let mut names = Vec::new();
        names.resize_with(size, MaybeUninit::uninit);
        let mut text = Text(&mut names);
        let mut flat = Vec::with_capacity(calls.iter().map(|args| args.len()).sum());
        for arg in calls.iter().copied().flatten() {
            flat.push(to_c(arg, &mut text)?);
        }
        let sizes: Vec<usize> = calls.iter().map(|args| args.len()).collect();
        let starts = sizes
            .iter()
            .scan(0, |next, size| Some(std::mem::replace(next, *next + size)));
        let args = starts.map(|start| flat[start..].as_ptr()).collect();
        Ok(Calls {
            _names: names,
            _flat: flat,
            args,
            sizes,
            _borrowed: std::marker::PhantomData,
        })
    }

    fn len(&self) -> usize {
        self.sizes.len()
    }
}

/// Computes the values of many entries, each with the number of its call; false if it failed.
pub type ComputeMany<'a> = dyn FnMut(Vec<(ManuallyDrop<Entry>, usize)>) -> bool + 'a;

impl Cache {
    pub fn get_many(&self, call: &Call<'_>, calls: &Calls<'_>) -> Result<Vec<Found>, Error> {
        // SAFETY: all that is passed lives during the call, and there is an entry for each call.
        read_many(calls, &self.log(), |entries, err| unsafe {
            sys::gc_get_many(
                self.raw(),
                call.generations(),
                call.n_generations(),
                calls.args.as_ptr(),
                calls.sizes.as_ptr(),
                calls.len(),
                entries,
                err,
            )
        })
    }

    pub fn fetch_many(
        &self,
        call: &Call<'_>,
        calls: &Calls<'_>,
        options: Option<&Options>,
        compute: &mut ComputeMany<'_>,
    ) -> Result<Vec<Found>, Error> {
        let mut computation = Computation { compute, panic: None };
        let payload: *mut Computation<'_> = &mut computation;
        // SAFETY: as above; the computation is called within this call only.
        let found = read_many(calls, &self.log(), |entries, err| unsafe {
            sys::gc_fetch_many(
                self.raw(),
                call.generations(),
                call.n_generations(),
                calls.args.as_ptr(),
                calls.sizes.as_ptr(),
                calls.len(),
                Some(compute_many),
                payload.cast(),
                raw_options(options),
                entries,
                err,
            )
        });
        computation.go_on_with_panic();
        found
    }
}

impl Bound {
    pub fn get_many(&self, calls: &Calls<'_>) -> Result<Vec<Found>, Error> {
        // SAFETY: as in `Cache::get_many`.
        read_many(calls, &self.log(), |entries, err| unsafe {
            sys::gc_bound_get_many(
                self.raw(),
                calls.args.as_ptr(),
                calls.sizes.as_ptr(),
                calls.len(),
                entries,
                err,
            )
        })
    }

    pub fn fetch_many(
        &self,
        calls: &Calls<'_>,
        options: Option<&Options>,
        compute: &mut ComputeMany<'_>,
    ) -> Result<Vec<Found>, Error> {
        let mut computation = Computation { compute, panic: None };
        let payload: *mut Computation<'_> = &mut computation;
        // SAFETY: as in `Cache::fetch_many`.
        let found = read_many(calls, &self.log(), |entries, err| unsafe {
            sys::gc_bound_fetch_many(
                self.raw(),
                calls.args.as_ptr(),
                calls.sizes.as_ptr(),
                calls.len(),
                Some(compute_many),
                payload.cast(),
                raw_options(options),
                entries,
                err,
            )
        });
        computation.go_on_with_panic();
        found
    }
}

/// Reads as many entries as there are calls.
fn read_many(
    calls: &Calls<'_>,
    log: &Option<Arc<Log>>,
    read: impl FnOnce(*mut *mut sys::gc_entry, *mut *mut sys::gc_error) -> sys::gc_status,
) -> Result<Vec<Found>, Error> {
    let mut entries = vec![ptr::null_mut(); calls.len()];
    let mut failure = Failure::none();
    let status = read(entries.as_mut_ptr(), failure.out());
    let found = entries
        .into_iter()
        .map_while(|raw| Entry::owned(raw, log.clone()).map(|entry| of_many(entry, &failure)));
    let found: Vec<Found> = found.collect();
    if status < 0 && found.len() < calls.len() {
        return Err(failure.error(status));
    }
    Ok(found)
}

fn of_many(entry: Entry, failure: &Failure) -> Found {
    let status = entry.status();
    Found {
        status,
        entry,
        error: if status < 0 { Some(failure.error(status)) } else { None },
    }
}

struct Computation<'a> {
    compute: &'a mut ComputeMany<'a>,
    panic: Option<Box<dyn Any + Send>>,
}

impl Computation<'_> {
    fn go_on_with_panic(self) {
        if let Some(panic) = self.panic {
            panic::resume_unwind(panic);
        }
    }
}

/// The callback of a `Computation`: a panic waits there until the library has returned.
///
/// # Safety
/// `payload` is a `Computation` that nobody else uses; `entries` and `indexes` are `n` each, good for this call.
unsafe extern "C" fn compute_many(
    payload: *mut c_void,
    entries: *const *mut sys::gc_entry,
    indexes: *const usize,
    n: usize,
) -> i32 {
    // SAFETY: the caller's promise.
    let (computation, entries, indexes) = unsafe {
        (
            &mut *payload.cast::<Computation<'_>>(),
            slice::from_raw_parts(entries, n),
            slice::from_raw_parts(indexes, n),
        )
    };
    let compute = AssertUnwindSafe(|| {
        let borrowed = entries
            .iter()
            .filter_map(|raw| Entry::owned(*raw, None))
            .map(ManuallyDrop::new);
        (computation.compute)(borrowed.zip(indexes.iter().copied()).collect())
    });
    match panic::catch_unwind(compute) {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(panic) => {
            computation.panic = Some(panic);
            1
        }
    }
}
