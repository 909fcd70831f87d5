//! Reads, and what their entries tell.

use std::time::Duration;

use gencache::{args, Cache, ErrorKind, Options, Reason};

use crate::support::server::Server;
use crate::support::{entry, hit, miss, on_every_store, on_servers, open};

#[test]
fn a_miss_a_fill_a_hit_and_an_invalidation() {
    on_every_store("entries", |cache| {
        let generations = ["nav", "nav_portal:user_id"];
        let read = |user_id: i64| cache.get::<String>(generations, args! {user_id, page: "home"});
        let absent = miss(read(1));
        assert_eq!(
            (Reason::Absent, "", "absent"),
            (absent.reason(), absent.generation(), absent.to_string().as_str())
        );
        assert_eq!("nav,nav_portal:user_id=1|page=\"home\"", absent.key());
        assert_eq!(None, absent.error());
        assert_eq!(Ok(true), absent.fill("one"));
        assert_eq!(Ok(true), miss(read(2)).fill("two"));
        assert_eq!("one", hit(read(1)));

        cache
            .invalidate("nav_portal:user_id", args! {user_id: 1})
            .expect("invalidated");
        assert_eq!("invalidated nav_portal:user_id=1", miss(read(1)).to_string());
        assert_eq!("two", hit(read(2)));
        cache.invalidate_soft("nav", &[]).expect("invalidated");
        assert_eq!((Reason::Invalidated, "nav"), {
            (miss(read(2)).reason(), miss(read(2)).generation())
        });
        assert_eq!(Ok(true), miss(read(2)).fill("two"));
        cache.clear().expect("cleared");
        assert_eq!(Reason::Cleared, miss(read(2)).reason());
        assert_eq!(Ok(true), miss(read(2)).fill("two"));
        cache
            .delete(generations, args! {user_id: 2, page: "home"})
            .expect("deleted");
        assert_eq!(
            Ok(None),
            cache.get_value::<String>(generations, args! {user_id: 2, page: "home"})
        );
    });
}

#[test]
fn what_is_invalidated_between_get_and_fill_is_a_miss() {
    on_every_store("race", |cache| {
        let lease = miss(cache.get::<i64>("g", &[]));
        cache.invalidate("g", &[]).expect("invalidated");
        assert_eq!(Ok(true), lease.fill(&1));
        assert_eq!(Reason::Invalidated, miss(cache.get::<i64>("g", &[])).reason());
    });
}

#[test]
fn an_entry_tells_its_age_and_outlives_its_cache() {
    on_every_store("age", |cache| {
        let cache = cache
            .with_options(&Options::new().ttl(Duration::from_secs(60)))
            .expect("options");
        cache.set("g", &[], "value").expect("stored");
        let entry = entry(cache.get::<String>("g", &[]));
        let left = miss(cache.get::<String>("g", args! {other: 1}));
        drop(cache);
        assert!(entry.age().expect("an age") < Duration::from_secs(60));
        assert!(entry.remaining().expect("an end") <= Duration::from_secs(60));
        assert_eq!(
            ("value", "g", false, Reason::Hit),
            (entry.as_str(), entry.key(), entry.is_stale(), entry.reason())
        );
        assert_eq!(Ok(true), left.fill("other"));
        assert!(format!("{entry:?}").contains("value"));
    });
}

#[test]
fn a_fill_has_the_options_of_its_cache_or_others() {
    on_every_store("fills", |cache| {
        let brief = cache
            .with_options(&Options::new().ttl(Duration::from_secs(60)))
            .expect("options");
        let remaining = |name| entry(cache.get::<i64>(name, &[])).remaining();
        assert_eq!(Ok(true), miss(brief.get::<i64>("a", &[])).fill(&1));
        assert!(remaining("a").expect("an end") > Duration::from_secs(50));
        let endless = Options::new().ttl(Duration::ZERO);
        assert_eq!(Ok(true), miss(brief.get::<i64>("b", &[])).fill_with(&1, &endless));
        assert_eq!(None, remaining("b"));
        let error = miss(cache.get::<i64>("c", &[])).fill_with(&1, &Options::new().jitter(2.0));
        assert_eq!(ErrorKind::Argument, error.expect_err("out of range").kind());
    });
}

#[test]
fn a_miss_can_depend_on_more() {
    on_every_store("depends", |cache| {
        let mut lease = miss(cache.get::<i64>("book:id", args! {id: 1}));
        assert_eq!(Ok(true), lease.depend("author:id", args! {id: 3}));
        assert_eq!(
            ErrorKind::Argument,
            lease.depend("author:name", args! {id: 3}).expect_err("no name").kind()
        );
        assert_eq!(Ok(true), lease.fill(&1));
        assert_eq!(1, hit(cache.get("book:id", args! {id: 1})));
        cache.invalidate("author:id", args! {id: 3}).expect("invalidated");
        assert_eq!(
            "author:id=3",
            miss(cache.get::<i64>("book:id", args! {id: 1})).generation()
        );
    });
}

#[test]
fn a_server_that_is_away_is_never_taken_for_absent() {
    let mut server = Server::start();
    let cache = open(&format!("memcached://{}/?timeout_ms=2000", server.address));
    cache.set("g", &[], &1).expect("stored");
    let other = miss(cache.get::<i64>("g", args! {other: 1}));
    server.stop();

    let away = miss(cache.get::<i64>("g", &[]));
    assert_eq!(Reason::Unavailable, away.reason());
    let error = away.error().expect("an error").clone();
    assert_eq!(ErrorKind::Unavailable, error.kind());
    assert!(error.to_string().contains(&server.address), "{error}");
    assert_eq!(Ok(false), away.fill(&2));
    assert_eq!(Ok(false), other.fill(&2));
    assert_eq!(
        ErrorKind::Unavailable,
        cache.get_value::<i64>("g", &[]).expect_err("not known").kind()
    );
    for result in [
        cache.set("g", &[], &1),
        cache.invalidate("g", &[]),
        cache.clear(),
        cache.delete("g", &[]),
        cache.ping(),
    ] {
        assert_eq!(ErrorKind::Unavailable, result.expect_err("it is away").kind());
    }
    assert_eq!(Ok(3), cache.fetch("g", &[], || 3));
    assert!(cache.stats().expect("stats").server_errors[0].1 > 0);
}

#[test]
fn a_cache_with_another_timeout_is_the_same_cache() {
    on_every_store("timeouts", |cache| {
        let patient = cache.with_timeout(Duration::from_secs(9)).expect("a timeout");
        patient.set("g", &[], &1).expect("stored");
        assert_eq!(1, hit(cache.get("g", &[])));
        let error = cache.with_timeout(Duration::from_secs(3600)).expect_err("out of range");
        assert_eq!(ErrorKind::Argument, error.kind());
        assert!(error.to_string().contains("timeout_ms"), "{error}");
    });
}

#[test]
fn bad_urls_are_refused() {
    for url in ["ftp://host", "memory://?colour=red", "memory://\0"] {
        assert_eq!(
            ErrorKind::Argument,
            Cache::open(url).expect_err("it is bad").kind(),
            "{url}"
        );
    }
}

#[test]
fn ping_reaches_the_servers() {
    on_servers("ping").ping().expect("they are there");
}
