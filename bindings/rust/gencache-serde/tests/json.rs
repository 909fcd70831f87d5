//! JSON values on both stores.

use std::collections::HashMap;
use std::env;

use gencache::{Cache, ErrorKind, Lookup, Value};
use gencache_serde::Json;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct User {
    id: u64,
    name: String,
    tags: Vec<String>,
    avatar: Option<Vec<u8>>,
}

fn user() -> User {
    User {
        id: u64::MAX,
        name: "Ada \"É\"".to_string(),
        tags: vec!["x".to_string()],
        avatar: Some(vec![0, 255]),
    }
}

/// A cache in this process and one on servers, which no other test has.
fn caches(name: &str) -> [Cache; 2] {
    let servers = env::var("GENCACHE_TEST_SERVERS").expect("run by script/with-memcached -n 3, which starts servers");
    let url = format!(
        "memcached://{servers}/?prefix=serde-{name}-{}&timeout_ms=5000",
        std::process::id()
    );
    [
        Cache::open("memory://").expect("a cache"),
        Cache::open(&url).expect("a cache"),
    ]
}

#[test]
fn a_struct_comes_back_and_is_json_for_everybody() {
    for cache in caches("struct") {
        assert_eq!(Ok(Json(user())), cache.fetch("user", &[], || Json(user())));
        let json = r#"{"id":18446744073709551615,"name":"Ada \"É\"","tags":["x"],"avatar":[0,255]}"#;
        assert_eq!(
            Ok(Some(Value::Json(json.into()))),
            cache.get_value::<Value<'static>>("user", &[])
        );
        match cache.get::<Json<User>>("user", &[]) {
            Ok(Lookup::Hit(entry)) => assert_eq!((json.as_bytes(), "x"), (entry.bytes(), entry.tags[0].as_str())),
            other => panic!("not a hit: {other:?}"),
        }
    }
}

#[test]
fn bytes_and_an_array_of_numbers_are_told_apart() {
    for cache in caches("bytes") {
        cache.set("g", &[], &Json(vec![1_u8, 2])).expect("stored");
        assert_eq!(
            ErrorKind::Type,
            cache.get_value::<Vec<u8>>("g", &[]).expect_err("an array").kind()
        );
        cache.set("g", &[], &vec![1_u8, 2]).expect("stored");
        assert_eq!(
            ErrorKind::Type,
            cache.get_value::<Json<Vec<u8>>>("g", &[]).expect_err("bytes").kind()
        );
    }
}

#[test]
fn json_of_another_type_is_computed_anew() {
    for cache in caches("another-type") {
        cache
            .set("user", &[], &Value::Json(r#"{"id": 1}"#.into()))
            .expect("stored");
        let error = cache.get_value::<Json<User>>("user", &[]).expect_err("it has no name");
        assert_eq!(ErrorKind::Type, error.kind());
        assert!(error.to_string().contains("name"), "{error}");
        assert_eq!(Ok(Json(user())), cache.fetch("user", &[], || Json(user())));
        assert_eq!(Ok(Some(Json(user()))), cache.get_value("user", &[]));
    }
}

#[test]
fn what_is_no_json_is_refused() {
    for cache in caches("refused") {
        let error = cache
            .set("g", &[], &Json(HashMap::from([((1, 2), 3)])))
            .expect_err("a key that is no string");
        assert_eq!(ErrorKind::Argument, error.kind());
    }
}
