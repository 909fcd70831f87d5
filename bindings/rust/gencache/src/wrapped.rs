//! What [`wrap!`](crate::wrap!) is made of. Nothing to be used directly.

use std::any;
use std::env;

use crate::fetch::{self, compute_entry};
use crate::ffi::Space;
use crate::options::Prepared;
use crate::{extra, param, Arg, Bound, Cache, Entry, Error, Filling, Generations, Load, Outcome, Store};

/// What a call of a wrapped function gives that returns `R`.
pub type Called<R> = Result<<R as Outcome>::Value, <R as Outcome>::Error>;

/// All of a wrapped function that does not depend on its types.
pub struct Plan {
    cache: Cache,
    refreshing: Prepared,
    generations: Vec<String>,
    bound: Bound,
    place: Option<String>,
    version: Option<String>,
    ignore_if: Option<Box<dyn Fn() -> bool + Send + Sync>>,
}

impl Plan {
    /// For a function whose parameters in the key are these. A bound cache finds the generations that some arguments
    /// name, and refuses those that no parameter is for.
    pub fn new(
        cache: &Cache,
        generations: impl Generations,
        parameters: &[&str],
        place: String,
    ) -> Result<Self, Error> {
        let names = generations.list();
        let parameters: Vec<Arg<'_>> = parameters.iter().copied().map(param).collect();
        Ok(Plan {
            cache: cache.clone(),
            refreshing: cache.options().refreshing()?,
            generations: names.iter().map(|name| name.to_string()).collect(),
            bound: cache.bind(&*names, &parameters)?,
            place: Some(place),
            version: None,
            ignore_if: None,
        })
    }

    /// With a version in the key.
    pub fn version(self, version: &str) -> Self {
        Plan {
            version: Some(format!("v{version}")),
            ..self
        }
    }

    /// Without the place in the key.
    pub fn without_place(self) -> Self {
        Plan { place: None, ..self }
    }

    /// Without the cache where `condition` is true, too.
    pub fn ignore_if(self, condition: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        let condition: Box<dyn Fn() -> bool + Send + Sync> = match self.ignore_if {
            None => Box::new(condition),
            Some(other) => Box::new(move || other() || condition()),
        };
        Plan {
            ignore_if: Some(condition),
            ..self
        }
    }

    /// Without the cache where the environment says so.
    pub fn ignore_locally(self) -> Self {
        let local = env::var_os("GENCACHE_LOCAL").map_or(false, |value| !value.is_empty() && value != "0");
        self.ignore_if(move || local)
    }

    /// The bound cache, for its invalidations.
    pub fn bound(&self) -> &Bound {
        &self.bound
    }

    /// What a call comes to before anything is computed; `args` begin with two of [`own`].
    pub fn turn<'a, R: Outcome>(&'a self, args: &mut [Arg<'a>]) -> Result<Turn<R::Value>, Error> {
        self.turn_with(self.cache.options(), args)
    }

    /// The same where the result is to be computed in any case.
    pub fn refreshing_turn<'a, R: Outcome>(&'a self, args: &mut [Arg<'a>]) -> Result<Turn<R::Value>, Error> {
        self.turn_with(&self.refreshing, args)
    }

    /// The readable key.
    pub fn key<'a>(&'a self, args: &mut [Arg<'a>]) -> Result<String, Error> {
        self.cache
            .handle()
            .key(&Space::new().call(&self.generations, self.with_own(args))?)
    }

    /// Deletes a result.
    pub fn delete<'a>(&'a self, args: &mut [Arg<'a>]) -> Result<(), Error> {
        self.cache
            .handle()
            .delete(&Space::new().call(&self.generations, self.with_own(args))?)
    }

    fn turn_with<'a, T: Load>(&'a self, options: &Prepared, args: &mut [Arg<'a>]) -> Result<Turn<T>, Error> {
        if self.ignore_if.as_ref().map_or(false, |condition| condition()) {
            return Ok(Turn(None));
        }
        let mut space = Space::new();
        let call = space.call(&self.generations, self.with_own(args))?;
        fetch::Turn::new(options, |options| self.cache.handle().begin(&call, options)).map(|turn| Turn(Some(turn)))
    }

    /// Puts the arguments that every call has in front: place and version, as far as they are part of the key.
    fn with_own<'s, 'a>(&'a self, args: &'s mut [Arg<'a>]) -> &'s [Arg<'a>] {
        let own = [self.place.as_deref(), self.version.as_deref()];
        let mut start = own.len();
        for part in own.into_iter().rev().flatten() {
            start -= 1;
            args[start] = extra(part);
        }
        &args[start..]
    }
}

/// What a call comes to before anything is computed; nothing where it is to be computed without the cache.
pub struct Turn<T>(Option<fetch::Turn<T>>);

impl<T> Turn<T> {
    /// The value that there is, or the one that is computed now.
    pub fn value_or_compute<R: Outcome<Value = T>>(self, compute: impl FnOnce(&mut Filling<'_>) -> R) -> Called<R> {
        match self.0 {
            Some(fetch::Turn::Value(entry)) => Ok(entry.into_value()),
            Some(fetch::Turn::Ours(entry)) => compute_entry(entry, compute).map(Entry::into_value),
            None => compute(&mut Filling(None)).into_result(),
        }
    }
}

/// A place in the arguments for what a plan adds.
pub fn own() -> Arg<'static> {
    extra(())
}

/// The part of the key that a parameter is.
pub fn part<'a, T: Store + ?Sized>(name: &'a str, value: &'a T) -> Result<Arg<'a>, Error> {
    Ok(Arg {
        name: Some(name),
        value: Some(value.store()?),
    })
}

/// The name of the function that a closure, made for this, stands in.
pub fn function_of<F>(_: &F) -> &'static str {
    let mut path = any::type_name::<F>();
    while let Some(outer) = path.strip_suffix("::{{closure}}") {
        path = outer;
    }
    path.rsplit("::").next().unwrap_or(path)
}
