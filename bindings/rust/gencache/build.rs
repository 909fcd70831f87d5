//! Tells whether the compiler takes advice for its messages, `#[diagnostic::on_unimplemented]`: Rust 1.78 and later.
use std::env;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let minor = minor_version().unwrap_or(0);
    if minor >= 78 {
        println!("cargo:rustc-cfg=has_advice");
    }
    if minor >= 80 {
        println!("cargo:rustc-check-cfg=cfg(has_advice)"); // from here on it wants to know the names
    }
}

/// The 78 of "rustc 1.78.0 (…)".
fn minor_version() -> Option<u32> {
    let output = Command::new(env::var_os("RUSTC")?).arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    version.strip_prefix("rustc 1.")?.split('.').next()?.parse().ok()
}
