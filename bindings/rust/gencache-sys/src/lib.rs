//! The declarations of `gencache/gencache.h`, and nothing else. What each of them does stands there, in the header; the
//! crate `gencache` is the safe way to use them.
//!
//! The library is found by `GENCACHE_DIR`, the prefix that it is installed in, or else by the program `pkg-config`. A
//! test compares everything here with the header.
#![allow(non_camel_case_types)]

use std::marker::{PhantomData, PhantomPinned};
use std::os::raw::{c_char, c_int, c_void};

/// The outcome of a call: 0 is success, positive an expected outcome, negative an error.
pub type gc_status = i32;

pub const GC_OK: gc_status = 0;
pub const GC_MISS: gc_status = 1;
pub const GC_STALE: gc_status = 2;
pub const GC_BUSY: gc_status = 3;
pub const GC_ERR_ARGUMENT: gc_status = -1;
pub const GC_ERR_UNAVAILABLE: gc_status = -2;
pub const GC_ERR_REFUSED: gc_status = -3;
pub const GC_ERR_TOO_LARGE: gc_status = -4;
pub const GC_ERR_TYPE: gc_status = -5;
pub const GC_ERR_MEMORY: gc_status = -6;
pub const GC_ERR_INTERNAL: gc_status = -7;
pub const GC_ERR_ORIGIN: gc_status = -8;

pub const GC_BYTES: i32 = 0;
pub const GC_TEXT: i32 = 1;
pub const GC_NULL: i32 = 2;
pub const GC_BOOL: i32 = 3;
pub const GC_INT: i32 = 4;
pub const GC_DOUBLE: i32 = 5;
pub const GC_JSON: i32 = 6;
pub const GC_CEREAL: i32 = 7;
pub const GC_UINT: i32 = 8;
pub const GC_PRIVATE: i32 = 16;

pub const GC_REQUIRED: i32 = -1;

pub const GC_REASON_HIT: i32 = 0;
pub const GC_REASON_ABSENT: i32 = 1;
pub const GC_REASON_EXPIRED: i32 = 2;
pub const GC_REASON_INVALIDATED: i32 = 3;
pub const GC_REASON_CLEARED: i32 = 4;
pub const GC_REASON_CORRUPT: i32 = 5;
pub const GC_REASON_OTHER_VERSION: i32 = 6;
pub const GC_REASON_UNAVAILABLE: i32 = 7;

pub const GC_HISTOGRAM_BUCKETS: usize = 24;

pub const GC_LOG_ERROR: i32 = 1;
pub const GC_LOG_WARNING: i32 = 2;
pub const GC_LOG_INFO: i32 = 3;
pub const GC_LOG_DEBUG: i32 = 4;

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[repr(C)]
        pub struct $name {
            _opaque: [u8; 0],
            _not_send_or_sync_or_unpin: PhantomData<(*mut u8, PhantomPinned)>,
        }
    )*};
}

handles! {
    /// What went wrong in one call.
    gc_error
    /// A cache.
    gc_cache
    /// Options of calls.
    gc_options
    /// What a read found.
    gc_entry
    /// Invalidations that wait for a commit.
    gc_batch
    /// A cache with generations, parameters and defaults given once.
    gc_bound
}

/// The value of a `gc_value`, by its type.
#[repr(C)]
#[derive(Clone, Copy)]
pub union gc_value_as {
    pub i: i64,
    pub u: u64,
    pub d: f64,
    pub data: *const c_void,
}

/// A typed value.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct gc_value {
    pub r#type: i32,
    pub reserved: i32,
    pub r#as: gc_value_as,
    pub size: usize,
}

/// An argument.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct gc_arg {
    pub name: *const c_char,
    pub value: gc_value,
}

/// How long calls took.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct gc_histogram {
    pub buckets: [u64; GC_HISTOGRAM_BUCKETS],
    pub count: u64,
    pub sum_us: u64,
}

