//! Compares every declaration of this crate with the C header: names and parameters of the functions as text, the rest by
//! asking the C compiler.

use std::collections::BTreeMap;
use std::fs;
use std::mem::{align_of, size_of, MaybeUninit};
use std::process::Command;
use std::ptr::addr_of;

use gencache_sys as sys;

/// The header that this crate's library was found with.
fn header() -> String {
    let include = env!("GENCACHE_INCLUDE")
        .split(':')
        .map(|path| format!("{path}/gencache/gencache.h"));
    let text = include.filter_map(|path| fs::read_to_string(path).ok()).next();
    without_comments(&text.expect("gencache/gencache.h is in none of the include directories"))
}

fn without_comments(text: &str) -> String {
    let mut parts = text.split("/*");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |text, part| {
        text + part.split_once("*/").map_or("", |(_, code)| code)
    })
}

/// The functions of the header, each as it would be declared here.
fn functions_of_header() -> BTreeMap<String, String> {
    let text = header();
    let code: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .collect();
    let code = code.join(" ");
    code.split("GC_API ")
        .skip(1)
        .map(|text| from_c(text.split_once(");").expect("a prototype").0))
        .collect()
}

fn from_c(prototype: &str) -> (String, String) {
    let (head, parameters) = prototype.split_once('(').expect("a prototype");
    let (result, name) = type_and_name(head);
    let parameters: Vec<String> = match parameters.trim() {
        "void" => Vec::new(),
        list => list
            .split(',')
            .map(type_and_name)
            .map(|(of_type, name)| format!("{name}: {of_type}"))
            .collect(),
    };
    let result = if result == "c_void" {
        String::new()
    } else {
        format!(" -> {result}")
    };
    let declaration = format!("fn {name}({}){result}", parameters.join(", "));
    (name, declaration)
}

/// `const char *const *generations` as (`*const *const c_char`, `generations`).
fn type_and_name(declaration: &str) -> (String, String) {
    let spaced = declaration.replace('*', " * ");
    let mut words: Vec<&str> = spaced.split_whitespace().collect();
    let name = words.pop().expect("a name").to_string();
    let mut is_const = false;
    let mut of_type = String::new();
    for word in words {
        match word {
            "const" => is_const = true,
            "*" => {
                of_type = format!("{} {of_type}", if is_const { "*const" } else { "*mut" });
                is_const = false;
            }
            base => of_type = rust_name(base).to_string(),
        }
    }
    (of_type, name)
}

fn rust_name(base: &str) -> &str {
    match base {
        "char" => "c_char",
        "void" => "c_void",
        "int" => "c_int",
        "int32_t" => "i32",
        "int64_t" => "i64",
        "uint64_t" => "u64",
        "size_t" => "usize",
        "double" => "f64",
        other => other,
    }
}

/// The functions that this crate declares.
fn functions_of_crate() -> BTreeMap<String, String> {
    let code = include_str!("../src/lib.rs")
        .split_once("extern \"C\" {\n")
        .expect("the functions")
        .1;
    let words: Vec<&str> = code.split_whitespace().collect();
    let code = words.join(" ").replace("( ", "(").replace(", )", ")");
    let declarations = code
        .split("pub ")
        .skip(1)
        .map(|text| text.split_once(';').expect("a declaration").0);
    declarations
        .map(|text| {
            (
                text[3..text.find('(').expect("parameters")].to_string(),
                text.to_string(),
            )
        })
        .collect()
}

#[test]
fn the_functions_are_those_of_the_header() {
    let (theirs, ours) = (functions_of_header(), functions_of_crate());
    assert!(theirs.len() > 70, "the header was not understood: {theirs:?}");
    for (name, declaration) in &theirs {
        assert_eq!(Some(declaration), ours.get(name), "of the header; of this crate");
    }
    for name in ours.keys() {
        assert!(theirs.contains_key(name), "{name} is not in the header");
    }
}

/// What the C compiler is to find true.
fn check(condition: &str, value: impl std::fmt::Display, what: &str) -> String {
    format!("_Static_assert({condition} == {value}, \"{what}\");\n")
}

macro_rules! struct_checks {
    ($($name:ident { $($field:ident: $type:ty,)* })*) => {{
        let mut checks = Vec::new();
        $(
            let name = stringify!($name);
            checks.push(check(&format!("sizeof({name})"), size_of::<sys::$name>(), name));
            checks.push(check(&format!("_Alignof({name})"), align_of::<sys::$name>(), name));
            $(
                let field = stringify!($field).trim_start_matches("r#");
                let what = format!("{name}.{field}");
                let place = MaybeUninit::<sys::$name>::uninit();
                // SAFETY: only the address of the field is taken.
                let of_field: *const $type = unsafe { addr_of!((*place.as_ptr()).$field) };
                let offset = of_field as usize - place.as_ptr() as usize;
                checks.push(check(&format!("offsetof({name}, {field})"), offset, &what));
                checks.push(check(&format!("sizeof((({name} *)0)->{field})"), size_of::<$type>(), &what));
            )*
        )*
        checks.concat()
    }};
}

