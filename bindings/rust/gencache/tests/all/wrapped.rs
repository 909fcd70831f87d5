//! Functions that remember their results.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use gencache::{args, wrap, Error, ErrorKind};

use crate::support::{in_memory, on_every_store};

/// Not to be part of a key.
struct Database {
    queries: Cell<i64>,
}

impl Database {
    fn query(&self) -> i64 {
        self.queries.set(self.queries.get() + 1);
        self.queries.get()
    }
}

#[test]
fn it_remembers_by_its_arguments() {
    on_every_store("wrapped", |cache| {
        let calls = Cell::new(0);
        let page = wrap!(cache, ["nav", "nav_portal:user_id"], |user_id: i64,
                                                                page: &str|
         -> String {
            calls.set(calls.get() + 1);
            format!("{page} of {user_id}, {}", calls.get())
        })
        .expect("wrapped");
        let owned = "home".to_string();
        assert_eq!(Ok("home of 1, 1"), page.call(1, "home").as_deref());
        assert_eq!(Ok("home of 1, 1"), page.call(1, &owned).as_deref());
        assert_eq!(Ok("news of 1, 2"), page.call(1, "news").as_deref());
        page.invalidate(args! {user_id: 1}).expect("invalidated");
        assert_eq!(Ok("home of 1, 3"), page.call(1, "home").as_deref());
        page.invalidate_soft(&[]).expect("invalidated");
        assert_eq!(Ok("home of 1, 4"), page.call(1, "home").as_deref());
        assert_eq!(Ok("home of 1, 5"), page.refresh(1, "home").as_deref());
        assert_eq!(Ok("home of 1, 5"), page.call(1, "home").as_deref());
        page.delete(1, "home").expect("deleted");
        assert_eq!(Ok("home of 1, 6"), page.call(1, "home").as_deref());
        assert_eq!(
            ErrorKind::Argument,
            page.invalidate(args! {page: "home"}).expect_err("no generation").kind()
        );
    });
}

#[test]
fn its_place_is_part_of_the_key() {
    let cache = in_memory();
    let one = wrap!(cache, "g", |n: i64| -> i64 { n }).expect("wrapped");
    let line = line!() - 1;
    let two = wrap!(cache, "g", |n: i64| -> i64 { n + 1 }).expect("wrapped");
    let place = format!("{}.its_place_is_part_of_the_key:{line}", module_path!());
    assert_eq!(Ok(format!("g|\"{place}\",n=7")), one.key(7));
    assert_eq!((Ok(7), Ok(8)), (one.call(7), two.call(7)));

    let versioned = wrap!(cache, "g", |n: i64| -> i64 { n })
        .expect("wrapped")
        .without_place()
        .version("2");
    assert_eq!(Ok("g|\"v2\",n=7"), versioned.key(7).as_deref());
    let bare = wrap!(cache, "g", || -> i64 { 7 }).expect("wrapped").without_place();
    assert_eq!(Ok("g"), bare.key().as_deref());
    assert_eq!(Ok(7), bare.call());
}

#[test]
fn what_it_captures_is_no_part_of_the_key() {
    let cache = in_memory();
    for (n, version) in [(2, "2"), (3, "3")] {
        let scaled = wrap!(cache, "g", |x: i64| -> i64 { x * n }).expect("wrapped");
        assert_eq!(Ok(14), scaled.call(7), "what was computed for 2");
        assert_eq!(Ok(7 * n), scaled.version(version).call(7));
    }
}

macro_rules! double_and_square {
    ($cache:expr) => {
        (
            wrap!($cache, "g", |x: i64| -> i64 { x * 2 }).expect("wrapped"),
            wrap!($cache, "g", |x: i64| -> i64 { x * x }).expect("wrapped"),
        )
    };
}

#[test]
fn those_of_one_macro_share_their_place() {
    let cache = in_memory();
    let (double, square) = double_and_square!(cache);
    assert_eq!(double.key(7), square.key(7));
    let (double, square) = (double.version("double"), square.version("square"));
    assert_eq!((Ok(14), Ok(49)), (double.call(7), square.call(7)));
}

