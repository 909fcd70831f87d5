use std::borrow::Cow;

use crate::{Error, ErrorKind};

/// A typed value, as every language's gencache reads and writes it: of an argument, or in the cache. It borrows text and
/// bytes, or owns them.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// Nothing, which is a value like any other: a cached null is a hit.
    Null,
    /// A boolean.
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// An unsigned integer. One that is stored must fit into an [`Int`](Value::Int), and comes back as one.
    Uint(u64),
    /// A floating point number.
    Double(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// Any bytes.
    Bytes(Cow<'a, [u8]>),
    /// A JSON document, which is not parsed here: see the crate `gencache-serde`. No argument.
    Json(Cow<'a, str>),
    /// A C++ value in gencache's cereal format. No argument.
    Cereal(Cow<'a, [u8]>),
    /// A value in a format private to one language's binding, 16 to 31; any other number is refused. No argument.
    Private(u8, Cow<'a, [u8]>),
}

impl Value<'_> {
    /// The same value, which borrows nothing.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Bool(truth) => Value::Bool(truth),
            Value::Int(number) => Value::Int(number),
            Value::Uint(number) => Value::Uint(number),
            Value::Double(number) => Value::Double(number),
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Bytes(bytes) => Value::Bytes(Cow::Owned(bytes.into_owned())),
            Value::Json(text) => Value::Json(Cow::Owned(text.into_owned())),
            Value::Cereal(bytes) => Value::Cereal(Cow::Owned(bytes.into_owned())),
            Value::Private(number, bytes) => Value::Private(number, Cow::Owned(bytes.into_owned())),
        }
    }

    /// The same value, borrowed.
    pub fn borrowed(&self) -> Value<'_> {
        match self {
            Value::Null => Value::Null,
            Value::Bool(truth) => Value::Bool(*truth),
            Value::Int(number) => Value::Int(*number),
            Value::Uint(number) => Value::Uint(*number),
            Value::Double(number) => Value::Double(*number),
            Value::Text(text) => Value::Text(Cow::Borrowed(text)),
            Value::Bytes(bytes) => Value::Bytes(Cow::Borrowed(bytes)),
            Value::Json(text) => Value::Json(Cow::Borrowed(text)),
            Value::Cereal(bytes) => Value::Cereal(Cow::Borrowed(bytes)),
            Value::Private(number, bytes) => Value::Private(*number, Cow::Borrowed(bytes)),
        }
    }

    /// The error for a value that is not of the type that was asked for: for a [`Load`] of your own.
    pub fn unexpected(&self) -> Error {
        let what = match self {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Int(_) | Value::Uint(_) => "an integer",
            Value::Double(_) => "a double",
            Value::Text(_) => "text",
            Value::Bytes(_) => "bytes",
            Value::Json(_) => "JSON",
            Value::Cereal(_) => "a cereal value",
            Value::Private(..) => "private to a language",
        };
        Error::new(
            ErrorKind::Type,
            format!("the value in the cache is {what}, which is not the type that was asked for"),
        )
    }
}

/// What can be stored in a cache, and be an argument of a wrapped function. Implement it for types of your own.
///
/// ```
/// use gencache::{Cache, Error, Load, Store, Value};
///
/// #[derive(Debug, PartialEq)]
/// struct UserId(i64);
///
/// impl Store for UserId {
///     fn store(&self) -> Result<Value<'_>, Error> {
///         self.0.store()
///     }
/// }
/// impl Load for UserId {
///     fn load(value: Value<'_>) -> Result<Self, Error> {
///         i64::load(value).map(UserId)
///     }
/// }
///
/// # fn main() -> Result<(), Error> {
/// let cache = Cache::open("memory://")?;
/// assert_eq!(UserId(7), cache.fetch("latest_user", &[], || UserId(7))?);
/// # Ok(())
/// # }
/// ```
pub trait Store {
    /// What is stored: it may borrow from `self`.
    ///
    /// # Errors
    /// For what cannot be stored at all, [`ErrorKind::Argument`].
    fn store(&self) -> Result<Value<'_>, Error>;
}

/// What can be read from a cache. Implement it for types of your own; see [`Store`].
#[cfg_attr(
    has_advice,
    diagnostic::on_unimplemented(
        message = "`{Self}` cannot be read from a cache",
        note = "what is read, or computed to be read, is owned: `String` and not `&str`, `Vec<u8>` and not `&[u8]`",
    )
)]
pub trait Load: Sized {
    /// Makes one of what is stored.
    ///
    /// # Errors
    /// [`ErrorKind::Type`] where the value is of another type; [`Value::unexpected`] makes it.
    fn load(value: Value<'_>) -> Result<Self, Error>;
}

macro_rules! integers {
    ($variant:ident as $wide:ty: $($integer:ty)*) => {$(
        impl From<$integer> for Value<'_> {
            fn from(number: $integer) -> Self {
                Value::$variant(number as $wide)
            }
        }

        impl From<&$integer> for Value<'_> {
            fn from(number: &$integer) -> Self {
                Value::from(*number)
            }
        }

        impl Store for $integer {
            fn store(&self) -> Result<Value<'_>, Error> {
                Ok(Value::from(*self))
            }
        }

