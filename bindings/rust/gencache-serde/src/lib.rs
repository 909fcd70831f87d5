//! [`Json`]: values of [`gencache`] that are stored as JSON, by serde, so that every language can read them.
//!
//! ```
//! use gencache::{args, Cache, Error};
//! use gencache_serde::Json;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct User {
//!     id: i64,
//!     name: String,
//! }
//!
//! fn load_user(id: i64) -> User {
//!     User { id, name: "Ada".to_string() } // SELECT …
//! }
//!
//! # fn main() -> Result<(), Error> {
//! let cache = Cache::open("memory://")?;
//! let Json(user) = cache.fetch("user:id", args! {id: 1}, || Json(load_user(1)))?;
//! # assert_eq!((1, "Ada"), (user.id, user.name.as_str()));
//! # Ok(())
//! # }
//! ```
//!
//! It is a crate of its own, so that `gencache` can be built where there is no registry to get serde from.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

use std::ops::{Deref, DerefMut};

use gencache::{Error, ErrorKind, Load, Store, Value};
use serde::{de::DeserializeOwned, Serialize};

/// A value that is stored as JSON. What serde cannot write as JSON (a map whose keys are no strings, say) is
/// [`ErrorKind::Argument`]; JSON in the cache that is no `T` is [`ErrorKind::Type`], so `fetch` computes it anew.
///
/// A `Vec<u8>` within is a JSON array of numbers; without `Json`, gencache stores it as bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Json<T>(pub T);

impl<T> Json<T> {
    /// The value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T: Serialize> Store for Json<T> {
    fn store(&self) -> Result<Value<'_>, Error> {
        let text = serde_json::to_string(&self.0);
        let text = text.map_err(|error| Error::new(ErrorKind::Argument, format!("the value is no JSON: {error}")))?;
        Ok(Value::Json(text.into()))
    }
}

impl<T: DeserializeOwned> Load for Json<T> {
    fn load(value: Value<'_>) -> Result<Self, Error> {
        let parsed = match &value {
            Value::Json(text) => serde_json::from_str(text),
            other => return Err(other.unexpected()),
        };
        parsed.map(Json).map_err(|error| {
            Error::new(
                ErrorKind::Type,
                format!("the JSON in the cache is not of the type that was asked for: {error}"),
            )
        })
    }
}

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Json(value)
    }
}

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}
