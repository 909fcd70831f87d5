//! The step in Rust: the user has changed.

use gencache::{args, Cache, Error};

fn main() -> Result<(), Error> {
    let cache = Cache::from_env()?; // $GENCACHE_URL
    cache.invalidate("user:user_id", args! {user_id: 7})?;
    println!("Rust: invalidated user:user_id=7");
    Ok(())
}
