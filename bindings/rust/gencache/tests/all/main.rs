//! The tests of the public interface, on real servers: `script/with-memcached -n 3 cargo test`.

mod support;

mod arguments;
mod batches;
mod bound;
mod conformance;
mod entries;
mod fetching;
mod inside;
mod many;
mod readme;
mod samples;
mod stress;
mod values;
mod wrapped;
