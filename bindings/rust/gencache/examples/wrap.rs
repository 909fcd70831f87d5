//! A function that remembers its results, by its arguments.
use gencache::{args, wrap, Cache, Error};

fn main() -> Result<(), Error> {
    let cache = Cache::from_env()?;
    cache.invalidate("nav", &[])?; // what an earlier run has left

    let portal = wrap!(cache, ["nav", "nav_portal:user_id"], |user_id: i64,
                                                              page: &str,
                                                              #[exclude] trace: bool|
     -> String {
        println!(
            "    (computing {page} of user {user_id}{})",
            if trace { ", traced" } else { "" }
        );
        format!("<h1>{page} of user {user_id}</h1>")
    })?;
    let show = |user_id, page: &str, trace| portal.call(user_id, page, trace).map(|html| println!("  {html}"));

    println!("The first call computes, the second one remembers:");
    show(1, "home", false)?;
    show(1, "home", false)?;

    println!("Other arguments, another result; `trace` is excluded, so it makes no difference:");
    show(1, "news", false)?;
    show(2, "home", false)?;
    show(1, "home", true)?;

    println!("User 1 has changed, on all pages; user 2 has not:");
    portal.invalidate(args! {user_id: 1})?;
    show(1, "home", false)?;
    show(1, "news", false)?;
    show(2, "home", false)?;

    println!("nav has changed, for everybody:");
    portal.invalidate(&[])?;
    show(2, "home", false)?;

    println!("A refresh computes, whatever is remembered:");
    println!("  {}", portal.refresh(2, "home", false)?);
    Ok(())
}