/// What a cache has done.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct gc_stats {
    pub reads: [u64; 8],
    pub fills: u64,
    pub fills_failed: u64,
    pub fills_already_invalid: u64,
    pub computations: u64,
    pub computations_failed: u64,
    pub waits: u64,
    pub waits_given_up: u64,
    pub shared: u64,
    pub stale_served: u64,
    pub invalidations: u64,
    pub invalidations_failed: u64,
    pub read_time: gc_histogram,
    pub compute_time: gc_histogram,
    pub invalidate_time: gc_histogram,
}

/// Computes a value.
pub type gc_compute_fn = Option<unsafe extern "C" fn(payload: *mut c_void, entry: *mut gc_entry) -> i32>;

/// Computes many values.
pub type gc_compute_many_fn = Option<
    unsafe extern "C" fn(payload: *mut c_void, entries: *const *mut gc_entry, indexes: *const usize, n: usize) -> i32,
>;

/// Receives a message.
pub type gc_log_fn = Option<unsafe extern "C" fn(payload: *mut c_void, level: i32, message: *const c_char)>;

extern "C" {
    pub fn gc_error_status(error: *const gc_error) -> gc_status;
    pub fn gc_error_message(error: *const gc_error) -> *const c_char;
    pub fn gc_error_origin(error: *const gc_error) -> i32;
    pub fn gc_error_free(error: *mut gc_error);
    pub fn gc_status_name(status: gc_status) -> *const c_char;
    pub fn gc_open(url: *const c_char, err: *mut *mut gc_error) -> *mut gc_cache;
    pub fn gc_close(cache: *mut gc_cache);
    pub fn gc_with_timeout(cache: *mut gc_cache, timeout_ms: i64, err: *mut *mut gc_error) -> *mut gc_cache;
    pub fn gc_ping(cache: *mut gc_cache, err: *mut *mut gc_error) -> gc_status;
    pub fn gc_options_new() -> *mut gc_options;
    pub fn gc_options_free(options: *mut gc_options);
    pub fn gc_options_set_ttl_ms(options: *mut gc_options, ttl_ms: i64, err: *mut *mut gc_error) -> gc_status;
    pub fn gc_options_set_nothing_ttl_ms(
        options: *mut gc_options,
        nothing_ttl_ms: i64,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_options_set_jitter(options: *mut gc_options, jitter: f64, err: *mut *mut gc_error) -> gc_status;
    pub fn gc_options_set_stale_for_ms(
        options: *mut gc_options,
        stale_for_ms: i64,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_options_set_fail_safe_ms(
        options: *mut gc_options,
        fail_safe_ms: i64,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_options_set_lock_ms(options: *mut gc_options, lock_ms: i64, err: *mut *mut gc_error) -> gc_status;
    pub fn gc_options_set_wait_ms(options: *mut gc_options, wait_ms: i64, err: *mut *mut gc_error) -> gc_status;
    pub fn gc_options_set_beta(options: *mut gc_options, beta: f64, err: *mut *mut gc_error) -> gc_status;
    pub fn gc_options_set_refresh(options: *mut gc_options, refresh: c_int, err: *mut *mut gc_error) -> gc_status;
    pub fn gc_options_set_log_misses(options: *mut gc_options, log_misses: c_int, err: *mut *mut gc_error)
        -> gc_status;
    pub fn gc_entry_status(entry: *const gc_entry) -> gc_status;
    pub fn gc_entry_reason(entry: *const gc_entry) -> i32;
    pub fn gc_reason_name(reason: i32) -> *const c_char;
    pub fn gc_entry_generation(entry: *const gc_entry) -> *const c_char;
    pub fn gc_entry_key(entry: *const gc_entry) -> *const c_char;
    pub fn gc_entry_data(entry: *const gc_entry) -> *const c_void;
    pub fn gc_entry_size(entry: *const gc_entry) -> usize;
    pub fn gc_entry_type(entry: *const gc_entry) -> i32;
    pub fn gc_entry_value(entry: *const gc_entry, value: *mut gc_value, err: *mut *mut gc_error) -> gc_status;
    pub fn gc_entry_age_ms(entry: *const gc_entry) -> i64;
    pub fn gc_entry_remaining_ms(entry: *const gc_entry) -> i64;
    pub fn gc_entry_free(entry: *mut gc_entry);
    pub fn gc_entries_free(entries: *const *mut gc_entry, n_entries: usize);
    pub fn gc_get(
        cache: *mut gc_cache,
        generations: *const *const c_char,
        n_generations: usize,
        args: *const gc_arg,
        n_args: usize,
        entry: *mut *mut gc_entry,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_fill(
        entry: *mut gc_entry,
        data: *const c_void,
        size: usize,
        options: *const gc_options,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_fill_value(
        entry: *mut gc_entry,
        value: gc_value,
        options: *const gc_options,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_depend(
        entry: *mut gc_entry,
        generation: *const c_char,
        args: *const gc_arg,
        n_args: usize,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_set(
        cache: *mut gc_cache,
        generations: *const *const c_char,
        n_generations: usize,
        args: *const gc_arg,
        n_args: usize,
        data: *const c_void,
        size: usize,
        options: *const gc_options,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_set_value(
        cache: *mut gc_cache,
        generations: *const *const c_char,
        n_generations: usize,
        args: *const gc_arg,
        n_args: usize,
        value: gc_value,
        options: *const gc_options,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_delete(
        cache: *mut gc_cache,
        generations: *const *const c_char,
        n_generations: usize,
        args: *const gc_arg,
        n_args: usize,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_invalidate(
        cache: *mut gc_cache,
        generation: *const c_char,
        args: *const gc_arg,
        n_args: usize,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_invalidate_many(
        cache: *mut gc_cache,
        generations: *const *const c_char,
        n_generations: usize,
        args: *const gc_arg,
        n_args: usize,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_invalidate_soft(
        cache: *mut gc_cache,
        generations: *const *const c_char,
        n_generations: usize,
        args: *const gc_arg,
        n_args: usize,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_clear(cache: *mut gc_cache, err: *mut *mut gc_error) -> gc_status;
    pub fn gc_fetch(
        cache: *mut gc_cache,
        generations: *const *const c_char,
        n_generations: usize,
        args: *const gc_arg,
        n_args: usize,
        compute: gc_compute_fn,
        payload: *mut c_void,
        options: *const gc_options,
        entry: *mut *mut gc_entry,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_fetch_at(
        cache: *mut gc_cache,
        file: *const c_char,
        function: *const c_char,
        line: c_int,
        generations: *const *const c_char,
        n_generations: usize,
        args: *const gc_arg,
        n_args: usize,
        compute: gc_compute_fn,
        payload: *mut c_void,
        options: *const gc_options,
        entry: *mut *mut gc_entry,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_begin(
        cache: *mut gc_cache,
        generations: *const *const c_char,
        n_generations: usize,
        args: *const gc_arg,
        n_args: usize,
        options: *const gc_options,
        entry: *mut *mut gc_entry,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_wait(entry: *mut gc_entry, wait_ms: i64, err: *mut *mut gc_error) -> gc_status;
    pub fn gc_abandon(entry: *mut gc_entry, err: *mut *mut gc_error) -> gc_status;
    pub fn gc_get_many(
        cache: *mut gc_cache,
        generations: *const *const c_char,
        n_generations: usize,
        args: *const *const gc_arg,
        n_args: *const usize,
        n_calls: usize,
        entries: *mut *mut gc_entry,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_fetch_many(
        cache: *mut gc_cache,
        generations: *const *const c_char,
        n_generations: usize,
        args: *const *const gc_arg,
        n_args: *const usize,
        n_calls: usize,
        compute: gc_compute_many_fn,
        payload: *mut c_void,
        options: *const gc_options,
        entries: *mut *mut gc_entry,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_begin_many(
        cache: *mut gc_cache,
        generations: *const *const c_char,
        n_generations: usize,
        args: *const *const gc_arg,
        n_args: *const usize,
        n_calls: usize,
        options: *const gc_options,
        entries: *mut *mut gc_entry,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_batch_new(cache: *mut gc_cache, parent: *mut gc_batch, err: *mut *mut gc_error) -> *mut gc_batch;
    pub fn gc_batch_invalidate(
        batch: *mut gc_batch,
        generations: *const *const c_char,
        n_generations: usize,
        args: *const gc_arg,
        n_args: usize,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_batch_invalidate_soft(
        batch: *mut gc_batch,
        generations: *const *const c_char,
        n_generations: usize,
        args: *const gc_arg,
        n_args: usize,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_batch_delete(
        batch: *mut gc_batch,
        generations: *const *const c_char,
        n_generations: usize,
        args: *const gc_arg,
        n_args: usize,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_batch_commit(batch: *mut gc_batch, err: *mut *mut gc_error) -> gc_status;
    pub fn gc_batch_cancel(batch: *mut gc_batch);
    pub fn gc_batch_free(batch: *mut gc_batch);
    pub fn gc_bind(
        cache: *mut gc_cache,
        generations: *const *const c_char,
        n_generations: usize,
        params: *const gc_arg,
        n_params: usize,
        options: *const gc_options,
        err: *mut *mut gc_error,
    ) -> *mut gc_bound;
    pub fn gc_bound_free(bound: *mut gc_bound);
    pub fn gc_bound_get(
        bound: *mut gc_bound,
        args: *const gc_arg,
        n_args: usize,
        entry: *mut *mut gc_entry,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_bound_set(
        bound: *mut gc_bound,
        args: *const gc_arg,
        n_args: usize,
        data: *const c_void,
        size: usize,
        options: *const gc_options,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_bound_set_value(
        bound: *mut gc_bound,
        args: *const gc_arg,
        n_args: usize,
        value: gc_value,
        options: *const gc_options,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_bound_delete(
        bound: *mut gc_bound,
        args: *const gc_arg,
        n_args: usize,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_bound_invalidate(
        bound: *mut gc_bound,
        args: *const gc_arg,
        n_args: usize,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_bound_invalidate_soft(
        bound: *mut gc_bound,
        args: *const gc_arg,
        n_args: usize,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_bound_fetch(
        bound: *mut gc_bound,
        args: *const gc_arg,
        n_args: usize,
        compute: gc_compute_fn,
        payload: *mut c_void,
        options: *const gc_options,
        entry: *mut *mut gc_entry,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_bound_begin(
        bound: *mut gc_bound,
        args: *const gc_arg,
        n_args: usize,
        options: *const gc_options,
        entry: *mut *mut gc_entry,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_bound_get_many(
        bound: *mut gc_bound,
        args: *const *const gc_arg,
        n_args: *const usize,
        n_calls: usize,
        entries: *mut *mut gc_entry,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_bound_begin_many(
        bound: *mut gc_bound,
        args: *const *const gc_arg,
        n_args: *const usize,
        n_calls: usize,
        options: *const gc_options,
        entries: *mut *mut gc_entry,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_bound_fetch_many(
        bound: *mut gc_bound,
        args: *const *const gc_arg,
        n_args: *const usize,
        n_calls: usize,
        compute: gc_compute_many_fn,
        payload: *mut c_void,
        options: *const gc_options,
        entries: *mut *mut gc_entry,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_explain(
        cache: *mut gc_cache,
        generations: *const *const c_char,
        n_generations: usize,
        args: *const gc_arg,
        n_args: usize,
        text: *mut *mut c_char,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_get_stats(cache: *mut gc_cache, stats: *mut gc_stats, size: usize, err: *mut *mut gc_error) -> gc_status;
    pub fn gc_metrics(cache: *mut gc_cache, text: *mut *mut c_char, err: *mut *mut gc_error) -> gc_status;
    pub fn gc_server_errors(
        cache: *mut gc_cache,
        server: usize,
        name: *mut *mut c_char,
        errors: *mut u64,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_top_generation(
        cache: *mut gc_cache,
        rank: usize,
        generation: *mut *mut c_char,
        misses: *mut u64,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_key(
        cache: *mut gc_cache,
        generations: *const *const c_char,
        n_generations: usize,
        args: *const gc_arg,
        n_args: usize,
        text: *mut *mut c_char,
        err: *mut *mut gc_error,
    ) -> gc_status;
    pub fn gc_string_free(text: *mut c_char);
    pub fn gc_set_log(cache: *mut gc_cache, log: gc_log_fn, payload: *mut c_void, level: i32);
    pub fn gc_version() -> *const c_char;
}
