//! What a hit costs from Rust, against plain libmemcached: `bench OUTPUT.json SUFFIX PORT PORT PORT`. The ports are those
//! of memcached servers on 127.0.0.1; the suffix is appended to each name. See script/bench.

mod harness;
mod reference;

use std::env;

use gencache::{arg, args, Arg, Cache, Lookup};
use harness::{compare, print_heading, write_json};
use reference::Reference;

const GENERATIONS: [&str; 2] = ["nav", "nav_portal:user_id"];
const USERS: usize = 100;
const VALUE: [u8; 100] = [b'x'; 100];

fn user(i: usize) -> i64 {
    100 + (i % USERS) as i64
}

fn open(ports: &[u16]) -> Cache {
    let servers: Vec<String> = ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
    Cache::open(&format!("memcached://{}/?timeout_ms=2000", servers.join(","))).expect("a cache")
}

/// Keys of the reference's, each as long as the name under which our value stands: `gc/` and the readable key.
fn plain_keys(our_keys: impl Iterator<Item = String>) -> Vec<String> {
    our_keys
        .enumerate()
        .map(|(i, key)| format!("{:x<1$}", format!("plain-{}-", 100 + i), 3 + key.len()))
        .collect()
}

fn main() {
    let mut given = env::args().skip(1);
    let usage = "usage: bench OUTPUT.json SUFFIX PORT PORT PORT";
    let (output, suffix) = given.next().zip(given.next()).expect(usage);
    let ports: Vec<u16> = given.map(|port| port.parse().expect(usage)).collect();
    assert_eq!(3, ports.len(), "{usage}");
    let rounds = env::var("GENCACHE_BENCH_ROUNDS").map_or(800, |rounds| rounds.parse().expect("a number of rounds"));

    let cache = open(&ports);
    let reference = Reference::new(&ports);
    let keys = (0..USERS).map(|i| {
        cache
            .set(GENERATIONS, args! {user_id: user(i), page: "home"}, &VALUE)
            .expect("stored");
        cache
            .key(GENERATIONS, args! {user_id: user(i), page: "home"})
            .expect("a key")
    });
    let keys = plain_keys(keys);
    keys.iter().for_each(|key| reference.set(key, &VALUE));
    let plain_get = |i: usize| reference.hit(&keys[i % USERS], VALUE.len());

    print_heading();
    let get_hit = |i| {
        let found = cache
            .get::<Vec<u8>>(GENERATIONS, args! {user_id: user(i), page: "home"})
            .expect("a read");
        assert!(
            found.value().map_or(false, |value| value.len() == VALUE.len()),
            "no hit"
        );
    };
    let fetch_hit = |i| {
        let args = args! {user_id: user(i), page: "home"};
        let value: Vec<u8> = cache
            .fetch(GENERATIONS, args, || -> Vec<u8> { panic!("no hit") })
            .expect("a value");
        assert_eq!(VALUE.len(), value.len());
    };
    let outcomes = [
        compare(format!("get_hit{suffix}"), rounds, get_hit, plain_get),
        compare(format!("fetch_hit{suffix}"), rounds, fetch_hit, plain_get),
        get_many(&ports[..1], format!("get_many_100{suffix}"), rounds),
    ];
    write_json(&output, &outcomes).expect("the output is written");
}

/// Values that share their generations, on one server, where a plain program has one handle to ask. The reference reads
/// the same items as they stand there.
fn get_many(ports: &[u16], name: String, rounds: usize) -> harness::Outcome {
    let cache = open(ports);
    let mut reference = Reference::new(ports);
    let generations = ["blog", "nav"];
    let calls: Vec<[Arg<'_>; 2]> = (0..100)
        .map(|page| [arg("page", page), arg("language", "en")])
        .collect();
    let store = |call: &[Arg<'_>; 2]| {
        cache.set(generations, call, &VALUE).expect("stored");
        format!("gc/{}", cache.key(generations, call).expect("a key"))
    };
    let items: Vec<String> = calls.iter().map(store).collect();
    let ours = |_| {
        let found = cache.get_many::<Vec<u8>, _>(generations, &calls).expect("a read");
        assert!(found.iter().all(Lookup::is_hit), "a miss");
    };
    compare(name, rounds, ours, |_| drop(reference.many(&items, VALUE.len())))
}
