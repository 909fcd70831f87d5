//! Generations and arguments, in all the ways to write them.

use gencache::{arg, args, each, extra, ErrorKind};

use crate::support::in_memory;

#[test]
fn arguments_of_every_type() {
    let cache = in_memory();
    let (owned, bytes, none) = ("text".to_string(), vec![1_u8], None::<i32>);
    let key = cache.key(
        "g",
        args! {a: 1, b: -1_i8, c: u64::MAX, d: 1.5, e: true, f: "text", g: &owned, h: owned.clone(), i: &bytes, j: b"\0", k: none, l: (), m: Some("x"), n: 0.5_f32, o: &7},
    );
    let expected = "g|a=1,b=-1,c=18446744073709551615,d=1.5,e=true,f=\"text\",g=\"text\",h=\"text\"";
    assert!(key.as_deref().expect("a key").starts_with(expected), "{key:?}");
    assert!(key.expect("a key").ends_with("k=null,l=null,m=\"x\",n=0.5,o=7"));
}

#[test]
fn arguments_in_every_form() {
    let cache = in_memory();
    let user_id = 7;
    let expected = cache
        .key("g:user_id", &[arg("user_id", 7), arg("type", "x"), extra("y")])
        .expect("a key");
    let r#type = "x";
    assert_eq!(
        Ok(&expected),
        cache.key("g:user_id", args! {user_id, type: r#type, _: "y",}).as_ref()
    );
    assert_eq!(
        Ok(&expected),
        cache
            .key("g:user_id", args! {_: "y", "type": "x", user_id: user_id})
            .as_ref()
    );
    let kept = args! {"user_id": user_id, type: "x", _: "y"};
    assert_eq!(Ok(&expected), cache.key("g:user_id", kept).as_ref());
    assert_eq!(Ok("g"), cache.key("g", args! {}).as_deref());
    assert_eq!(vec![[arg("id", 1)], [arg("id", 2)]], each("id", [1, 2]));
}

#[test]
fn generations_in_every_form() {
    let cache = in_memory();
    let owned = vec!["a".to_string(), "b".to_string()];
    for key in [
        cache.key(["a", "b"], &[]),
        cache.key(&["a", "b"][..], &[]),
        cache.key(&vec!["a", "b"], &[]),
        cache.key(&owned, &[]),
        cache.key(&owned[..], &[]),
    ] {
        assert_eq!(Ok("a,b"), key.as_deref());
    }
    assert_eq!(Ok("a"), cache.key(&owned[0], &[]).as_deref());
}

/// More than fits on the stack.
#[test]
fn many_and_long_ones() {
    let cache = in_memory();
    let names: Vec<String> = (0..100)
        .map(|number| format!("generation-{number:03}:argument-{number:03}"))
        .collect();
    let arguments: Vec<String> = (0..100).map(|number| format!("argument-{number:03}")).collect();
    let args: Vec<_> = arguments.iter().map(|name| arg(name, name)).collect();
    let expected: Vec<String> = arguments
        .iter()
        .zip(&names)
        .map(|(name, generation)| format!("{generation}={name}"))
        .collect();
    assert_eq!(Ok(expected.join(",")), cache.key(&names, &args));
    let long = "n".repeat(10_000);
    assert_eq!(Ok(format!("{long}|{long}=1")), cache.key(&long, &[arg(&long, 1)]));
}

#[test]
fn bad_ones_are_refused_and_named() {
    let cache = in_memory();
    for (error, name) in [
        (cache.key("a\0b", &[]), "generations"),
        (cache.key("a", args! {"b\0c": 1}), "args"),
        (cache.key(&[] as &[&str], &[]), "generations"),
        (cache.key("a:b", args! {c: 1}), "'b'"),
        (cache.key("a", &[gencache::param("b")]), "b"),
    ] {
        let error = error.expect_err("it is bad");
        assert_eq!(ErrorKind::Argument, error.kind());
        assert!(error.to_string().contains(name), "{error}");
    }
}
