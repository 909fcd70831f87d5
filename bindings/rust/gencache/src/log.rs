use gencache_sys as sys;

/// How much a log function is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogLevel {
    /// An invalidation that did not reach every server.
    Error,
    /// A server that failed, a corrupt record, a computation that failed and whose caller got an old value.
    Warning,
    /// A server that came back; misses of calls with [`Options::log_misses`](crate::Options::log_misses).
    Info,
    /// Every miss: key, reason, generation; calls that did not ask a server that has just failed.
    Debug,
}

impl LogLevel {
    pub(crate) fn number(self) -> i32 {
        match self {
            LogLevel::Error => sys::GC_LOG_ERROR,
            LogLevel::Warning => sys::GC_LOG_WARNING,
            LogLevel::Info => sys::GC_LOG_INFO,
            LogLevel::Debug => sys::GC_LOG_DEBUG,
        }
    }

    pub(crate) fn from_number(number: i32) -> Self {
        match number {
            sys::GC_LOG_ERROR => LogLevel::Error,
            sys::GC_LOG_WARNING => LogLevel::Warning,
            sys::GC_LOG_INFO => LogLevel::Info,
            _ => LogLevel::Debug,
        }
    }
}
