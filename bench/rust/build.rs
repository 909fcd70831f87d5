//! Links libmemcached, the reference.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
    let output = Command::new("pkg-config")
        .args(["--libs", "libmemcached"])
        .output()
        .expect("pkg-config runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for flag in String::from_utf8_lossy(&output.stdout).split_whitespace() {
        match flag.get(..2) {
            Some("-L") => println!("cargo:rustc-link-search=native={}", &flag[2..]),
            Some("-l") => println!("cargo:rustc-link-lib={}", &flag[2..]),
            _ => {}
        }
    }
}
