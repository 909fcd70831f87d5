//! Finds libgencache: in the prefix `GENCACHE_DIR`, or else by the program `pkg-config`. Tells cargo how to link, and
//! dependents (as `DEP_GENCACHE_INCLUDE`) and this crate's tests where the header is.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{exit, Command};

fn main() {
    for name in [
        "GENCACHE_DIR",
        "PKG_CONFIG",
        "PKG_CONFIG_PATH",
        "PKG_CONFIG_LIBDIR",
        "PKG_CONFIG_SYSROOT_DIR",
        "DOCS_RS",
    ] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    if env::var_os("DOCS_RS").is_some() {
        return; // declarations are enough to document
    }
    let found = match env::var_os("GENCACHE_DIR") {
        Some(prefix) => installed_in(Path::new(&prefix)),
        None => known_to_pkg_config(),
    };
    match found {
        Ok(found) => found.tell_cargo(),
        Err(why) => {
            eprintln!("libgencache was not found: {why}");
            eprintln!(
                "Install it and set PKG_CONFIG_PATH to the directory of gencache.pc, or GENCACHE_DIR to its prefix."
            );
            exit(1);
        }
    }
}

#[derive(Default)]
struct Found {
    include: Vec<PathBuf>,
    search: Vec<PathBuf>,
    libraries: Vec<String>,
}

impl Found {
    fn tell_cargo(&self) {
        for path in &self.search {
            println!("cargo:rustc-link-search=native={}", path.display());
        }
        for library in &self.libraries {
            println!("cargo:rustc-link-lib={library}");
        }
        let include = env::join_paths(&self.include).expect("an include directory with a colon in its name");
        println!("cargo:include={}", include.to_string_lossy());
        println!("cargo:rustc-env=GENCACHE_INCLUDE={}", include.to_string_lossy());
    }
}

fn installed_in(prefix: &Path) -> Result<Found, String> {
    let include = prefix.join("include");
    if !include.join("gencache/gencache.h").is_file() {
        return Err(format!(
            "GENCACHE_DIR is {}, which has no include/gencache/gencache.h",
            prefix.display()
        ));
    }
    let arch = env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
    let candidates = ["lib".to_string(), "lib64".to_string(), format!("lib/{arch}-linux-gnu")];
    let search = candidates
        .iter()
        .map(|name| prefix.join(name))
        .find(|path| path.join("libgencache.so").is_file());
    let search = search.ok_or_else(|| {
        format!(
            "GENCACHE_DIR is {}, which has libgencache.so in none of {}",
            prefix.display(),
            candidates.join(", ")
        )
    })?;
    Ok(Found {
        include: vec![include],
        search: vec![search],
        libraries: vec!["gencache".to_string()],
    })
}

fn known_to_pkg_config() -> Result<Found, String> {
    let program = env::var("PKG_CONFIG").unwrap_or_else(|_| "pkg-config".to_string());
    let version = env!("CARGO_PKG_VERSION");
    let output = Command::new(&program)
        .args(["--print-errors", "--cflags", "--libs"])
        .arg(format!("gencache >= {version}"))
        .env("PKG_CONFIG_ALLOW_SYSTEM_CFLAGS", "1") // else it leaves out -I/usr/include
        .output()
        .map_err(|error| format!("{program} cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_string());
    }
    Ok(from_flags(&String::from_utf8_lossy(&output.stdout)))
}

fn from_flags(flags: &str) -> Found {
    let mut found = Found::default();
    for flag in flags.split_whitespace() {
        match flag.get(..2) {
            Some("-I") => found.include.push(PathBuf::from(&flag[2..])),
            Some("-L") => found.search.push(PathBuf::from(&flag[2..])),
            Some("-l") => found.libraries.push(flag[2..].to_string()),
            _ => {}
        }
    }
    found
}
