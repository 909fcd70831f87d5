//! Invalidations that wait for a transaction's commit.
use std::cell::Cell;

use gencache::{args, Batch, Cache, Error};

/// A "database" of users; a transaction works on a copy, which its commit puts in the place of the old one.
struct Users {
    committed: [&'static str; 2],
}

/// A transaction with the invalidations that belong to it. What is not committed is dropped with it.
struct Transaction<'a> {
    users: &'a mut Users,
    changed: [&'static str; 2],
    invalidations: Batch<'static>,
}

impl<'a> Transaction<'a> {
    fn begin(users: &'a mut Users, cache: &Cache) -> Result<Self, Error> {
        let changed = users.committed;
        Ok(Transaction {
            users,
            changed,
            invalidations: cache.batch()?,
        })
    }

    fn rename(&mut self, id: usize, name: &'static str) -> Result<(), Box<dyn std::error::Error>> {
        self.invalidations.invalidate("user:id", args! {id})?; // sends nothing yet
        *self.changed.get_mut(id).ok_or("there is no such user")? = name;
        Ok(())
    }

    fn commit(mut self) -> Result<(), Error> {
        self.users.committed = self.changed;
        self.invalidations.commit()
    }
}

fn show(users: &Users, cache: &Cache, id: usize) -> Result<(), Error> {
    let is_computed = Cell::new(false);
    let name = cache.fetch("user:id", args! {id}, || {
        is_computed.set(true);
        users.committed[id].to_string()
    })?;
    println!(
        "user {id} is {name}, {}",
        if is_computed.get() { "computed" } else { "remembered" }
    );
    Ok(())
}

fn rename(users: &mut Users, cache: &Cache, names: &[(usize, &'static str)]) -> Result<(), Box<dyn std::error::Error>> {
    let mut transaction = Transaction::begin(users, cache)?;
    for (id, name) in names {
        transaction.rename(*id, name)?;
    }
    Ok(transaction.commit()?)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cache = Cache::from_env()?;
    let mut users = Users {
        committed: ["nobody", "Ada"],
    };
    cache.invalidate("user:id", args! {id: 1})?; // what an earlier run has left
    show(&users, &cache, 1)?;
    show(&users, &cache, 1)?;

    println!("A transaction renames user 1, and commits:");
    rename(&mut users, &cache, &[(1, "Grace")])?;
    show(&users, &cache, 1)?;
    show(&users, &cache, 1)?;

    println!("A transaction renames user 1, and fails:");
    rename(&mut users, &cache, &[(1, "Barbara"), (7, "Edith")]).expect_err("there is no user 7");
    show(&users, &cache, 1).map_err(Into::into)
}
