use gencache::{args, Cache, Error, Lookup};

fn main() -> Result<(), Error> {
    let cache = Cache::from_env()?; // $GENCACHE_URL, or else memory://
    let generations = ["nav", "nav_portal:user_id"];
    let page = args! {user_id: 1, page: "home"};
    cache.delete(generations, page)?; // what an earlier run has left

    for visit in 1..=3 {
        match cache.get::<String>(generations, page)? {
            Lookup::Hit(html) => println!("hit:  {}", *html),
            Lookup::Miss(miss) => {
                println!("miss: {miss}");
                let html = "<h1>Welcome back</h1>"; // compute it here: no invalidation gets lost meanwhile
                miss.fill(html)?;
            }
        }
        if visit == 2 {
            cache.invalidate("nav_portal:user_id", args! {user_id: 1})?;
        }
    }
    Ok(())
}
