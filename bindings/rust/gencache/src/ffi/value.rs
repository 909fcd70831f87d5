use std::borrow::Cow;
use std::os::raw::c_void;
use std::{slice, str};

use gencache_sys as sys;

use crate::{Error, ErrorKind, Value};

const fn of_type(r#type: i32, r#as: sys::gc_value_as, size: usize) -> sys::gc_value {
    sys::gc_value {
        r#type,
        reserved: 0,
        r#as,
        size,
    }
}

/// Of a type whose value is at `data`: any but the scalar ones.
fn data(r#type: i32, bytes: &[u8]) -> sys::gc_value {
    of_type(
        r#type,
        sys::gc_value_as {
            data: bytes.as_ptr().cast(),
        },
        bytes.len(),
    )
}

/// The type of a parameter without a default.
pub const REQUIRED: sys::gc_value = of_type(sys::GC_REQUIRED, sys::gc_value_as { i: 0 }, 0);

/// `value` as C takes it. It borrows from `value`, which no lifetime says: use it for a single call.
#[inline]
pub fn to_c(value: &Value<'_>) -> Result<sys::gc_value, Error> {
    Ok(match value {
        Value::Null => of_type(sys::GC_NULL, sys::gc_value_as { i: 0 }, 0),
        Value::Bool(truth) => of_type(sys::GC_BOOL, sys::gc_value_as { i: (*truth).into() }, 0),
        Value::Int(number) => of_type(sys::GC_INT, sys::gc_value_as { i: *number }, 0),
        Value::Uint(number) => of_type(sys::GC_UINT, sys::gc_value_as { u: *number }, 0),
        Value::Double(number) => of_type(sys::GC_DOUBLE, sys::gc_value_as { d: *number }, 0),
        Value::Text(text) => data(sys::GC_TEXT, text.as_bytes()),
        Value::Bytes(bytes) => data(sys::GC_BYTES, bytes),
        Value::Json(text) => data(sys::GC_JSON, text.as_bytes()),
        Value::Cereal(bytes) => data(sys::GC_CEREAL, bytes),
        Value::Private(number @ PRIVATE_FIRST..=PRIVATE_LAST, bytes) => data((*number).into(), bytes),
        Value::Private(number, _) => return Err(no_private(*number)),
    })
}

const PRIVATE_FIRST: u8 = sys::GC_PRIVATE as u8;
const PRIVATE_LAST: u8 = PRIVATE_FIRST + 15;

#[cold]
fn no_private(number: u8) -> Error {
    let message = format!("value: Private takes {PRIVATE_FIRST} to {PRIVATE_LAST}, not {number}");
    Error::new(ErrorKind::Argument, message)
}

/// The value that C gave.
///
/// # Safety
/// `value` is as the library wrote it, and what it points to is neither changed nor freed within `'a`.
pub unsafe fn from_c<'a>(value: &sys::gc_value) -> Result<Value<'a>, Error> {
    // SAFETY: the type tells which field of the union the library has written.
    let (int, double) = unsafe { (value.r#as.i, value.r#as.d) };
    Ok(match value.r#type {
        sys::GC_NULL => Value::Null,
        sys::GC_BOOL => Value::Bool(int != 0),
        sys::GC_INT => Value::Int(int),
        sys::GC_DOUBLE => Value::Double(double),
        other => {
            // SAFETY: all other types have `size` bytes at `data`.
            let bytes = unsafe { bytes(value.r#as.data, value.size) };
            match other {
                sys::GC_BYTES => Value::Bytes(Cow::Borrowed(bytes)),
                sys::GC_TEXT => Value::Text(Cow::Borrowed(utf8(bytes)?)),
                sys::GC_JSON => Value::Json(Cow::Borrowed(utf8(bytes)?)),
                sys::GC_CEREAL => Value::Cereal(Cow::Borrowed(bytes)),
                16..=31 => Value::Private(other as u8, Cow::Borrowed(bytes)),
                _ => {
                    return Err(Error::new(
                        ErrorKind::Type,
                        "the value in the cache has a type of a later version",
                    ))
                }
            }
        }
    })
}

/// `size` bytes at `data`.
///
/// # Safety
/// They are there, or `size` is 0, and they are neither changed nor freed within `'a`.
pub unsafe fn bytes<'a>(data: *const c_void, size: usize) -> &'a [u8] {
    if size == 0 {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { slice::from_raw_parts(data.cast(), size) }
}

fn utf8(bytes: &[u8]) -> Result<&str, Error> {
    str::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::Type, "the text in the cache is not UTF-8"))
}
