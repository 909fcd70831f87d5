use std::any::Any;
use std::marker::PhantomData;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::os::raw::c_void;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::{ptr, slice};

use gencache_sys as sys;

use super::failure::Failure;
use super::handles::{raw_options, Bound, Cache, Entry, Options};
use super::log::Log;
use super::space::{size_of_names, to_c, with_name, Text};
use super::{Call, Found};
use crate::{Arg, Error};

/// The arguments of many calls as C takes them. Borrows their values, so use it only as long as `calls` lives.
pub struct Calls<'a> {
    _names: Vec<MaybeUninit<u8>>,
    _flat: Vec<sys::gc_arg>,
    args: Vec<*const sys::gc_arg>,
    sizes: Vec<usize>,
    _borrowed: PhantomData<&'a [Arg<'a>]>,
}

impl<'a> Calls<'a> {
    pub fn new(calls: &[&'a [Arg<'a>]]) -> Result<Self, Error> {
        let sizes: Vec<usize> = calls.iter().map(|args| args.len()).collect();
        let mut flat: Vec<sys::gc_arg> = Vec::with_capacity(sizes.iter().sum());
        let mut names = Vec::new();
        names.resize_with(calls.iter().map(|args| size_of_names(args)).sum(), MaybeUninit::uninit);
        let mut text = Text(&mut names);
        let mut args = Vec::with_capacity(calls.len());
        let mut former: &[Arg<'_>] = &[];
        for call in calls {
            let start = flat.len();
            for (i, arg) in call.iter().enumerate() {
                // Most calls have the names of the one before, in the same place.
                let is_known = former.get(i).map_or(false, |former| is_same(former.name, arg.name));
                flat.push(if is_known {
                    with_name(flat[start - former.len() + i].name, arg)
                } else {
                    to_c(arg, &mut text)
                }?);
            }
            former = call;
            args.push(flat[start..].as_ptr());
        }
        Ok(Calls {
            _names: names,
            _flat: flat,
            args,
            sizes,
            _borrowed: PhantomData,
        })
    }

    fn len(&self) -> usize {
        self.sizes.len()
    }
}

/// Whether both are one string, which is told without looking at it.
fn is_same(one: Option<&str>, other: Option<&str>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if ptr::eq(one, other))
}

/// Computes the values of many entries, each with the number of its call; false if it failed.
pub type ComputeMany<'a> = dyn FnMut(Vec<(ManuallyDrop<Entry>, usize)>) -> bool + 'a;

impl Cache {
    pub fn get_many(&self, call: &Call<'_>, calls: &Calls<'_>) -> Result<ManyFound, Error> {
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
    ) -> Result<ManyFound, Error> {
        // SAFETY: as above; the computation is called within this call only.
        Computation::run(compute, |payload| {
            read_many(calls, &self.log(), |entries, err| unsafe {
                sys::gc_fetch_many(
                    self.raw(),
                    call.generations(),
                    call.n_generations(),
                    calls.args.as_ptr(),
                    calls.sizes.as_ptr(),
                    calls.len(),
                    Some(compute_many),
                    payload,
                    raw_options(options),
                    entries,
                    err,
                )
            })
        })
    }
}

impl Bound {
    pub fn get_many(&self, calls: &Calls<'_>) -> Result<ManyFound, Error> {
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
    ) -> Result<ManyFound, Error> {
        // SAFETY: as in `Cache::fetch_many`.
        Computation::run(compute, |payload| {
            read_many(calls, &self.log(), |entries, err| unsafe {
                sys::gc_bound_fetch_many(
                    self.raw(),
                    calls.args.as_ptr(),
                    calls.sizes.as_ptr(),
                    calls.len(),
                    Some(compute_many),
                    payload,
                    raw_options(options),
                    entries,
                    err,
                )
            })
        })
    }
}

/// What a read of many values gave.
pub struct ManyFound {
    entries: Vec<Entry>,
    failure: Failure,
}

impl ManyFound {
    /// Each entry, with its outcome.
    pub fn each(self) -> impl ExactSizeIterator<Item = Found> {
        let ManyFound { entries, failure } = self;
        entries.into_iter().map(move |entry| {
            let status = entry.status();
            Found {
                status,
                entry,
                error: if status < 0 { Some(failure.error(status)) } else { None },
            }
        })
    }
}

/// Reads as many entries as there are calls.
fn read_many(
    calls: &Calls<'_>,
    log: &Option<Arc<Log>>,
    read: impl FnOnce(*mut *mut sys::gc_entry, *mut *mut sys::gc_error) -> sys::gc_status,
) -> Result<ManyFound, Error> {
    let mut out = vec![ptr::null_mut(); calls.len()];
    let mut failure = Failure::none();
    let status = read(out.as_mut_ptr(), failure.out());
    let mut entries = Vec::with_capacity(out.len());
    entries.extend(out.into_iter().filter_map(|raw| Entry::owned(raw, log.clone())));
    if status < 0 && entries.len() < calls.len() {
        return Err(failure.error(status));
    }
    Ok(ManyFound { entries, failure })
}

struct Computation<'a> {
    compute: &'a mut ComputeMany<'a>,
    panic: Option<Box<dyn Any + Send>>,
}

impl<'a> Computation<'a> {
    /// Makes a call of the library that computes: it is given the payload of `compute_many`. A panic goes on after it.
    fn run<T>(compute: &'a mut ComputeMany<'a>, call: impl FnOnce(*mut c_void) -> T) -> T {
        let mut computation = Computation { compute, panic: None };
        let payload: *mut Computation<'_> = &mut computation;
        let result = call(payload.cast());
        if let Some(panic) = computation.panic {
            panic::resume_unwind(panic);
        }
        result
    }
}

/// The callback of a `Computation`: a panic waits there until the library has returned. What has panicked is not called
/// again; what gave an error is, since an old value may stand in for what it left.
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
    if computation.panic.is_some() {
        return 1;
    }
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
