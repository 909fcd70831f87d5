//! Many callers miss one key at once, and one computes.
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Barrier;
use std::time::Duration;
use std::{env, thread};

use gencache::{Cache, Error};

const CALLERS: usize = 16;
const COMPUTING: Duration = Duration::from_millis(200);

fn main() -> Result<(), Error> {
    let cache = Cache::from_env()?;
    cache.invalidate("report", &[])?; // what an earlier run has left
    println!(
        "{CALLERS} callers miss one key at once; to compute it takes {} ms.",
        COMPUTING.as_millis()
    );

    let callers = (0..CALLERS)
        .map(|_| caller(&cache))
        .collect::<Result<Vec<Cache>, Error>>()?;
    let (computations, right, start) = (AtomicUsize::new(0), AtomicUsize::new(0), Barrier::new(CALLERS));
    thread::scope(|scope| {
        for cache in &callers {
            scope.spawn(|| {
                start.wait();
                let report = cache.fetch("report", &[], || {
                    thread::sleep(COMPUTING); // stands for a slow query
                    format!("report {}", computations.fetch_add(1, Ordering::SeqCst) + 1)
                });
                if report.as_deref() == Ok("report 1") {
                    right.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    println!("computations: {}", computations.into_inner());
    println!("callers that got its value: {}", right.into_inner());
    Ok(())
}

/// On servers each caller has a cache of its own, as if it were another process; `memory://` is inside this one.
fn caller(cache: &Cache) -> Result<Cache, Error> {
    match env::var("GENCACHE_URL") {
        Ok(url) if url.starts_with("memcached") => Cache::open(&url),
        _ => Ok(cache.clone()),
    }
}
