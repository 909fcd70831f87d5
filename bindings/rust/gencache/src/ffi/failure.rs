use std::os::raw::c_char;
use std::ptr;

use gencache_sys as sys;

use crate::{Error, ErrorKind};

/// The error of a call, where there is one.
pub struct Failure(*mut sys::gc_error);

impl Failure {
    pub const fn none() -> Self {
        Failure(ptr::null_mut())
    }

    /// Where a call puts its error.
    pub fn out(&mut self) -> *mut *mut sys::gc_error {
        &mut self.0
    }

    /// The error of a call whose outcome was `status`.
    pub fn error(&self, status: sys::gc_status) -> Error {
        // SAFETY: the pointer is null, which is allowed, or an error that lives as long as `self`.
        let message = unsafe { super::text(sys::gc_error_message(self.0)) };
        let message = if message.is_empty() {
            super::status_name(status)
        } else {
            message
        };
        Error::new(ErrorKind::from_status(status), message)
    }

    /// The error of a call that gave no handle.
    pub fn of_no_handle(&self) -> Error {
        // SAFETY: as above.
        let status = unsafe { sys::gc_error_status(self.0) };
        self.error(if self.0.is_null() { sys::GC_ERR_MEMORY } else { status })
    }
}

impl Drop for Failure {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: it is an error that the library gave to us, and nobody else has it.
            unsafe { sys::gc_error_free(self.0) }
        }
    }
}

/// Makes a call; an outcome below zero is an error.
#[inline]
pub fn done(call: impl FnOnce(*mut *mut sys::gc_error) -> sys::gc_status) -> Result<sys::gc_status, Error> {
    let mut failure = Failure::none();
    let status = call(failure.out());
    if status < 0 {
        Err(failure.error(status))
    } else {
        Ok(status)
    }
}

/// Makes a call that gives a string away.
pub fn string(call: impl FnOnce(*mut *mut c_char, *mut *mut sys::gc_error) -> sys::gc_status) -> Result<String, Error> {
    let mut out = ptr::null_mut();
    done(|err| call(&mut out, err))?;
    Ok(take_string(out))
}

/// A copy of `text`, which is freed; nothing for null.
pub fn take_string(text: *mut c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: the library gave it to us, NUL-terminated and to be freed; it is copied before.
    unsafe {
        let copy = super::text(text).to_string();
        sys::gc_string_free(text);
        copy
    }
}
