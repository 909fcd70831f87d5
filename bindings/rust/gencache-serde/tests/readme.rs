//! What the README shows of JSON.

use gencache::{args, Cache};
use gencache_serde::Json;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct User {
    id: i64,
    name: String,
}

fn user(cache: &Cache, id: i64) -> Result<User, Box<dyn std::error::Error>> {
    let Json(user) = cache.fetch("user:id", args! {id}, || load_user(id).map(Json))?;
    Ok(user)
}

/// Stands for a database.
fn load_user(id: i64) -> Result<User, Box<dyn std::error::Error>> {
    let name = "Ada".to_string();
    Ok(User { id, name })
}

#[test]
fn a_user_is_remembered_as_json() -> Result<(), Box<dyn std::error::Error>> {
    let cache = Cache::open("memory://")?;
    for _ in 0..2 {
        let user = user(&cache, 7)?;
        assert_eq!((7, "Ada"), (user.id, user.name.as_str()));
    }
    let stored = cache.get_value("user:id", args! {id: 7})?;
    assert_eq!(Some(gencache::Value::Json(r#"{"id":7,"name":"Ada"}"#.into())), stored);
    Ok(())
}