        impl Load for $integer {
            fn load(value: Value<'_>) -> Result<Self, Error> {
                match value {
                    Value::Int(number) => <$integer>::try_from(number).map_err(|_| out_of_range(number)),
                    other => Err(other.unexpected()),
                }
            }
        }
    )*};
}

integers!(Int as i64: i8 i16 i32 i64 isize u8 u16 u32);
integers!(Uint as u64: u64 usize);

fn out_of_range(number: i64) -> Error {
    let message = format!("the integer in the cache is {number}, which the type that was asked for cannot hold");
    Error::new(ErrorKind::Type, message)
}

// A type that is stored in one of the variants, with the conversion of an argument: from a value, and from a reference.
macro_rules! plain {
    ($($type:ty, $borrowed:pat => $value:expr, $load:pat => $loaded:expr;)*) => {$(
        impl Store for $type {
            fn store(&self) -> Result<Value<'_>, Error> {
                let $borrowed = self;
                Ok($value)
            }
        }

        impl Load for $type {
            fn load(value: Value<'_>) -> Result<Self, Error> {
                match value {
                    $load => Ok($loaded),
                    other => Err(other.unexpected()),
                }
            }
        }

        impl<'a> From<&'a $type> for Value<'a> {
            fn from($borrowed: &'a $type) -> Self {
                $value
            }
        }
    )*};
}

plain! {
    bool, truth => Value::Bool(*truth), Value::Bool(truth) => truth;
    f64, number => Value::Double(*number), Value::Double(number) => number;
    (), _ => Value::Null, Value::Null => ();
    String, text => Value::Text(Cow::Borrowed(text)), Value::Text(text) => text.into_owned();
    Vec<u8>, bytes => Value::Bytes(Cow::Borrowed(bytes)), Value::Bytes(bytes) => bytes.into_owned();
}

impl From<bool> for Value<'_> {
    fn from(truth: bool) -> Self {
        Value::Bool(truth)
    }
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Value::Double(number)
    }
}

impl From<f32> for Value<'_> {
    fn from(number: f32) -> Self {
        Value::Double(number.into())
    }
}

impl From<()> for Value<'_> {
    fn from(_: ()) -> Self {
        Value::Null
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::Text(Cow::Owned(text))
    }
}

impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Value::Text(text)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Value::Bytes(Cow::Borrowed(bytes))
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Value::Bytes(Cow::Borrowed(bytes))
    }
}

impl From<Vec<u8>> for Value<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Value::Bytes(Cow::Owned(bytes))
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

impl Store for str {
    fn store(&self) -> Result<Value<'_>, Error> {
        Ok(Value::from(self))
    }
}

impl Store for [u8] {
    fn store(&self) -> Result<Value<'_>, Error> {
        Ok(Value::from(self))
    }
}

impl<const N: usize> Store for [u8; N] {
    fn store(&self) -> Result<Value<'_>, Error> {
        Ok(Value::from(self))
    }
}

/// As `Value::Null`, or as a `T`. So do not nest two of them: there is one kind of nothing in the cache.
impl<T: Store> Store for Option<T> {
    fn store(&self) -> Result<Value<'_>, Error> {
        self.as_ref().map_or(Ok(Value::Null), Store::store)
    }
}

impl<T: Load> Load for Option<T> {
    fn load(value: Value<'_>) -> Result<Self, Error> {
        match value {
            Value::Null => Ok(None),
            other => T::load(other).map(Some),
        }
    }
}

impl Store for Value<'_> {
    fn store(&self) -> Result<Value<'_>, Error> {
        Ok(self.borrowed())
    }
}

impl Load for Value<'static> {
    fn load(value: Value<'_>) -> Result<Self, Error> {
        Ok(value.into_owned())
    }
}

impl<T: Store + ?Sized> Store for &T {
    fn store(&self) -> Result<Value<'_>, Error> {
        (**self).store()
    }
}

impl<T: Store + ?Sized> Store for Box<T> {
    fn store(&self) -> Result<Value<'_>, Error> {
        (**self).store()
    }
}

impl<T: Store + ToOwned + ?Sized> Store for Cow<'_, T> {
    fn store(&self) -> Result<Value<'_>, Error> {
        (**self).store()
    }
}

/// Leaves the value where it is: for reads that take it by [`Entry::bytes`](crate::Entry::bytes), without a copy, or
/// by [`Entry::stored`](crate::Entry::stored).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread;

impl Load for Unread {
    fn load(_: Value<'_>) -> Result<Self, Error> {
        Ok(Unread)
    }
}
