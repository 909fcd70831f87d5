//! Bound caches.

use std::time::Duration;

use gencache::{arg, args, each, param, Bound, Cache, ErrorKind, Lookup, Options, Reason};

use crate::support::{hit, miss, on_every_store};

fn pages(cache: &Cache) -> Bound {
    cache
        .bind(["nav", "nav_portal:user_id"], &[param("user_id"), arg("page", "home")])
        .expect("a bound cache")
}

#[test]
fn arguments_by_name_by_position_and_by_default() {
    on_every_store("bound", |cache| {
        let pages = pages(cache);
        pages.set(args! {user_id: 1}, "home of 1").expect("stored");
        for args in [
            args! {_: 1},
            args! {_: 1, _: "home"},
            args! {user_id: 1, page: "home"},
            args! {_: 1, page: "home"},
        ] {
            assert_eq!("home of 1", hit(pages.get::<String>(args)));
        }
        assert_eq!(
            "home of 1",
            hit(cache.get::<String>(["nav", "nav_portal:user_id"], args! {user_id: 1, page: "home"}))
        );
        assert_eq!(
            ErrorKind::Argument,
            pages.get::<String>(&[]).expect_err("user_id is missing").kind()
        );
        pages.delete(args! {_: 1}).expect("deleted");
        assert_eq!(Reason::Absent, miss(pages.get::<String>(args! {_: 1})).reason());
    });
}

#[test]
fn invalidations_find_their_generations() {
    on_every_store("bound-invalidate", |cache| {
        let pages = pages(cache);
        for user_id in [1, 2] {
            pages.set(args! {user_id}, "page").expect("stored");
        }
        pages.invalidate(args! {user_id: 1}).expect("invalidated");
        assert_eq!(
            "nav_portal:user_id=1",
            miss(pages.get::<String>(args! {_: 1})).generation()
        );
        assert_eq!("page", hit(pages.get::<String>(args! {_: 2})));
        pages.invalidate_soft(&[]).expect("invalidated");
        assert_eq!("nav", miss(pages.get::<String>(args! {_: 2})).generation());
        assert_eq!(
            ErrorKind::Argument,
            pages
                .invalidate(args! {page: "home"})
                .expect_err("no generation")
                .kind()
        );
    });
}

#[test]
fn it_fetches_one_and_many_and_outlives_its_cache() {
    on_every_store("bound-fetch", |cache| {
        let pages = pages(&cache.clone());
        assert_eq!(Ok(1), pages.fetch(args! {_: 1}, || 1));
        assert_eq!(Ok(1), pages.fetch_with(args! {_: 1}, |_| 2));
        assert_eq!(
            Reason::Hit,
            pages.fetch_entry(args! {_: 1}, |_| 2).expect("a value").reason()
        );
        let many = pages.fetch_many(&each("user_id", [1, 2]), |gaps| {
            assert_eq!(Ok(true), gaps[0].fill(20));
        });
        assert_eq!(
            vec![Some(1), Some(20)],
            many.expect("values")
                .into_iter()
                .map(Lookup::into_value)
                .collect::<Vec<_>>()
        );
        let many = pages.get_many::<i64, _>(&each("user_id", [1, 2, 3])).expect("a read");
        assert_eq!(
            vec![true, true, false],
            many.iter().map(Lookup::is_hit).collect::<Vec<_>>()
        );
    });
}

#[test]
fn options_of_the_cache_and_others() {
    on_every_store("bound-options", |cache| {
        let minute = Options::new().ttl(Duration::from_secs(60));
        let pages = pages(&cache.with_options(&minute).expect("options"));
        let endless = pages
            .with_options(&Options::new().ttl(Duration::ZERO))
            .expect("options");
        let remaining = |id: i64| {
            pages
                .fetch_entry(args! {_: id}, |_| "none".to_string())
                .expect("a value")
                .remaining()
        };
        pages.set(args! {_: 1}, "page").expect("stored");
        endless.set(args! {_: 2}, "page").expect("stored");
        assert!(remaining(1).expect("an end") > Duration::from_secs(50));
        assert_eq!(None, remaining(2));
    });
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let cache = crate::support::in_memory();
    let error = cache
        .bind("nav_portal:user_id", &[param("page")])
        .expect_err("no such parameter");
    assert_eq!(ErrorKind::Argument, error.kind());
    assert!(error.to_string().contains("user_id"), "{error}");
}
