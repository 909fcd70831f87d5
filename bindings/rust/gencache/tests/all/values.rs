//! What comes back is what was stored, with its type.

use std::borrow::Cow;
use std::fmt::Debug;

use gencache::{arg, args, each, param, Cache, Error, ErrorKind, Load, Store, Unread, Value};

use crate::support::{entry, hit, in_memory, on_every_store};

fn stored<T: Store + ?Sized>(cache: &Cache, value: &T) -> Value<'static> {
    cache.set("value", &[], value).expect("it is stored");
    hit(cache.get::<Value<'static>>("value", &[]))
}

#[track_caller]
fn round_trip<T: Store + Load + Debug + PartialEq>(cache: &Cache, value: T, expected: Value<'static>) {
    assert_eq!(expected, stored(cache, &value));
    assert_eq!(value, hit(cache.get::<T>("value", &[])));
}

#[test]
fn every_type_comes_back() {
    on_every_store("types", |cache| {
        round_trip(cache, (), Value::Null);
        round_trip(cache, true, Value::Bool(true));
        round_trip(cache, i64::MIN, Value::Int(i64::MIN));
        round_trip(cache, -8_i8, Value::Int(-8));
        round_trip(cache, u32::MAX, Value::Int(u32::MAX.into()));
        round_trip(cache, i64::MAX as u64, Value::Int(i64::MAX));
        round_trip(cache, 0.1, Value::Double(0.1));
        round_trip(cache, "é\0".to_string(), Value::Text("é\0".into()));
        round_trip(cache, String::new(), Value::Text("".into()));
        round_trip(cache, vec![0_u8, 255], Value::Bytes(vec![0, 255].into()));
        round_trip(cache, Vec::<u8>::new(), Value::Bytes(Cow::Borrowed(&[])));
        round_trip(cache, Some(1), Value::Int(1));
        round_trip(cache, None::<String>, Value::Null);
        for value in [
            Value::Json("[1]".into()),
            Value::Cereal(vec![1, 2].into()),
            Value::Private(16, vec![3].into()),
            Value::Private(31, Cow::Borrowed(&[])),
        ] {
            round_trip(cache, value.clone(), value);
        }
    });
}

#[test]
fn what_is_borrowed_is_stored_as_what_is_owned() {
    let cache = in_memory();
    assert_eq!(Value::Text("text".into()), stored(&cache, "text"));
    assert_eq!(Value::Text("text".into()), stored(&cache, &Cow::Borrowed("text")));
    assert_eq!(Value::Bytes(b"bytes".to_vec().into()), stored(&cache, b"bytes"));
    assert_eq!(Value::Bytes(b"bytes".to_vec().into()), stored(&cache, &b"bytes"[..]));
    assert_eq!(Value::Int(7), stored(&cache, &Box::new(&7)));
}

#[track_caller]
fn is_type_error<T: Debug>(result: Result<T, Error>, message: &str) {
    let error = result.expect_err("it is of another type");
    assert_eq!(ErrorKind::Type, error.kind());
    assert!(error.to_string().contains(message), "{error}");
}

#[test]
fn another_type_is_an_error_that_names_it() {
    let cache = in_memory();
    stored(&cache, "text");
    is_type_error(cache.get::<Vec<u8>>("value", &[]), "text");
    is_type_error(cache.get::<i64>("value", &[]), "text");
    stored(&cache, &vec![1_u8]);
    is_type_error(cache.get::<String>("value", &[]), "bytes");
    stored(&cache, &1);
    is_type_error(cache.get::<f64>("value", &[]), "an integer");
    is_type_error(cache.get_value::<bool>("value", &[]), "an integer");
    stored(&cache, &Value::Json("[1]".into()));
    is_type_error(cache.get::<Vec<u8>>("value", &[]), "JSON");
    stored(&cache, &());
    is_type_error(cache.get::<String>("value", &[]), "null");
}

#[test]
fn integers_are_checked_for_their_range() {
    let cache = in_memory();
    stored(&cache, &256);
    is_type_error(cache.get::<u8>("value", &[]), "256");
    stored(&cache, &-1);
    is_type_error(cache.get::<u64>("value", &[]), "-1");
    let error = cache.set("value", &[], &u64::MAX).expect_err("it does not fit");
    assert_eq!(ErrorKind::Argument, error.kind());
    assert_eq!(-1, hit(cache.get::<i64>("value", &[])));
}

#[test]
fn a_cached_none_is_a_hit() {
    on_every_store("none", |cache| {
        cache.set("value", &[], &None::<i64>).expect("it is stored");
        assert_eq!(None, hit(cache.get::<Option<i64>>("value", &[])));
        assert_eq!(
            Some(None),
            cache.get_value::<Option<i64>>("value", &[]).expect("a read")
        );
    });
}

#[test]
fn bytes_are_read_without_a_copy() {
    on_every_store("unread", |cache| {
        let large = vec![7_u8; 100_000];
        cache.set("value", &[], &large).expect("it is stored");
        let entry = entry(cache.get::<Unread>("value", &[]));
        assert_eq!(large, entry.bytes());
        match entry.stored() {
            Ok(Value::Bytes(Cow::Borrowed(borrowed))) => assert_eq!(entry.bytes().as_ptr(), borrowed.as_ptr()),
            other => panic!("not borrowed bytes: {other:?}"),
        }
    });
}

#[track_caller]
fn is_argument_error<T: Debug>(result: Result<T, Error>, message: &str) {
    let error = result.expect_err("it is bad");
    assert_eq!(ErrorKind::Argument, error.kind());
    assert!(error.to_string().contains(message), "{error}");
}

#[test]
fn a_private_type_is_none_of_the_others() {
    const REFUSED: &str = "value: Private takes 16 to 31";
    let cache = in_memory();
    let bound = cache.bind("g:a", &[param("a")]).expect("a bound cache");
    for number in (0..16).chain(32..=255) {
        let value = Value::Private(number, vec![1, 2].into());
        is_argument_error(cache.set("value", &[], &value), REFUSED);
        is_argument_error(bound.set(args! {a: 1}, &value), REFUSED);
        is_argument_error(
            crate::support::miss(cache.get::<i64>("value", &[])).fill(&value),
            REFUSED,
        );
        is_argument_error(cache.fetch("value", &[], || value.clone()), REFUSED);
        is_argument_error(cache.key("g:a", args! {a: value.clone()}), REFUSED);
        is_argument_error(bound.get::<i64>(args! {a: value.clone()}), REFUSED);
        is_argument_error(cache.bind("g:a", &[arg("a", value.clone())]), REFUSED);
        is_argument_error(cache.get_many::<i64, _>("g:a", &each("a", [value])), REFUSED);
    }
    assert_eq!(Ok(None), cache.get_value::<Value<'static>>("value", &[]));
}

#[test]
fn some_values_are_no_arguments() {
    let cache = in_memory();
    for value in [Value::Json("1".into()), Value::Private(16, vec![1].into())] {
        is_argument_error(
            cache.key("g", args! {a: value}),
            "'a' has a type that an argument cannot have",
        );
    }
}

#[test]
fn a_value_that_is_too_large_is_not_stored() {
    let cache = crate::support::on_servers("large");
    let large = "x".repeat(2 << 20);
    let error = cache.set("large", &[], &large).expect_err("an item is at most 1 MB");
    assert_eq!(ErrorKind::TooLarge, error.kind());
    let miss = crate::support::miss(cache.get::<String>("large", &[]));
    assert_eq!(Ok(false), miss.fill(&large));
    assert_eq!(Ok(large.clone()), cache.fetch("large", &[], || large.clone()));
}
