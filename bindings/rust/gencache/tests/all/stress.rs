//! Everything at once, for a while; and under valgrind.

use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicI64, Ordering};
use std::{env, fs, thread};

use gencache::{arg, args, each, param, wrap, Cache, Error, ErrorKind, Lookup};

use crate::support::{in_memory, on_every_store, on_servers};

const KEYS: i64 = 7;

/// Each operation once, in a way that depends on `round`; what is read must be what was stored for the key.
fn every_operation(cache: &Cache, round: i64) -> Result<(), Error> {
    let id = round % KEYS;
    let value = format!("value of {id}");
    let expected = Some(value.clone());
    let of_key = |found: &Option<String>| assert!(found.is_none() || found == &expected, "{found:?}, not {expected:?}");

    assert_eq!(value, cache.fetch(["g", "g:id"], args! {id}, || value.clone())?);
    of_key(&cache.get_value(["g", "g:id"], args! {id})?);
    if let Lookup::Miss(miss) = cache.get::<String>(["g", "g:id"], args! {id})? {
        miss.fill(&value)?;
    }
    cache.set(["g", "g:id"], args! {id}, &value)?;
    let failing = || -> Result<String, Error> { Err(Error::new(ErrorKind::Origin, "it fails")) };
    match cache.fetch(["g", "g:id"], args! {id, _: "fails"}, failing) {
        Err(error) => assert_eq!(
            (ErrorKind::Origin, "it fails"),
            (error.kind(), error.to_string().as_str())
        ),
        Ok(value) => panic!("it failed, and gave {value}"),
    }

    let ids: Vec<i64> = (0..KEYS).collect();
    let many = cache.fetch_many(["g", "g:id"], &each("id", &ids), |gaps| {
        gaps.iter_mut()
            .try_for_each(|gap| gap.fill(format!("value of {}", ids[gap.index()])).map(drop))
    })?;
    many.iter()
        .enumerate()
        .for_each(|(id, found)| assert_eq!(Some(&format!("value of {id}")), found.value()));
    let with_a_miss = cache.get_many::<String, _>(["g", "g:id"], &each("id", [0, KEYS]))?;
    assert!(!with_a_miss[1].is_hit());

    let bound = cache.bind(["g", "g:id"], &[param("id"), arg("page", "home")])?;
    bound.fetch(args! {id}, || value.clone())?;
    let wrapped = wrap!(cache, ["g", "g:id"], |id: i64| -> String { format!("value of {id}") })?;
    assert_eq!(value, wrapped.call(id)?);

    let mut batch = cache.batch()?;
    batch.invalidate("g:id", args! {id})?;
    let mut nested = batch.nested()?;
    nested.delete(["g", "g:id"], args! {id})?;
    nested.commit()?;
    drop(nested);
    batch.commit()?;
    match round % 50 {
        0 => cache.clear()?,
        1 => cache.invalidate_soft("g", &[])?,
        2 => bound.invalidate(args! {id})?,
        3 => wrapped.invalidate(&[])?,
        4 => drop((cache.stats()?, cache.metrics()?, cache.explain("g:id", args! {id})?)),
        _ => cache.delete(["g", "g:id"], args! {id})?,
    }
    Ok(())
}

#[test]
fn eight_threads_do_everything() {
    on_every_store("stress", |cache| {
        let next = AtomicI64::new(0);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| loop {
                    let round = next.fetch_add(1, Ordering::SeqCst);
                    if round >= 400 {
                        break;
                    }
                    every_operation(cache, round).unwrap_or_else(|error| panic!("round {round}: {error}"));
                });
            }
        });
    });
}

/// Bytes of this process that are in memory.
fn resident() -> i64 {
    let text = fs::read_to_string("/proc/self/statm").expect("the size of this process");
    let pages: i64 = text.split(' ').nth(1).expect("pages").parse().expect("a number");
    pages * 4096
}

/// Runs one test of this program alone in a process of its own, by a program that watches it.
fn alone(mut watcher: Command, test: &str) {
    let output = watcher
        .args(["--exact", test, "--test-threads=1"])
        .env(ALONE, "1")
        .output()
        .expect("it runs");
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

const ALONE: &str = "GENCACHE_TEST_ALONE";

fn this_program() -> PathBuf {
    env::current_exe().expect("the path of this test")
}

/// A leak of a hundred bytes in each round is half a megabyte.
#[test]
fn memory_stays_flat() {
    if env::var_os(ALONE).is_none() {
        return alone(Command::new(this_program()), "stress::memory_stays_flat");
    }
    let cache = in_memory();
    let rounds = |of: Range<i64>| of.for_each(|round| every_operation(&cache, round).expect("all is well"));
    rounds(0..1000);
    let before = resident();
    rounds(1000..6000);
    let grown = resident() - before;
    assert!(grown < 400 << 10, "it has grown by {grown} bytes");
}

#[test]
fn valgrind_finds_nothing() {
    if env::var_os(ALONE).is_none() {
        let mut valgrind = Command::new("valgrind");
        valgrind.args([
            "--quiet",
            "--error-exitcode=9",
            "--leak-check=full",
            "--errors-for-leak-kinds=definite",
        ]);
        valgrind.arg(this_program());
        return alone(valgrind, "stress::valgrind_finds_nothing");
    }
    for cache in [in_memory(), on_servers("valgrind")] {
        (0..5).for_each(|round| every_operation(&cache, round).expect("all is well"));
        let panicking = || cache.fetch("panic", &[], || -> i64 { panic!("the computation panics") });
        panic::catch_unwind(AssertUnwindSafe(panicking)).expect_err("it goes on");
    }
}
