//! After a fork, parent and child go on with one cache at the same time. A program of its own, without the harness: so
//! it has one thread when it forks.

use std::env;
use std::os::raw::{c_int, c_uint};
use std::panic::{catch_unwind, AssertUnwindSafe};

use gencache::{args, Cache, Lookup};

extern "C" {
    fn fork() -> c_int;
    fn waitpid(process: c_int, status: *mut c_int, options: c_int) -> c_int;
    fn alarm(seconds: c_uint) -> c_uint;
    fn _exit(code: c_int) -> !;
}

const ROUNDS: i64 = 500;

/// Ends this process, and so the test, where it takes longer.
fn limit_time() {
    unsafe { alarm(60) };
}

/// Runs `child` in another process while `parent` runs in this one; both must succeed.
fn in_two_processes(child: impl FnOnce(), parent: impl FnOnce()) {
    let process = unsafe { fork() };
    assert!(process >= 0, "no fork");
    if process == 0 {
        limit_time();
        let outcome = catch_unwind(AssertUnwindSafe(child));
        unsafe { _exit(c_int::from(outcome.is_err())) };
    }
    let outcome = catch_unwind(AssertUnwindSafe(parent));
    let mut status = -1;
    assert_eq!(process, unsafe { waitpid(process, &mut status, 0) });
    assert_eq!(0, status, "the child failed");
    outcome.expect("the parent");
}

fn get(cache: &Cache, generation: &str, id: i64) -> Option<String> {
    cache.get_value(generation, args! {id}).expect("a read")
}

/// Writes and reads values that nobody else has: an answer to somebody else's question would be noticed.
fn write_and_read(cache: &Cache, name: &str) {
    for id in 0..ROUNDS {
        let text = format!("{name} {id}");
        assert_eq!(Ok(&text), cache.fetch(name, args! {id}, || text.clone()).as_ref());
        assert_eq!(Some(text), get(cache, name, id));
    }
}

fn on_servers() {
    let servers = env::var("GENCACHE_TEST_SERVERS").expect("run by script/with-memcached -n 3, which starts servers");
    let url = format!(
        "memcached://{servers}/?prefix=fork-{}&timeout_ms=5000",
        std::process::id()
    );
    let cache = Cache::open(&url).expect("a cache");
    cache.set("old", args! {id: 1}, "of before").expect("stored"); // connects
    let miss = match cache.get::<String>("leased", args! {id: 1}) {
        Ok(Lookup::Miss(miss)) => miss,
        other => panic!("not a miss: {other:?}"),
    };

    let child = || {
        assert_eq!(Some("of before".to_string()), get(&cache, "old", 1));
        write_and_read(&cache, "child");
        cache.invalidate("old", &[]).expect("invalidated");
        assert_eq!(None, get(&cache, "old", 1));
    };
    in_two_processes(child, || write_and_read(&cache, "parent"));

    assert_eq!(Some(format!("child {}", ROUNDS - 1)), get(&cache, "child", ROUNDS - 1));
    assert_eq!(None, get(&cache, "old", 1), "the child has invalidated it");
    assert_eq!(Ok(true), miss.fill("filled"));
    assert_eq!(Some("filled".to_string()), get(&cache, "leased", 1));
}

fn in_memory() {
    let cache = Cache::open("memory://").expect("a cache");
    cache.set("old", args! {id: 1}, "of before").expect("stored");
    let child = || {
        assert_eq!(None, get(&cache, "old", 1), "the child's is empty");
        write_and_read(&cache, "child");
    };
    in_two_processes(child, || write_and_read(&cache, "parent"));
    assert_eq!(Some("of before".to_string()), get(&cache, "old", 1));
    assert_eq!(None, get(&cache, "child", 1));
}

fn main() {
    limit_time();
    on_servers();
    in_memory();
}