#[test]
fn what_is_excluded_makes_no_difference() {
    on_every_store("excluded", |cache| {
        let value = wrap!(cache, "g:id", |#[exclude] database: &Database,
                                          id: i64,
                                          #[exclude] _trace: bool|
         -> i64 { id * 100 + database.query() })
        .expect("wrapped");
        let database = Database { queries: Cell::new(0) };
        assert_eq!(
            (Ok(101), Ok(101)),
            (value.call(&database, 1, true), value.call(&database, 1, false))
        );
        assert!(value.key(1).expect("a key").starts_with("g:id=1|"));
    });
}

#[test]
fn what_it_takes_by_value_is_moved() {
    on_every_store("moved", |cache| {
        let join = wrap!(cache, "g", |words: String, more: Option<String>| -> String {
            words + &more.unwrap_or_default()
        });
        let join = join.expect("wrapped");
        assert_eq!(Ok("ab"), join.call("a".to_string(), Some("b".to_string())).as_deref());
        assert_eq!(Ok("a"), join.call("a".to_string(), None).as_deref());
    });
}

#[derive(Debug, PartialEq, Eq)]
pub enum Failed {
    Odd(i64),
    Cache(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Failed::Cache(error)
    }
}

#[test]
fn it_may_fail() {
    on_every_store("fallible", |cache| {
        let half = wrap!(cache, "g", |n: i64| -> Result<i64, Failed> {
            if n % 2 == 1 {
                return Err(Failed::Odd(n));
            }
            Ok(n / 2)
        })
        .expect("wrapped");
        assert_eq!((Err(Failed::Odd(7)), Ok(4)), (half.call(7), half.call(8)));
    });
}

#[test]
fn it_may_depend_on_more() {
    on_every_store("wrapped-filling", |cache| {
        let calls = Cell::new(0);
        let book = wrap!(cache, "book:id", |#[filling] filling, id: i64| -> Result<i64, Error> {
            filling.depend("author:id", args! {id: id + 1})?;
            calls.set(calls.get() + 1);
            Ok(calls.get())
        })
        .expect("wrapped");
        assert_eq!((Ok(1), Ok(1)), (book.call(1), book.call(1)));
        cache.invalidate("author:id", args! {id: 2}).expect("invalidated");
        assert_eq!(Ok(2), book.call(1));
    });
}

#[test]
fn it_may_ignore_the_cache() {
    let cache = in_memory();
    let (calls, ignore) = (Cell::new(0), Arc::new(AtomicBool::new(true)));
    let condition = ignore.clone();
    let count = wrap!(cache, "g", |#[filling] filling| -> Result<i64, Error> {
        let is_noted = filling.depend("h", &[])?;
        assert_eq!(!ignore.load(Ordering::SeqCst), is_noted);
        calls.set(calls.get() + 1);
        Ok(calls.get())
    });
    let count = count
        .expect("wrapped")
        .ignore_if(move || condition.load(Ordering::SeqCst));
    assert_eq!((Ok(1), Ok(2)), (count.call(), count.call()));
    ignore.store(false, Ordering::SeqCst);
    assert_eq!((Ok(3), Ok(3)), (count.call(), count.call()));
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let cache = in_memory();
    let wrapped = wrap!(cache, "g:id", |user_id: i64| -> i64 { user_id });
    let error = wrapped.map(drop).expect_err("there is no id");
    assert_eq!(ErrorKind::Argument, error.kind());
    assert!(error.to_string().contains("'id'"), "{error}");
}

wrap! {
    /// The page of a user.
    pub struct Page(user_id: i64, page: &str, #[exclude] trace: bool) -> Result<String, Failed>;
}

wrap! {
    struct Pages(#[filling] filling, id: i64) -> i64;
}

#[test]
fn a_type_with_a_name() {
    struct Site {
        page: Page,
        pages: Pages,
    }
    on_every_store("named", |cache| {
        let suffix = "!".to_string();
        let site = Site {
            page: Page::new(cache, "g:user_id", move |user_id, page, _trace| {
                Ok(format!("{page} of {user_id}{suffix}"))
            })
            .expect("wrapped"),
            pages: Pages::new(cache, "g", |filling, id| {
                i64::from(filling.depend("h", &[]) == Ok(true)) + id
            })
            .expect("wrapped"),
        };
        assert_eq!(Ok("home of 1!"), site.page.call(1, "home", true).as_deref());
        assert!(site.page.key(1, "home").expect("a key").contains("wrapped.Page:"));
        assert_eq!(Ok(8), site.pages.call(7));
        fn shared<T: Send + Sync>(_: &T) {}
        shared(&site.page);
    });
}
