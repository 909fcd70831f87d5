//! The samples print what they do in every language.

use std::process::Command;
use std::{env, fs};

use crate::support::servers;

/// Runs an example of this crate, which cargo has built beside this test.
fn output_of(sample: &str, url: &str) -> String {
    let test = env::current_exe().expect("the path of this test");
    let examples = test
        .parent()
        .and_then(|deps| deps.parent())
        .expect("the directory above deps")
        .join("examples");
    let output = Command::new(examples.join(sample))
        .env("GENCACHE_URL", url)
        .output()
        .expect("the sample runs");
    assert!(
        output.status.success(),
        "{sample} on {url}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text")
}

fn check(sample: &str) {
    let samples = env::var("GENCACHE_SAMPLES").expect("GENCACHE_SAMPLES is the directory of what the samples print");
    let expected = fs::read_to_string(format!("{samples}/{sample}.txt")).expect("what the sample prints");
    let on_servers = format!("memcached://{}/?prefix=rust-sample-{sample}&timeout_ms=5000", servers());
    for url in ["memory://", &on_servers, &on_servers] {
        assert_eq!(expected, output_of(sample, url), "{sample} on {url}");
    }
}

#[test]
fn quickstart() {
    check("quickstart");
}

#[test]
fn wrap() {
    check("wrap");
}

#[test]
fn stampede() {
    check("stampede");
}

#[test]
fn batch() {
    check("batch");
}
