//! Computing through the cache.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use gencache::{args, Cache, Error, ErrorKind, Options, Reason};

use crate::support::{hit, miss, on_every_store};

/// Less than the lifetime of a fill lock: who has to wait for its end takes longer.
const PATIENCE: Duration = Duration::from_secs(9);

/// A caller's own error, with something in it that must come out untouched.
#[derive(Debug, PartialEq)]
enum Failed {
    Database(Box<str>),
    Cache(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Failed::Cache(error)
    }
}

fn failing() -> Result<i64, Failed> {
    Err(Failed::Database("no such table".into()))
}

#[test]
fn it_computes_once() {
    on_every_store("once", |cache| {
        let calls = Cell::new(0);
        for _ in 0..3 {
            let value = cache.fetch("g:id", args! {id: 1}, || {
                calls.set(calls.get() + 1);
                format!("value {}", calls.get())
            });
            assert_eq!(Ok("value 1"), value.as_deref());
        }
        assert_eq!("value 1", hit(cache.get::<String>("g:id", args! {id: 1})));
    });
}

#[test]
fn an_error_comes_out_untouched_and_the_next_caller_computes_at_once() {
    on_every_store("errors", |cache| {
        assert_eq!(
            Err(Failed::Database("no such table".into())),
            cache.fetch("g", &[], failing)
        );
        let began = Instant::now();
        assert_eq!(Ok(2), cache.fetch("g", &[], || -> Result<i64, Failed> { Ok(2) }));
        assert!(began.elapsed() < PATIENCE, "it waited for the lock");
        assert_eq!(1, cache.stats().expect("stats").computations_failed);
        match cache.fetch("g:no", &[], failing) {
            Err(Failed::Cache(error)) => assert_eq!(ErrorKind::Argument, error.kind()),
            other => panic!("not a bad argument: {other:?}"),
        }
    });
}

#[test]
fn a_panic_goes_on_and_leaves_lock_and_lease_sound() {
    on_every_store("panics", |cache| {
        let panicking = || cache.fetch("g", &[], || -> i64 { panic!("the computation panics") });
        let panic = panic::catch_unwind(AssertUnwindSafe(panicking)).expect_err("it goes on");
        assert_eq!(Some(&"the computation panics"), panic.downcast_ref::<&str>());
        let began = Instant::now();
        assert_eq!(Ok(2), cache.fetch("g", &[], || 2));
        assert!(began.elapsed() < PATIENCE, "it waited for the lock");
        assert_eq!(Ok(2), cache.fetch("g", &[], || 3));
        let stats = cache.stats().expect("stats");
        assert_eq!((2, 1, 0), (stats.computations, stats.computations_failed, stats.waits));
    });
}

#[test]
fn many_miss_at_once_and_one_computes() {
    on_every_store("stampede", |cache| {
        let (calls, start) = (AtomicUsize::new(0), Barrier::new(8));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    start.wait();
                    let value = cache.fetch("g", &[], || {
                        thread::sleep(Duration::from_millis(100));
                        calls.fetch_add(1, Ordering::SeqCst) + 1
                    });
                    assert_eq!(Ok(1), value);
                });
            }
        });
    });
}

#[test]
fn those_who_wait_for_a_panic_compute_themselves() {
    on_every_store("waiters", |cache| {
        let computing = Barrier::new(2);
        thread::scope(|scope| {
            let panicking = scope.spawn(|| {
                cache.fetch("g", &[], || -> i64 {
                    computing.wait();
                    let began = Instant::now();
                    while cache.stats().expect("stats").waits == 0 {
                        assert!(began.elapsed() < PATIENCE, "nobody waits");
                        thread::yield_now();
                    }
                    panic!("the computation panics")
                })
            });
            computing.wait();
            let began = Instant::now();
            assert_eq!(Ok(2), cache.fetch("g", &[], || 2));
            assert!(began.elapsed() < PATIENCE, "it waited for the lock");
            let panic = panicking.join().expect_err("it goes on");
            assert_eq!(Some(&"the computation panics"), panic.downcast_ref::<&str>());
        });
    });
}

#[test]
fn a_value_of_another_type_is_computed_anew() {
    on_every_store("other-type", |cache| {
        cache.set("g", &[], "text").expect("stored");
        assert_eq!(Ok(1), cache.fetch("g", &[], || 1));
        assert_eq!(1, hit(cache.get("g", &[])));
        assert_eq!(Err(Failed::Database("no such table".into())), {
            cache.set("g", &[], "text").expect("stored");
            cache.fetch("g", &[], failing)
        });
        assert_eq!("text", hit(cache.get::<String>("g", &[])));
    });
}

#[test]
fn nothing_is_a_value() {
    on_every_store("nothing", |cache| {
        assert_eq!(Ok(None), cache.fetch("g", &[], || None::<String>));
        assert_eq!(Ok(None), cache.fetch("g", &[], || Some("computed".to_string())));
        assert_eq!(Ok(()), cache.fetch("h", &[], || ()));
    });
}

