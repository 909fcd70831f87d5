use std::os::raw::{c_char, c_void};
use std::panic::{self, AssertUnwindSafe, RefUnwindSafe};

use crate::LogLevel;

/// Who is told what happens inside.
pub type LogFunction = Box<dyn Fn(LogLevel, &str) + Send + Sync>;

/// A log function, with a level up to which it is told.
pub struct Log {
    pub level: LogLevel,
    pub function: LogFunction,
}

// A panic of the function ends in `tell`; nobody who catches another one can see what it left half done.
impl RefUnwindSafe for Log {}

/// The callback of a `Log`. A panic of its function ends here: there is nobody to tell.
///
/// # Safety
/// `payload` is a `Log` that lives, `message` a C string.
pub unsafe extern "C" fn tell(payload: *mut c_void, level: i32, message: *const c_char) {
    let told = panic::catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: the caller's promise.
        let (log, message) = unsafe { (&*payload.cast::<Log>(), super::text(message)) };
        (log.function)(LogLevel::from_number(level), message);
    }));
    if let Err(panic) = told {
        std::mem::forget(panic); // to drop it might panic again
    }
}
