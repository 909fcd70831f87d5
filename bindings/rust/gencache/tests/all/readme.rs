//! The snippets of the README, each as it stands there, with what it needs around it.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use gencache::{arg, args, each, param, wrap, Cache, LogLevel, Options};

use crate::support::{in_memory, on_servers};

/// Stands for a database.
struct Database;

type DbError = Box<dyn std::error::Error>;

impl Database {
    fn render(&self, user_id: i64, page: &str) -> Result<String, DbError> {
        Ok(format!("<h1>{page} of user {user_id}</h1>"))
    }

    fn names_by_id(&self, ids: &[i64]) -> Result<HashMap<i64, String>, DbError> {
        let users = [(3, "Ada"), (8, "Grace")].into_iter();
        let found = users.filter(|(id, _)| ids.contains(id));
        Ok(found.map(|(id, name)| (id, name.to_string())).collect())
    }

    fn commit(self) -> Result<(), DbError> {
        Ok(())
    }
}

fn render(user_id: i64, page: &str) -> Result<String, DbError> {
    Database.render(user_id, page)
}

#[test]
#[rustfmt::skip] // a line is a line there
fn fetch() -> Result<(), DbError> {
    let (cache, user_id) = (on_servers("readme-fetch"), 1);
    let html = cache.fetch(["nav", "nav_portal:user_id"], args! {user_id, page: "home"}, || render(user_id, "home"))?;
    assert_eq!("<h1>home of user 1</h1>", html);
    let pages = cache.with_options(&Options::new().ttl(Duration::from_secs(300)).jitter(0.1))?;
    let entry = pages.fetch_entry("nav", args! {page: "home"}, |_| render(user_id, "home"))?;
    assert_eq!("<h1>home of user 1</h1>", *entry);
    Ok(())
}

#[test]
fn bind() -> Result<(), DbError> {
    let cache = on_servers("readme-bind");
    let pages = cache.bind(["nav", "nav_portal:user_id"], &[param("user_id"), arg("page", "home")])?;
    let news = pages.fetch(args! {user_id: 1, page: "news"}, || render(1, "news"))?;
    let home = pages.fetch(args! {_: 1}, || render(1, "home"))?; // by position; the page is the default
    pages.invalidate(args! {user_id: 1})?; // nav_portal:user_id=1, not nav
    assert!(!pages.get::<String>(args! {_: 1, _: "news"})?.is_hit());
    assert_eq!(("<h1>news of user 1</h1>", "<h1>home of user 1</h1>"), (&*news, &*home));
    Ok(())
}

#[test]
fn many() -> Result<(), DbError> {
    let (cache, db) = (on_servers("readme-many"), Database);
    let ids = [3, 5, 8];
    let users = cache.fetch_many("user:id", &each("id", ids), |gaps| -> Result<(), DbError> {
        let missing: Vec<i64> = gaps.iter().map(|gap| ids[gap.index()]).collect();
        let mut names = db.names_by_id(&missing)?; // SELECT … WHERE id IN (…), as a HashMap
        for gap in gaps {
            if let Some(name) = names.remove(&ids[gap.index()]) {
                gap.fill(name)?;
            }
        }
        Ok(())
    })?;
    let names: Vec<Option<String>> = users.into_iter().map(|user| user.into_value()).collect();
    assert_eq!([Some("Ada".to_string()), None, Some("Grace".to_string())], names[..]);
    let calls = [args! {id: 3, page: "home"}, args! {id: 5, page: "news"}];
    let found = cache.get_many::<String, _>("user:id", &calls)?;
    assert_eq!([false, false], [found[0].is_hit(), found[1].is_hit()]);
    Ok(())
}

#[test]
#[rustfmt::skip] // the comments stand in a column
fn wrapped() -> Result<(), DbError> {
    let (cache, db) = (on_servers("readme-wrap"), Database);
    let page = wrap!(
        cache,
        ["nav", "nav_portal:user_id"],
        |user_id: i64, page: &str, #[exclude] db: &Database| -> Result<String, DbError> { db.render(user_id, page) }
    )?;
    let html = page.call(1, "home", &db)?; // computed, or remembered
    page.invalidate(args! {user_id: 1})?;  // everything that depends on nav_portal:user_id=1
    page.invalidate(&[])?;                 // everything that depends on nav
    page.delete(1, "home")?;               // this result only
    page.refresh(1, "home", &db)?;         // computed, whatever is remembered
    assert_eq!("<h1>home of user 1</h1>", html);

    let options = Options::new().ttl(Duration::from_secs(300));
    let lasting = wrap!(cache.with_options(&options)?, "nav", |page: &str| -> Result<String, DbError> { render(1, page) })?;
    assert_eq!("<h1>home of user 1</h1>", lasting.call("home")?);
    Ok(())
}

#[test]
fn log() -> Result<(), DbError> {
    let url = "memory://".to_string();
    let log = |level: LogLevel, message: &str| eprintln!("gencache {level:?}: {message}");
    let cache = Cache::open_logged(&url, LogLevel::Warning, log)?;
    cache.ping()?;
    Ok(())
}

#[test]
fn batch() -> Result<(), DbError> {
    let (cache, transaction) = (on_servers("readme-batch"), Database);
    cache.set("user:id", args! {id: 7}, "Ada")?;
    let mut batch = cache.batch()?;
    batch.invalidate("user:id", args! {id: 7})?; // sends nothing
    transaction.commit()?;
    batch.commit()?;
    assert!(!cache.get::<String>("user:id", args! {id: 7})?.is_hit());
    Ok(())
}

#[test]
fn what_is_one_and_what_differs() {
    let cache = in_memory();
    let key = |generation: &str, value| cache.key(generation, &[arg("x", value)]).expect("a key");
    let values: [gencache::Value<'_>; 4] = [1.into(), "1".into(), 1.0.into(), b"1".into()];
    let count = |generation| {
        values
            .iter()
            .map(|value| key(generation, value.clone()))
            .collect::<HashSet<_>>()
            .len()
    };
    assert_eq!((1, 4), (count("g:x"), count("g")));
    assert_eq!(key("g", 1_i32.into()), key("g", 1_u64.into()));
}

#[test]
fn each_open_of_memory_has_a_store_of_its_own() -> Result<(), DbError> {
    let cache = in_memory();
    cache.set("g", &[], &1)?;
    let same = cache.clone();
    drop(cache);
    assert_eq!(Some(1), same.get_value("g", &[])?);
    assert_eq!(None, in_memory().get_value::<i64>("g", &[])?);
    Ok(())
}

#[test]
fn every_snippet_is_compiled() {
    let compiled = [
        include_str!("readme.rs"),
        include_str!("../../examples/quickstart.rs"),
        include_str!("../../../gencache-serde/tests/readme.rs"),
    ];
    let compiled = compiled.map(without_blanks);
    let snippets: Vec<&str> = include_str!("../../../README.md")
        .split("\n```rust\n")
        .skip(1)
        .filter_map(|rest| rest.split("\n```").next())
        .collect();
    assert!(snippets.len() > 9, "{} snippets", snippets.len());
    for snippet in snippets {
        let bare = without_blanks(snippet);
        assert!(compiled.iter().any(|text| text.contains(&bare)), "{snippet}");
    }
}

/// Snippets are indented where they are compiled.
fn without_blanks(text: &str) -> String {
    text.split_whitespace().collect()
}