#[test]
fn what_turns_up_while_computing() {
    on_every_store("filling", |cache| {
        let fetch = |author: i64| {
            cache.fetch_with("book", &[], |filling| -> Result<i64, Error> {
                assert!(filling.depend("author:id", args! {id: author})?);
                Ok(author)
            })
        };
        assert_eq!(Ok(3), fetch(3));
        assert_eq!(Ok(3), fetch(4));
        cache.invalidate("author:id", args! {id: 3}).expect("invalidated");
        assert_eq!(Ok(5), fetch(5));
    });
}

#[test]
fn an_entry_tells_what_happened() {
    on_every_store("fetch-entry", |cache| {
        let entry = cache.fetch_entry("g", &[], |_| 1).expect("a value");
        assert_eq!(
            (1, Reason::Absent, false, "g"),
            (*entry, entry.reason(), entry.is_stale(), entry.key())
        );
        let entry = cache.fetch_entry("g", &[], |_| 2).expect("a value");
        assert_eq!((1, Reason::Hit), (*entry, entry.reason()));
        assert!(entry.age().is_some());
    });
}

fn forgiving(cache: &Cache) -> Cache {
    let options = Options::new()
        .fail_safe(Duration::from_secs(3600))
        .stale_for(Duration::from_secs(3600));
    cache.with_options(&options).expect("options")
}

#[test]
fn an_old_value_stands_in_where_the_options_allow_it() {
    on_every_store("stale", |cache| {
        let forgiving = forgiving(cache);
        assert_eq!(Ok(1), forgiving.fetch("g", &[], || 1));
        cache.invalidate_soft("g", &[]).expect("invalidated");
        let entry = forgiving.fetch_entry("g", &[], |_| failing()).expect("an old value");
        assert_eq!(
            (1, true, Reason::Invalidated, "g"),
            (*entry, entry.is_stale(), entry.reason(), entry.generation())
        );
        assert_eq!(
            Err(Failed::Database("no such table".into())),
            cache.fetch("g", &[], failing)
        );
        cache.invalidate("g", &[]).expect("invalidated");
        assert_eq!(
            Err(Failed::Database("no such table".into())),
            forgiving.fetch("g", &[], failing)
        );
    });
}

#[test]
fn a_stale_value_is_served_while_another_computes() {
    on_every_store("meanwhile", |cache| {
        let forgiving = forgiving(cache);
        assert_eq!(Ok(1), forgiving.fetch("g", &[], || 1));
        cache.invalidate_soft("g", &[]).expect("invalidated");
        let value = forgiving.fetch("g", &[], || {
            let meanwhile = forgiving.fetch_entry("g", &[], |_| 3).expect("the old value");
            assert_eq!((1, true), (*meanwhile, meanwhile.is_stale()));
            2
        });
        assert_eq!(Ok(2), value);
    });
}

#[test]
fn refresh_computes_in_any_case() {
    on_every_store("refresh", |cache| {
        let refreshing = cache.with_options(&Options::new().refresh(true)).expect("options");
        assert_eq!(Ok(1), cache.fetch("g", &[], || 1));
        assert_eq!(Ok(2), refreshing.fetch("g", &[], || 2));
        assert_eq!(Ok(2), cache.fetch("g", &[], || 3));
    });
}

#[test]
fn options_out_of_range_are_refused_and_named() {
    let cache = crate::support::in_memory();
    for (options, name) in [
        (Options::new().jitter(1.5), "jitter"),
        (Options::new().beta(-1.0), "beta"),
        (Options::new().lock(Duration::from_secs(1)), "lock_ms"),
        (Options::new().wait(Duration::from_secs(3601)), "wait_ms"),
    ] {
        let error = cache.with_options(&options).expect_err("out of range");
        assert_eq!(ErrorKind::Argument, error.kind());
        assert!(error.to_string().contains(name), "{error}");
    }
    let fraction = Options::new().ttl(Duration::from_nanos(1));
    cache
        .with_options(&fraction)
        .expect("options")
        .set("g", &[], &1)
        .expect("stored");
    let began = Instant::now();
    while cache.get::<i64>("g", &[]).expect("a read").is_hit() {
        assert!(began.elapsed() < Duration::from_secs(10), "a nanosecond is not forever");
    }
    assert_eq!(Reason::Expired, miss(cache.get::<i64>("g", &[])).reason());
}

#[test]
fn what_cannot_be_stored_is_an_error_and_gives_the_turn_back() {
    on_every_store("unstorable", |cache| {
        let error = cache.fetch("g", &[], || u64::MAX).expect_err("it cannot be stored");
        assert_eq!(ErrorKind::Argument, error.kind());
        let began = Instant::now();
        assert_eq!(Ok(1), cache.fetch("g", &[], || 1_u64));
        assert!(began.elapsed() < PATIENCE, "it waited for the lock");
    });
}

#[test]
fn a_fetch_within_a_fetch() {
    on_every_store("nested", |cache| {
        let outer = cache.fetch("outer", &[], || -> Result<i64, Error> {
            Ok(cache.fetch("inner", &[], || 20)? + 1)
        });
        assert_eq!(Ok(21), outer);
        assert_eq!(20, hit(cache.get("inner", &[])));
    });
}
