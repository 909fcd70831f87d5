use std::ops::Index;
use std::time::Duration;

use crate::{ffi, Error, Reason};

/// What a cache has done in this process since it was opened. Each number is exact; together they are no snapshot while
/// calls are under way.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Reads, by why they were no hit: `stats.reads[Reason::Hit]`. Of many at once, each value counts.
    pub reads: Reads,
    /// Values stored.
    pub fills: u64,
    /// Values that a server did not store, or that were too large.
    pub fills_failed: u64,
    /// Values that were invalidated while they were computed, so that they are stored but are no hits.
    pub fills_already_invalid: u64,
    /// Computations that were given to their caller.
    pub computations: u64,
    /// Those that were abandoned or failed.
    pub computations_failed: u64,
    /// Calls that waited for somebody else's computation.
    pub waits: u64,
    /// Calls that computed beside somebody else, since they had waited long enough.
    pub waits_given_up: u64,
    /// Values taken directly from another caller in this process.
    pub shared: u64,
    /// Stale values served, for whatever reason.
    pub stale_served: u64,
    /// Calls that invalidated.
    pub invalidations: u64,
    /// Those that not every server acknowledged.
    pub invalidations_failed: u64,
    /// How long reads took, without computations and waits. Many at once are one.
    pub read_time: Histogram,
    /// How long computations took.
    pub compute_time: Histogram,
    /// How long invalidations took.
    pub invalidate_time: Histogram,
    /// How many calls failed on each server, in the order of the URL.
    pub server_errors: Vec<(String, u64)>,
    /// The generations that cause most misses, the most frequent first: at most so many each.
    pub top_generations: Vec<(String, u64)>,
}

/// How many reads there were, by [`Reason`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reads([u64; 8]);

impl Index<Reason> for Reads {
    type Output = u64;

    fn index(&self, reason: Reason) -> &u64 {
        &self.0[reason as usize]
    }
}

/// How long calls took.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Histogram {
    /// Bucket `i` counts the calls below 2^`i` microseconds that no earlier one counts; the last one counts all the
    /// others too.
    pub buckets: [u64; 24],
    /// All calls.
    pub count: u64,
    /// The time of all calls.
    pub sum: Duration,
}

impl From<gencache_sys::gc_histogram> for Histogram {
    fn from(of: gencache_sys::gc_histogram) -> Self {
        Histogram {
            buckets: of.buckets,
            count: of.count,
            sum: Duration::from_micros(of.sum_us),
        }
    }
}

impl Stats {
    pub(crate) fn of(cache: &ffi::Cache) -> Result<Self, Error> {
        let stats: ffi::Stats = cache.stats()?;
        Ok(Stats {
            reads: Reads(stats.reads),
            fills: stats.fills,
            fills_failed: stats.fills_failed,
            fills_already_invalid: stats.fills_already_invalid,
            computations: stats.computations,
            computations_failed: stats.computations_failed,
            waits: stats.waits,
            waits_given_up: stats.waits_given_up,
            shared: stats.shared,
            stale_served: stats.stale_served,
            invalidations: stats.invalidations,
            invalidations_failed: stats.invalidations_failed,
            read_time: stats.read_time.into(),
            compute_time: stats.compute_time.into(),
            invalidate_time: stats.invalidate_time.into(),
            server_errors: cache.server_errors()?,
            top_generations: cache.top_generations()?,
        })
    }
}
