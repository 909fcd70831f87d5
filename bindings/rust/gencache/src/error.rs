use std::fmt;

use gencache_sys as sys;

/// What went wrong in a call. Its text names the parameter or the server.
///
/// What only costs a miss is no error: a read from a server that is away is a miss with its reason, and a computed value
/// that cannot be stored goes to the caller all the same. What is left are calls that did not do what they were asked
/// for (an invalidation that a server has not acknowledged, say).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: Box<str>,
}

/// What kind of an [`Error`] it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Bad input; nothing has changed, here or on a server.
    Argument,
    /// A server was not reached or did not answer in time. A write may or may not have happened; an invalidation has
    /// not been acknowledged by the servers that the text names: call again.
    Unavailable,
    /// A server answered that it cannot, since it is out of memory, say.
    Refused,
    /// The value does not fit into an item of a server. Nothing was sent.
    TooLarge,
    /// The value in the cache is not of the type that was asked for.
    Type,
    /// This process is out of memory.
    Memory,
    /// A computation of somebody else failed, on which the call had waited.
    Origin,
    /// A defect of gencache; please report it.
    Internal,
}

impl Error {
    /// An error of this kind, that is told as `message`: for a [`Store`](crate::Store) or a [`Load`](crate::Load) of
    /// your own.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error {
            kind,
            message: message.into().into(),
        }
    }

    /// Which kind it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether it costs no more than a miss: the server could not be asked, or the value is not stored.
    pub(crate) fn is_only_a_miss(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Unavailable | ErrorKind::Refused | ErrorKind::TooLarge
        )
    }
}

impl ErrorKind {
    pub(crate) fn from_status(status: sys::gc_status) -> Self {
        match status {
            sys::GC_ERR_ARGUMENT => ErrorKind::Argument,
            sys::GC_ERR_UNAVAILABLE => ErrorKind::Unavailable,
            sys::GC_ERR_REFUSED => ErrorKind::Refused,
            sys::GC_ERR_TOO_LARGE => ErrorKind::TooLarge,
            sys::GC_ERR_TYPE => ErrorKind::Type,
            sys::GC_ERR_MEMORY => ErrorKind::Memory,
            sys::GC_ERR_ORIGIN => ErrorKind::Origin,
            _ => ErrorKind::Internal,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
