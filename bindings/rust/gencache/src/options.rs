use std::sync::Arc;
use std::time::Duration;

use crate::{ffi, Error};

/// How values are stored and computed, for [`Cache::with_options`](crate::Cache::with_options). What is left out is at
/// its default.
///
/// ```
/// use std::time::Duration;
/// use gencache::{Cache, Options};
///
/// # fn main() -> Result<(), gencache::Error> {
/// let cache = Cache::open("memory://")?;
/// let pages = cache.with_options(&Options::new().ttl(Duration::from_secs(300)).jitter(0.1))?;
/// let html = pages.fetch("nav", &[], || "<nav>".to_string())?;
/// # assert_eq!("<nav>", html);
/// # Ok(())
/// # }
/// ```
///
/// A duration is taken in milliseconds, a fraction of one as a whole.
#[derive(Debug, Clone, Default, PartialEq)]
#[must_use]
pub struct Options {
    ttl: Option<Duration>,
    nothing_ttl: Option<Duration>,
    jitter: Option<f64>,
    stale_for: Option<Duration>,
    fail_safe: Option<Duration>,
    lock: Option<Duration>,
    wait: Option<Duration>,
    beta: Option<f64>,
    refresh: bool,
    log_misses: bool,
}

impl Options {
    /// All at their defaults.
    pub fn new() -> Self {
        Options::default()
    }

    /// The lifetime of a value; zero means no end. Else that of the bound cache applies, or the URL's `ttl`.
    pub fn ttl(self, ttl: Duration) -> Self {
        Options { ttl: Some(ttl), ..self }
    }

    /// The lifetime of "nothing" (`None`, `()`), say of a row that does not exist; zero means no end.
    pub fn nothing_ttl(self, ttl: Duration) -> Self {
        Options {
            nothing_ttl: Some(ttl),
            ..self
        }
    }

    /// Shortens each lifetime by a random part, at most this one, 0 to 1: so values that are stored together do not
    /// expire together.
    pub fn jitter(self, jitter: f64) -> Self {
        Options {
            jitter: Some(jitter),
            ..self
        }
    }

    /// How long after it expired or was softly invalidated an old value may be served to those who come while another
    /// caller computes the new one. Never after a hard invalidation.
    pub fn stale_for(self, time: Duration) -> Self {
        Options {
            stale_for: Some(time),
            ..self
        }
    }

    /// How long after it expired or was softly invalidated an old value may be served where the computation fails.
    /// Never after a hard invalidation. The computation's error is dropped then; the log gets a warning that it failed.
    pub fn fail_safe(self, time: Duration) -> Self {
        Options {
            fail_safe: Some(time),
            ..self
        }
    }

    /// The lifetime of the fill lock, 2 s to an hour, by default 10 s: a second longer than the longest computation.
    pub fn lock(self, time: Duration) -> Self {
        Options {
            lock: Some(time),
            ..self
        }
    }

    /// How long a call waits for somebody else's computation before it computes itself, up to an hour, by default 30 s.
    pub fn wait(self, time: Duration) -> Self {
        Options {
            wait: Some(time),
            ..self
        }
    }

    /// How early a value is computed anew before it expires, 0 (never, the default) to 100; 1 is right under load.
    pub fn beta(self, beta: f64) -> Self {
        Options {
            beta: Some(beta),
            ..self
        }
    }

    /// Whether to compute in any case, whatever is in the cache.
    pub fn refresh(self, refresh: bool) -> Self {
        Options { refresh, ..self }
    }

    /// Whether to tell misses to the log at [`LogLevel::Info`](crate::LogLevel::Info).
    pub fn log_misses(self, log_misses: bool) -> Self {
        Options { log_misses, ..self }
    }

    pub(crate) fn to_handle(&self) -> Result<ffi::Options, Error> {
        let mut handle = ffi::Options::new()?;
        self.ttl.map_or(Ok(()), |time| handle.set_ttl_ms(milliseconds(time)))?;
        self.nothing_ttl
            .map_or(Ok(()), |time| handle.set_nothing_ttl_ms(milliseconds(time)))?;
        self.jitter.map_or(Ok(()), |jitter| handle.set_jitter(jitter))?;
        self.stale_for
            .map_or(Ok(()), |time| handle.set_stale_for_ms(milliseconds(time)))?;
        self.fail_safe
            .map_or(Ok(()), |time| handle.set_fail_safe_ms(milliseconds(time)))?;
        self.lock
            .map_or(Ok(()), |time| handle.set_lock_ms(milliseconds(time)))?;
        self.wait
            .map_or(Ok(()), |time| handle.set_wait_ms(milliseconds(time)))?;
        self.beta.map_or(Ok(()), |beta| handle.set_beta(beta))?;
        handle.set_refresh(self.refresh)?;
        handle.set_log_misses(self.log_misses)?;
        Ok(handle)
    }
}

/// `time` in whole milliseconds; not 0 unless it is zero, which may mean "no end".
pub(crate) fn milliseconds(time: Duration) -> i64 {
    let rounded_up = (time.as_nanos() + 999_999) / 1_000_000;
    rounded_up.try_into().unwrap_or(i64::MAX)
}

/// Options in the form that calls take; the same for any number of calls, on any thread.
#[derive(Clone, Default)]
pub(crate) struct Prepared(Option<Arc<(Options, ffi::Options)>>);

impl Prepared {
    pub fn new(options: &Options) -> Result<Self, Error> {
        Ok(Prepared(Some(Arc::new((options.clone(), options.to_handle()?)))))
    }

    pub fn handle(&self) -> Option<&ffi::Options> {
        self.0.as_deref().map(|(_, handle)| handle)
    }

    /// The same options, but for computing in any case.
    pub fn refreshing(&self) -> Result<Self, Error> {
        let given = self.0.as_deref().map(|(options, _)| options.clone());
        Prepared::new(&given.unwrap_or_default().refresh(true))
    }
}
