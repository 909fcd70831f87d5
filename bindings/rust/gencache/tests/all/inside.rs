//! Seeing inside.

use std::panic::{self, RefUnwindSafe, UnwindSafe};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gencache::{args, Batch, Bound, Cache, Entry, Error, LogLevel, Lookup, Miss, Options, Reason, Stats};

use crate::support::{in_memory, miss, on_every_store, servers};

#[test]
fn keys_and_explanations() {
    on_every_store("explain", |cache| {
        let args = args! {user_id: 1, page: "home"};
        assert_eq!(
            Ok("nav:user_id=1|page=\"home\""),
            cache.key("nav:user_id", args).as_deref()
        );
        let text = cache.explain("nav:user_id", args).expect("an explanation");
        assert!(
            text.lines().any(|line| line == "key: nav:user_id=1|page=\"home\""),
            "{text}"
        );
    });
}

#[test]
fn counters() {
    on_every_store("stats", |cache| {
        for _ in 0..3 {
            cache.fetch("g", &[], || 1).expect("a value");
        }
        cache.invalidate("g", &[]).expect("invalidated");
        assert_eq!(Reason::Invalidated, miss(cache.get::<i64>("g", &[])).reason());
        let stats = cache.stats().expect("stats");
        assert_eq!(
            (2, 1, 1),
            (
                stats.reads[Reason::Hit],
                stats.reads[Reason::Absent],
                stats.reads[Reason::Invalidated]
            )
        );
        assert_eq!((1, 1, 1), (stats.fills, stats.computations, stats.invalidations));
        assert_eq!(
            (1, 1),
            (
                stats.invalidate_time.count,
                stats.compute_time.buckets.iter().sum::<u64>()
            )
        );
        assert_eq!([("g".to_string(), 1)], stats.top_generations[..]);
        let metrics = cache.metrics().expect("metrics");
        assert!(
            metrics.contains("gencache_reads_total{prefix=") && metrics.contains("reason=\"hit\"} 2"),
            "{metrics}"
        );
    });
}

type Told = Arc<Mutex<Vec<(LogLevel, String)>>>;

fn logged(url: &str, level: LogLevel) -> (Cache, Told) {
    let told = Told::default();
    let log = told.clone();
    let tell = move |level, message: &str| log.lock().expect("a lock").push((level, message.to_string()));
    (Cache::open_logged(url, level, tell).expect("a cache"), told)
}

#[test]
fn the_log_is_told_and_lives_as_long_as_what_may_call_it() {
    for url in [
        "memory://".to_string(),
        format!(
            "memcached://{}/?prefix=log-{}&timeout_ms=5000",
            servers(),
            std::process::id()
        ),
    ] {
        let (cache, told) = logged(&url, LogLevel::Debug);
        let bound = cache.bind("g", &[]).expect("a bound cache");
        let same = cache.with_timeout(Duration::from_secs(1)).expect("a timeout");
        drop(cache);
        assert!(!same.get::<i64>("g", &[]).expect("a read").is_hit());
        drop(same);
        let lease = miss(bound.get::<i64>(&[]));
        drop(bound);
        let all = told.lock().expect("a lock").clone();
        assert_eq!(2, all.len(), "{all:?}");
        assert_eq!((LogLevel::Debug, "miss g: absent"), (all[0].0, all[0].1.as_str()));
        assert_eq!(2, Arc::strong_count(&told));
        drop(lease);
        assert_eq!(1, Arc::strong_count(&told));
    }
}

#[test]
fn misses_are_told_at_a_higher_level_where_asked() {
    let (cache, told) = logged("memory://", LogLevel::Info);
    cache.fetch("g", &[], || 1).expect("a value");
    cache
        .with_options(&Options::new().log_misses(true))
        .expect("options")
        .fetch("h", &[], || 1)
        .expect("a value");
    let all = told.lock().expect("a lock").clone();
    assert_eq!([(LogLevel::Info, "miss h: absent".to_string())], all[..]);
}

#[test]
fn a_panic_of_the_log_is_dropped() {
    let cache = Cache::open_logged("memory://", LogLevel::Debug, |_, message| panic!("{message}")).expect("a cache");
    assert_eq!(Ok(1), cache.fetch("g", &[], || 1));
}

#[test]
fn handles_may_be_sent_and_shared() {
    fn shared<T: Send + Sync>() {}
    shared::<Cache>();
    shared::<Bound>();
    shared::<Batch<'_>>();
    shared::<Entry<String>>();
    shared::<Lookup<String>>();
    shared::<Miss>();
    shared::<Error>();
    shared::<Options>();
    assert!(format!("{:?}", in_memory()).starts_with("Cache"));
    assert_eq!("0.1.0", gencache::version());
}

#[test]
fn a_panic_leaves_handles_sound() {
    fn sound<T: UnwindSafe + RefUnwindSafe>() {}
    sound::<Cache>();
    sound::<Bound>();
    sound::<Batch<'_>>();
    sound::<Entry<String>>();
    sound::<Lookup<String>>();
    sound::<Miss>();
    sound::<Error>();
    sound::<Options>();
    sound::<Stats>();
    let (cache, _) = logged("memory://", LogLevel::Debug);
    let panicking = || cache.fetch("g", &[], || -> i64 { panic!("the computation panics") });
    panic::catch_unwind(panicking).expect_err("it goes on");
    assert_eq!(Ok(1), cache.fetch("g", &[], || 1));
}
