use std::borrow::Cow;
use std::slice;

use crate::Value;

/// An argument of a cached computation: see [`args!`](crate::args).
///
/// A generation `nav_portal:user_id` takes its value from the argument `user_id`; every other argument is part of the
/// rest of the key. In a generation the text counts: 42, "42", 42.0 and b"42" are one value; in the rest of the key they
/// differ. Integers of all widths are one type.
#[derive(Debug, Clone, PartialEq)]
pub struct Arg<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) value: Option<Value<'a>>, // nothing in a parameter without a default
}

/// The argument `name`.
pub fn arg<'a>(name: &'a str, value: impl Into<Value<'a>>) -> Arg<'a> {
    Arg {
        name: Some(name),
        value: Some(value.into()),
    }
}

/// An argument without a name: an extra part of the key, whose order counts; of a bound cache, an argument by position.
pub fn extra<'a>(value: impl Into<Value<'a>>) -> Arg<'a> {
    Arg {
        name: None,
        value: Some(value.into()),
    }
}

/// A parameter without a default, for [`Cache::bind`](crate::Cache::bind); one with a default is an [`arg`].
pub fn param(name: &str) -> Arg<'_> {
    Arg {
        name: Some(name),
        value: None,
    }
}

/// The arguments of many calls that differ in one: for each of `values` the argument `name`.
///
/// ```
/// # fn main() -> Result<(), gencache::Error> {
/// let cache = gencache::Cache::open("memory://")?;
/// let ids = [3, 5, 8];
/// let users = cache.get_many::<String, _>("user:id", &gencache::each("id", ids))?;
/// assert_eq!(3, users.len());
/// # Ok(())
/// # }
/// ```
pub fn each<'a, T: Into<Value<'a>>>(name: &'a str, values: impl IntoIterator<Item = T>) -> Vec<[Arg<'a>; 1]> {
    values.into_iter().map(|value| [arg(name, value)]).collect()
}

/// Arguments as a slice `&[Arg]`, on the stack: `args! {user_id: 1, page: "home"}`.
///
/// A name alone means the variable of that name, `_` an argument [without a name](crate::extra). A name that is no
/// identifier stands in quotes. Text and bytes are borrowed where a reference is given.
///
/// ```
/// use gencache::{arg, args, extra, Cache};
///
/// # fn main() -> Result<(), gencache::Error> {
/// let cache = Cache::open("memory://")?;
/// let user_id = 1;
/// let key = cache.key(&["nav", "nav_portal:user_id"], args! {user_id, page: "home", "api-level": 2, _: "draft"})?;
/// assert_eq!(r#"nav,nav_portal:user_id=1|"draft",api-level=2,page="home""#, key);
///
/// let the_same = [arg("user_id", 1), arg("page", "home"), arg("api-level", 2), extra("draft")];
/// assert_eq!(key, cache.key(&["nav", "nav_portal:user_id"], &the_same)?);
/// # Ok(())
/// # }
/// ```
#[macro_export]
macro_rules! args {
    (@list [$($done:expr,)*]) => { &[$($done,)*] as &[$crate::Arg<'_>] };
    (@list [$($done:expr,)*] _: $value:expr $(, $($more:tt)*)?) => {
        $crate::args!(@list [$($done,)* $crate::extra($value),] $($($more)*)?)
    };
    (@list [$($done:expr,)*] $name:ident: $value:expr $(, $($more:tt)*)?) => {
        $crate::args!(@list [$($done,)* $crate::arg(stringify!($name), $value),] $($($more)*)?)
    };
    (@list [$($done:expr,)*] $name:literal: $value:expr $(, $($more:tt)*)?) => {
        $crate::args!(@list [$($done,)* $crate::arg($name, $value),] $($($more)*)?)
    };
    (@list [$($done:expr,)*] $name:ident $(, $($more:tt)*)?) => {
        $crate::args!(@list [$($done,)* $crate::arg(stringify!($name), $name),] $($($more)*)?)
    };
    ($($arguments:tt)*) => { $crate::args!(@list [] $($arguments)*) };
}

/// What a value depends on, or what is to be invalidated: one generation, or a list of them. Each is `name`, or
/// `name:argument`, which takes its value from the argument of that name.
pub trait Generations {
    /// The list.
    fn list(&self) -> Cow<'_, [&str]>;
}

impl Generations for &str {
    fn list(&self) -> Cow<'_, [&str]> {
        Cow::Borrowed(slice::from_ref(self))
    }
}

impl Generations for &String {
    fn list(&self) -> Cow<'_, [&str]> {
        Cow::Owned(vec![self.as_str()])
    }
}

impl Generations for &[&str] {
    fn list(&self) -> Cow<'_, [&str]> {
        Cow::Borrowed(self)
    }
}

impl<const N: usize> Generations for [&str; N] {
    fn list(&self) -> Cow<'_, [&str]> {
        Cow::Borrowed(self)
    }
}

impl<const N: usize> Generations for &[&str; N] {
    fn list(&self) -> Cow<'_, [&str]> {
        Cow::Borrowed(*self)
    }
}

impl Generations for &Vec<&str> {
    fn list(&self) -> Cow<'_, [&str]> {
        Cow::Borrowed(self)
    }
}

impl Generations for &[String] {
    fn list(&self) -> Cow<'_, [&str]> {
        self.iter().map(String::as_str).collect()
    }
}

impl Generations for &Vec<String> {
    fn list(&self) -> Cow<'_, [&str]> {
        self.iter().map(String::as_str).collect()
    }
}
