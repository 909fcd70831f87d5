//! Invalidations that wait for a commit.

use gencache::{args, Cache, Error, ErrorKind};

use crate::support::server::Server;
use crate::support::{on_every_store, open};

fn store(cache: &Cache) {
    for id in [1, 2, 3] {
        cache.set("g:id", args! {id}, &id).expect("stored");
    }
}

fn hits(cache: &Cache) -> Vec<bool> {
    [1, 2, 3]
        .iter()
        .map(|id| cache.get::<i64>("g:id", args! {id}).expect("a read").is_hit())
        .collect()
}

#[test]
fn nothing_is_sent_before_the_commit() {
    on_every_store("batch", |cache| {
        store(cache);
        let mut batch = cache.batch().expect("a batch");
        batch.invalidate("g:id", args! {id: 1}).expect("noted");
        batch.invalidate_soft("g:id", args! {id: 2}).expect("noted");
        batch.delete("g:id", args! {id: 3}).expect("noted");
        assert_eq!([true, true, true], hits(cache)[..]);
        batch.commit().expect("committed");
        assert_eq!([false, false, false], hits(cache)[..]);
    });
}

#[test]
fn what_is_cancelled_or_dropped_is_not_sent() {
    on_every_store("cancelled", |cache| {
        store(cache);
        let mut batch = cache.batch().expect("a batch");
        batch.invalidate("g:id", args! {id: 1}).expect("noted");
        batch.cancel();
        batch.commit().expect("committed");
        batch.invalidate("g:id", args! {id: 2}).expect("noted");
        drop(batch);
        assert_eq!([true, true, true], hits(cache)[..]);
    });
}

#[test]
fn a_nested_one_hands_over() {
    on_every_store("nested-batch", |cache| {
        store(cache);
        let mut outer = cache.batch().expect("a batch");
        outer.invalidate("g:id", args! {id: 1}).expect("noted");
        let transaction = |outer: &mut gencache::Batch<'_>, id: i64, fails: bool| -> Result<(), Error> {
            let mut savepoint = outer.nested()?;
            savepoint.invalidate("g:id", args! {id})?;
            if fails {
                return Err(Error::new(ErrorKind::Argument, "rolled back"));
            }
            savepoint.commit()
        };
        transaction(&mut outer, 2, false).expect("committed");
        transaction(&mut outer, 3, true).expect_err("it fails");
        assert_eq!([true, true, true], hits(cache)[..]);
        outer.commit().expect("committed");
        assert_eq!([false, false, true], hits(cache)[..]);
    });
}

#[test]
fn it_keeps_what_was_not_acknowledged_and_its_cache() {
    let mut server = Server::start();
    let mut batch = {
        let cache = open(&format!("memcached://{}/?timeout_ms=2000", server.address));
        cache.batch().expect("a batch")
    };
    batch.invalidate("g", &[]).expect("noted");
    assert_eq!(
        ErrorKind::Argument,
        batch.invalidate("g:id", &[]).expect_err("no id").kind()
    );
    server.stop();
    for _ in 0..2 {
        assert_eq!(ErrorKind::Unavailable, batch.commit().expect_err("it is away").kind());
    }
    batch.nested().expect("a batch");
}
