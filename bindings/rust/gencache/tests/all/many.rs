//! Many values at once.

use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use gencache::{arg, args, each, Arg, Cache, Error, ErrorKind, Lookup, Reason};

use crate::support::on_every_store;

fn values(lookups: Result<Vec<Lookup<i64>>, Error>) -> Vec<Option<i64>> {
    lookups.expect("a read").into_iter().map(Lookup::into_value).collect()
}

fn stored(cache: &Cache, ids: &[i64]) {
    for id in ids {
        cache.set("g:id", args! {id}, &(id * 10)).expect("stored");
    }
}

#[test]
fn get_many_tells_each() {
    on_every_store("get-many", |cache| {
        stored(cache, &[1, 3]);
        let lookups = cache
            .get_many::<i64, _>("g:id", &each("id", [1, 2, 3]))
            .expect("a read");
        let seen: Vec<_> = lookups
            .iter()
            .map(|lookup| (lookup.value().copied(), lookup.reason()))
            .collect();
        assert_eq!(
            [(Some(10), Reason::Hit), (None, Reason::Absent), (Some(30), Reason::Hit)],
            seen[..]
        );
        assert_eq!("g:id=2", lookups[1].key());
        for lookup in lookups {
            if let Lookup::Miss(miss) = lookup {
                assert_eq!(Ok(true), miss.fill(&20));
            }
        }
        assert_eq!([Some(20)], values(cache.get_many("g:id", &[[arg("id", 2)]]))[..]);
        assert_eq!(0, values(cache.get_many("g:id", &[] as &[[Arg<'_>; 1]])).len());
    });
}

#[test]
fn calls_may_be_slices_and_borrow() {
    on_every_store("slices", |cache| {
        let pages = ["home".to_string(), "news".to_string()];
        let calls: Vec<Vec<Arg<'_>>> = pages.iter().map(|page| vec![arg("id", 1), arg("page", page)]).collect();
        let slices: Vec<&[Arg<'_>]> = calls.iter().map(Vec::as_slice).collect();
        cache.set("g:id", &calls[1], &7).expect("stored");
        assert_eq!([None, Some(7)], values(cache.get_many("g:id", &calls))[..]);
        assert_eq!([None, Some(7)], values(cache.get_many("g:id", &slices))[..]);
    });
}

#[test]
fn fetch_many_computes_what_is_missing_by_one_call() {
    on_every_store("fetch-many", |cache| {
        stored(cache, &[1, 3]);
        let ids = [1, 2, 3, 4, 5];
        let mut calls = Vec::new();
        let lookups = cache.fetch_many("g:id", &each("id", ids), |gaps| {
            calls.push(gaps.iter().map(|gap| ids[gap.index()]).collect::<Vec<i64>>());
            for gap in gaps.iter_mut().filter(|gap| gap.index() != 4) {
                assert_eq!(Ok(true), gap.fill(ids[gap.index()] * 10));
            }
        });
        assert_eq!([Some(10), Some(20), Some(30), Some(40), None], values(lookups)[..]);
        assert_eq!([vec![2, 4, 5]], calls[..]);
        assert_eq!(
            [Some(20), Some(40), None],
            values(cache.get_many("g:id", &each("id", [2, 4, 5])))[..]
        );
    });
}

#[test]
fn an_error_of_many_comes_out_untouched() {
    on_every_store("many-errors", |cache| {
        let failed = cache.fetch_many(
            "g:id",
            &each("id", [1, 2]),
            |gaps| -> Result<(), Box<dyn std::error::Error>> {
                gaps[0].fill(10)?;
                Err("no such table".into())
            },
        );
        assert_eq!("no such table", failed.expect_err("it failed").to_string());
        let began = Instant::now();
        let lookups = cache.fetch_many("g:id", &each("id", [1, 2]), |gaps| {
            assert_eq!([1], gaps.iter().map(|gap| gap.index()).collect::<Vec<_>>()[..]);
            gaps[0].fill(20).expect("filled");
        });
        assert_eq!([Some(10), Some(20)], values(lookups)[..]);
        assert!(began.elapsed() < Duration::from_secs(9), "it waited for the lock");
    });
}

#[test]
fn a_panic_of_many_goes_on_and_leaves_locks_and_leases_sound() {
    on_every_store("many-panics", |cache| {
        let panicking =
            || cache.fetch_many::<i64, (), _>("g:id", &each("id", [1, 2]), |_| panic!("the computation panics"));
        let panic = panic::catch_unwind(AssertUnwindSafe(panicking)).expect_err("it goes on");
        assert_eq!(Some(&"the computation panics"), panic.downcast_ref::<&str>());
        let began = Instant::now();
        let lookups = cache.fetch_many("g:id", &each("id", [1, 2]), |gaps| {
            gaps.iter_mut().for_each(|gap| assert_eq!(Ok(true), gap.fill(7)));
        });
        assert_eq!([Some(7), Some(7)], values(lookups)[..]);
        assert!(began.elapsed() < Duration::from_secs(9), "it waited for the lock");
    });
}

/// Somebody else computes the second value and fails once our computation of the first has panicked.
#[test]
fn what_has_panicked_is_not_called_again() {
    on_every_store("many-panics-once", |cache| {
        let (computing, is_computed) = mpsc::channel();
        let (panicking, has_panicked) = mpsc::channel::<()>();
        let mut calls = 0;
        thread::scope(|scope| {
            let other = scope.spawn(move || {
                cache.fetch("g:id", args! {id: 2}, || -> Result<i64, Error> {
                    computing.send(()).expect("somebody waits");
                    has_panicked.recv_timeout(Duration::from_secs(20)).expect("it panics");
                    Err(Error::new(ErrorKind::Internal, "the other one fails"))
                })
            });
            is_computed.recv_timeout(Duration::from_secs(20)).expect("it begins");
            let fetch = || {
                cache.fetch_many::<i64, (), _>("g:id", &each("id", [1, 2]), |_| {
                    calls += 1;
                    panicking.send(()).expect("somebody waits");
                    panic!("the computation panics")
                })
            };
            let panic = panic::catch_unwind(AssertUnwindSafe(fetch)).expect_err("it goes on");
            assert_eq!(Some(&"the computation panics"), panic.downcast_ref::<&str>());
            let failed = other.join().expect("no panic").expect_err("it failed");
            assert_eq!("the other one fails", failed.to_string());
        });
        assert_eq!(1, calls);
        assert_eq!(Ok(7), cache.fetch("g:id", args! {id: 2}, || 7));
    });
}

#[test]
fn values_of_another_type_are_computed_anew() {
    on_every_store("many-types", |cache| {
        stored(cache, &[1]);
        cache.set("g:id", args! {id: 2}, "text").expect("stored");
        assert_eq!(
            ErrorKind::Type,
            cache
                .get_many::<i64, _>("g:id", &each("id", [1, 2]))
                .expect_err("text")
                .kind()
        );
        let lookups = cache.fetch_many("g:id", &each("id", [1, 2]), |gaps| {
            assert_eq!([1], gaps.iter().map(|gap| gap.index()).collect::<Vec<_>>()[..]);
            gaps[0].fill(20).expect("filled");
        });
        assert_eq!([Some(10), Some(20)], values(lookups)[..]);
        assert_eq!(
            [Some(10), Some(20)],
            values(cache.get_many("g:id", &each("id", [1, 2])))[..]
        );
    });
}

#[test]
fn each_gap_may_depend_on_more() {
    on_every_store("many-depend", |cache| {
        let lookups = cache.fetch_many("g:id", &each("id", [1, 2]), |gaps| -> Result<(), Error> {
            for gap in gaps {
                gap.depend("author:id", args! {id: gap.index()})?;
                gap.fill(7)?;
            }
            Ok(())
        });
        assert_eq!([Some(7), Some(7)], values(lookups)[..]);
        cache.invalidate("author:id", args! {id: 1}).expect("invalidated");
        assert_eq!([Some(7), None], values(cache.get_many("g:id", &each("id", [1, 2])))[..]);
    });
}

#[test]
fn bad_arguments_of_many() {
    on_every_store("many-bad", |cache| {
        let error = cache
            .get_many::<i64, _>("g:id", &each("no", [1]))
            .expect_err("it is bad");
        assert_eq!(ErrorKind::Argument, error.kind());
        let error = cache.fetch_many::<i64, (), _>("g:id", &each("i\0", [1]), |_| panic!("not called"));
        assert_eq!(ErrorKind::Argument, error.expect_err("it is bad").kind());
    });
}
