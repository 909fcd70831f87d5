use std::mem::ManuallyDrop;

use crate::entry::{fill, Filling};
use crate::ffi::{self, Calls, ComputeMany, Found, ManyFound};
use crate::options::Prepared;
use crate::{Arg, Entry, Error, ErrorKind, Load, Lookup, Outcome, Store};

/// One of the values that [`fetch_many`](crate::Cache::fetch_many) has to compute.
pub struct Gap<'a, T> {
    entry: ManuallyDrop<ffi::Entry>, // borrowed from the library
    index: usize,
    value: &'a mut Option<T>,
}

impl<T: Store> Gap<'_, T> {
    /// Which of the calls it belongs to, from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Fills it. The caller gets the value, whether or not it could be stored: that is what this gives.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for what cannot be stored at all.
    pub fn fill(&mut self, value: T) -> Result<bool, Error> {
        let stored = fill(&mut self.entry, &value, None)?;
        *self.value = Some(value);
        Ok(stored)
    }

    /// Makes its value depend on one more generation; see [`Filling::depend`].
    ///
    /// # Errors
    /// As there.
    pub fn depend(&mut self, generation: &str, args: &[Arg<'_>]) -> Result<bool, Error> {
        Filling(Some(&mut self.entry)).depend(generation, args)
    }
}

/// The arguments of each call.
pub(crate) fn slices<'c, 'a: 'c, A: AsRef<[Arg<'a>]>>(calls: &'c [A]) -> Vec<&'c [Arg<'a>]> {
    calls.iter().map(AsRef::as_ref).collect()
}

pub(crate) fn lookups<T: Load>(found: ManyFound, options: &Prepared) -> Result<Vec<Lookup<T>>, Error> {
    let found = found.each();
    let mut lookups = Vec::with_capacity(found.len());
    for found in found {
        lookups.push(Lookup::new(found, options)?);
    }
    Ok(lookups)
}

/// What `fetch_many` gives for values `T` and a computation that returns `R`.
pub(crate) type Fetched<T, R> = Result<Vec<Lookup<T>>, <R as Outcome>::Error>;

/// Gets or computes many values; `fetch` is `gc_fetch_many` of these calls with these options.
pub(crate) fn fetch_many<T, R>(
    calls: &[&[Arg<'_>]],
    options: &Prepared,
    fetch: impl Fn(&Calls<'_>, Option<&ffi::Options>, &mut ComputeMany<'_>) -> Result<ManyFound, Error>,
    mut compute: impl FnMut(&mut [Gap<'_, T>]) -> R,
) -> Fetched<T, R>
where
    T: Store + Load,
    R: Outcome<Value = ()>,
{
    let mut all: Vec<Option<Lookup<T>>> = calls.iter().map(|_| None).collect();
    let mut indexes: Vec<usize> = (0..calls.len()).collect();
    fetch_some(calls, options, &fetch, &mut compute, &mut indexes, &mut all)?;
    if !indexes.is_empty() {
        // As in fetch: they are computed anew and overwritten.
        fetch_some(
            calls,
            &options.refreshing()?,
            &fetch,
            &mut compute,
            &mut indexes,
            &mut all,
        )?;
    }
    if !indexes.is_empty() {
        let message = "a value was not computed, and the one in the cache is of another type";
        return Err(Error::new(ErrorKind::Type, message).into());
    }
    Ok(all.into_iter().flatten().collect())
}

/// Fetches the calls that `indexes` lists into `all`; leaves those whose value in the cache is of another type.
fn fetch_some<T, R>(
    calls: &[&[Arg<'_>]],
    options: &Prepared,
    fetch: &impl Fn(&Calls<'_>, Option<&ffi::Options>, &mut ComputeMany<'_>) -> Result<ManyFound, Error>,
    compute: &mut impl FnMut(&mut [Gap<'_, T>]) -> R,
    indexes: &mut Vec<usize>,
    all: &mut [Option<Lookup<T>>],
) -> Result<(), R::Error>
where
    T: Store + Load,
    R: Outcome<Value = ()>,
{
    let mut values: Vec<Option<T>> = indexes.iter().map(|_| None).collect();
    let mut failed = None;
    let chosen: Vec<_> = indexes.iter().map(|index| calls[*index]).collect();
    let found = fetch(&Calls::new(&chosen)?, options.handle(), &mut |missing| {
        let outcome = compute(&mut gaps(missing, indexes, &mut values)).into_result();
        outcome.map_err(|error| failed = Some(error)).is_ok()
    })?;
    let (mut of_another_type, mut left) = (Vec::new(), None);
    for ((index, found), value) in indexes.iter().zip(found.each()).zip(values) {
        match settle(found, value, options) {
            Ok(lookup) => all[*index] = Some(lookup),
            Err(error) if error.kind() == ErrorKind::Type => of_another_type.push(*index),
            Err(error) => left = left.or(Some(error)),
        }
    }
    *indexes = of_another_type;
    match (left, failed) {
        (None, _) => Ok(()),
        (Some(_), Some(failed)) => Err(failed),
        (Some(error), None) => Err(error.into()),
    }
}

/// The gaps for the library's `missing` entries, which are numbered as `indexes` and `values` are.
fn gaps<'a, T>(
    missing: Vec<(ManuallyDrop<ffi::Entry>, usize)>,
    indexes: &[usize],
    values: &'a mut [Option<T>],
) -> Vec<Gap<'a, T>> {
    let mut places: Vec<Option<&mut Option<T>>> = values.iter_mut().map(Some).collect();
    let gap = |(entry, at): (_, usize)| {
        places[at].take().map(|value| Gap {
            entry,
            index: indexes[at],
            value,
        })
    };
    missing.into_iter().filter_map(gap).collect()
}

/// The outcome for one value: the one that was computed here, or else what the library found.
fn settle<T: Load>(found: Found, computed: Option<T>, options: &Prepared) -> Result<Lookup<T>, Error> {
    match (computed, found.error) {
        (Some(value), _) => Ok(Lookup::Hit(Entry::new(found.entry, value))),
        (None, Some(error)) if error.kind() == ErrorKind::Origin => Err(error),
        (None, error) => Lookup::new(Found { error, ..found }, options),
    }
}
