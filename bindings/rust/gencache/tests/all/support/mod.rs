//! What the tests share.

pub mod json;
pub mod server;

use std::env;

use gencache::{Cache, Entry, Error, Lookup, Miss};

/// The test servers, as they stand in a URL.
pub fn servers() -> String {
    env::var("GENCACHE_TEST_SERVERS").expect("run by script/with-memcached -n 3, which starts servers")
}

/// A cache on the test servers with a namespace of its own.
pub fn on_servers(name: &str) -> Cache {
    open(&format!(
        "memcached://{}/?prefix={name}-{}&timeout_ms=5000",
        servers(),
        std::process::id()
    ))
}

pub fn in_memory() -> Cache {
    open("memory://")
}

pub fn open(url: &str) -> Cache {
    Cache::open(url).unwrap_or_else(|error| panic!("{url}: {error}"))
}

/// Runs `test` on a cache in this process and on one on servers.
pub fn on_every_store(name: &str, test: impl Fn(&Cache)) {
    test(&in_memory());
    test(&on_servers(name));
}

/// The miss that a read must have been.
pub fn miss<T: std::fmt::Debug>(lookup: Result<Lookup<T>, Error>) -> Miss {
    match lookup {
        Ok(Lookup::Miss(miss)) => miss,
        other => panic!("not a miss: {other:?}"),
    }
}

/// The entry of a read that must have been a hit.
pub fn entry<T: std::fmt::Debug>(lookup: Result<Lookup<T>, Error>) -> Entry<T> {
    match lookup {
        Ok(Lookup::Hit(entry)) => entry,
        other => panic!("not a hit: {other:?}"),
    }
}

/// The value of a read that must have been a hit.
pub fn hit<T: std::fmt::Debug>(lookup: Result<Lookup<T>, Error>) -> T {
    entry(lookup).into_value()
}