macro_rules! constant_checks {
    ($($name:ident)*) => {
        ([$(check(stringify!($name), sys::$name, stringify!($name))),*].concat(), [$(stringify!($name)),*])
    };
}

fn checks_of_structs() -> String {
    struct_checks! {
        gc_value { r#type: i32, reserved: i32, r#as: sys::gc_value_as, size: usize, }
        gc_arg { name: *const std::os::raw::c_char, value: sys::gc_value, }
        gc_histogram { buckets: [u64; 24], count: u64, sum_us: u64, }
        gc_stats {
            reads: [u64; 8], fills: u64, fills_failed: u64, fills_already_invalid: u64, computations: u64,
            computations_failed: u64, waits: u64, waits_given_up: u64, shared: u64, stale_served: u64,
            invalidations: u64, invalidations_failed: u64, read_time: sys::gc_histogram,
            compute_time: sys::gc_histogram, invalidate_time: sys::gc_histogram,
        }
    }
}

fn checks_of_constants() -> String {
    let (checks, names) = constant_checks! {
        GC_OK GC_MISS GC_STALE GC_BUSY GC_ERR_ARGUMENT GC_ERR_UNAVAILABLE GC_ERR_REFUSED GC_ERR_TOO_LARGE GC_ERR_TYPE
        GC_ERR_MEMORY GC_ERR_INTERNAL GC_ERR_ORIGIN
        GC_BYTES GC_TEXT GC_NULL GC_BOOL GC_INT GC_DOUBLE GC_JSON GC_CEREAL GC_UINT GC_PRIVATE GC_REQUIRED
        GC_REASON_HIT GC_REASON_ABSENT GC_REASON_EXPIRED GC_REASON_INVALIDATED GC_REASON_CLEARED GC_REASON_CORRUPT
        GC_REASON_OTHER_VERSION GC_REASON_UNAVAILABLE
        GC_HISTOGRAM_BUCKETS GC_LOG_ERROR GC_LOG_WARNING GC_LOG_INFO GC_LOG_DEBUG
    };
    for body in header()
        .split("enum {")
        .skip(1)
        .map(|text| text.split_once('}').expect("an enum").0.to_string())
    {
        for name in body
            .split(',')
            .filter_map(|constant| constant.split_once('='))
            .map(|(name, _)| name.trim())
        {
            assert!(names.contains(&name), "{name} of the header is not checked here");
        }
    }
    checks
}

// The pointers of the callbacks: what cannot be assigned is a warning, which is an error here.
const CHECKS_OF_CALLBACKS: &str = "
static int32_t compute(void *payload, gc_entry *entry) { (void)payload; (void)entry; return 0; }
static int32_t many(void *payload, gc_entry *const *entries, const size_t *indexes, size_t n) {
  (void)payload; (void)entries; (void)indexes; (void)n; return 0;
}
static void tell(void *payload, int32_t level, const char *message) { (void)payload; (void)level; (void)message; }
gc_compute_fn check_compute = compute;
gc_compute_many_fn check_many = many;
gc_log_fn check_log = tell;
typedef char status_is_i32[sizeof(gc_status) == 4 && (gc_status)-1 < 0 ? 1 : -1];
";

#[test]
fn structs_constants_and_callbacks_are_those_of_the_header() {
    let code = format!(
        "#include <stddef.h>\n#include <gencache/gencache.h>\n{}{}{CHECKS_OF_CALLBACKS}",
        checks_of_structs(),
        checks_of_constants()
    );
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("checks.c");
    fs::write(&file, code).expect("a file for the checks");
    let include = env!("GENCACHE_INCLUDE").split(':').map(|path| format!("-I{path}"));
    let mut compiler = Command::new("cc");
    compiler
        .args(["-std=c11", "-Wall", "-Werror", "-fsyntax-only"])
        .args(include)
        .arg(&file);
    let output = compiler.output().expect("cc runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_library_is_the_one_of_the_header() {
    // SAFETY: a constant, NUL-terminated.
    let version = unsafe { std::ffi::CStr::from_ptr(sys::gc_version()) };
    assert_eq!(Ok(env!("CARGO_PKG_VERSION")), version.to_str());
}
