//! Runs every case of `tests/conformance/cases.json`; see the README beside it for the format.

use std::cell::Cell;
use std::time::Duration;
use std::{env, fs};

use gencache::{Arg, Bound, Cache, Error, ErrorKind, Lookup, Miss, Options, Reason, Value};

use crate::support::json::Json;
use crate::support::server::Items;
use crate::support::{open, servers};

/// Cases that cannot be written down in Rust, and why.
const IMPOSSIBLE: &[(&str, &str)] = &[
    ("a miss is filled once", "Miss::fill takes the miss"),
    ("options below zero", "a Duration is never below zero"),
];

/// What a step may have.
const FIELDS: &[&str] = &[
    "do",
    "generations",
    "args",
    "value",
    "options",
    "expect",
    "url",
    "calls",
    "fails",
    "generation",
    "params",
    "cancel",
    "steps",
    "key",
    "hex",
];

#[test]
fn every_case() {
    let path = env::var("GENCACHE_CONFORMANCE").expect("GENCACHE_CONFORMANCE is the path of cases.json");
    let file = Json::parse(&fs::read_to_string(path).expect("the cases"));
    assert_eq!(Some(&Json::Number(1.0)), file.get("format"));
    let cases = file.get("cases").expect("cases").list();
    for (name, _) in IMPOSSIBLE {
        assert!(
            cases.iter().any(|case| name_of(case) == *name),
            "there is no case {name:?} any more"
        );
    }
    for case in cases
        .iter()
        .filter(|case| IMPOSSIBLE.iter().all(|(name, _)| *name != name_of(case)))
    {
        run(case);
    }
}

fn name_of(case: &Json) -> &str {
    case.get("name").expect("a name").text()
}

fn run(case: &Json) {
    let server = servers().split(',').next().expect("a server").to_string();
    let (steps, stores) = (
        case.get("steps").expect("steps").list(),
        case.get("stores").expect("stores").list(),
    );
    let caches: Vec<Option<Cache>> = match stores {
        [] => vec![None],
        stores => stores
            .iter()
            .map(|store| Some(cache_of(case, store.text(), &server)))
            .collect(),
    };
    let has_items = steps.iter().any(|step| verb(step).starts_with("item_"));
    for cache in caches {
        if let (Some(cache), false) = (&cache, has_items) {
            cache.clear().expect("a clean namespace");
        }
        let mut runner = Runner {
            server: server.clone(),
            cache,
            miss: None,
            bound: None,
        };
        for (number, step) in steps.iter().enumerate() {
            let unknown = step.fields().iter().find(|(name, _)| !FIELDS.contains(&name.as_str()));
            assert_eq!(None, unknown, "an unknown field in {step:?}");
            let outcome = runner.step(step);
            compare(
                &outcome,
                step.get("expect"),
                &format!("{:?}, step {}: {step:?}", name_of(case), number + 1),
            );
        }
    }
}

fn cache_of(case: &Json, store: &str, server: &str) -> Cache {
    let parameters = case.get("url").map_or("", Json::text);
    match store {
        "memory" => open(&format!("memory://?{parameters}")),
        "memcached" => open(&format!("memcached://{server}/?timeout_ms=5000&{parameters}")),
        other => panic!("{:?}: unknown store {other}", name_of(case)),
    }
}

fn verb(step: &Json) -> &str {
    step.get("do").expect("what to do").text()
}

/// What came out of a step.
#[derive(Debug, Default)]
struct Outcome {
    status: String,
    reason: Option<Reason>,
    generation: Option<String>,
    value: Option<Value<'static>>,
    key: Option<String>,
    message: String,
    text: String,
    computed: bool,
    each: Vec<Outcome>,
    item: Option<Vec<u8>>,
}

impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        Outcome {
            status: status_of(error.kind()).to_string(),
            message: error.to_string(),
            ..ok()
        }
    }
}

fn ok() -> Outcome {
    Outcome {
        status: "GC_OK".to_string(),
        ..Outcome::default()
    }
}

fn done(result: Result<(), Error>) -> Outcome {
    result.map_or_else(Outcome::from, |()| ok())
}

/// What `fill` and `depend` give: of false it is not known which of the errors it was that cost no more than a miss.
fn noted(result: Result<bool, Error>) -> Outcome {
    let name = |is_done| if is_done { "GC_OK" } else { "only a miss" };
    result.map_or_else(Outcome::from, |is_done| Outcome {
        status: name(is_done).to_string(),
        ..ok()
    })
}

fn status_of(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Argument => "GC_ERR_ARGUMENT",
        ErrorKind::Unavailable => "GC_ERR_UNAVAILABLE",
        ErrorKind::Refused => "GC_ERR_REFUSED",
        ErrorKind::TooLarge => "GC_ERR_TOO_LARGE",
        ErrorKind::Type => "GC_ERR_TYPE",
        ErrorKind::Memory => "GC_ERR_MEMORY",
        ErrorKind::Origin => "GC_ERR_ORIGIN",
        _ => "GC_ERR_INTERNAL",
    }
}

fn compare(outcome: &Outcome, expect: Option<&Json>, context: &str) {
    for (name, expected) in expect.map_or(&[][..], Json::fields) {
        let context = format!("{context}\n{name}: {outcome:?}");
        match name.as_str() {
            "status" if outcome.status == "only a miss" => {
                assert!(
                    ["GC_ERR_UNAVAILABLE", "GC_ERR_REFUSED", "GC_ERR_TOO_LARGE"].contains(&expected.text()),
                    "{context}"
                )
            }
            "status" => assert_eq!(expected.text(), outcome.status, "{context}"),
            "reason" => assert_eq!(
                Some(expected.text()),
                outcome.reason.map(|r| r.to_string()).as_deref(),
                "{context}"
            ),
            "generation" => assert_eq!(Some(expected.text()), outcome.generation.as_deref(), "{context}"),
            "key" => assert_eq!(Some(expected.text()), outcome.key.as_deref(), "{context}"),
            "message" => assert!(outcome.message.contains(expected.text()), "{context}"),
            "computed" => assert_eq!(&Json::Bool(outcome.computed), expected, "{context}"),
            "lines" => expected
                .list()
                .iter()
                .for_each(|line| assert!(has_line(&outcome.text, line.text()), "{context}")),
            "value" => assert!(is_same(outcome.value.as_ref(), &value_of(expected)), "{context}"),
            "hex" => assert!(is_item(outcome.item.as_deref(), expected), "{context}"),
            "each" => {
                assert_eq!(expected.list().len(), outcome.each.len(), "{context}");
                outcome
                    .each
                    .iter()
                    .zip(expected.list())
                    .for_each(|(each, of)| compare(each, Some(of), &context));
            }
            other => panic!("unknown expectation {other}: {context}"),
        }
    }
}

fn has_line(text: &str, expected: &str) -> bool {
    text.lines().any(|line| match expected.strip_suffix('*') {
        Some(beginning) => line.starts_with(beginning),
        None => line == expected,
    })
}

/// Doubles by their bits: NaN is no value like another.
fn is_same(value: Option<&Value<'_>>, expected: &Value<'_>) -> bool {
    match (value, expected) {
        (Some(Value::Double(value)), Value::Double(expected)) => value.to_bits() == expected.to_bits(),
        (value, expected) => value == Some(expected),
    }
}

fn is_item(item: Option<&[u8]>, expected: &Json) -> bool {
    let digits = item.map(|item| item.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    match (digits, expected) {
        (None, Json::Null) => true,
        (Some(digits), Json::Text(pattern)) => {
            digits.len() == pattern.len() && digits.chars().zip(pattern.chars()).all(|(d, p)| p == 'x' || p == d)
        }
        _ => false,
    }
}

fn bytes_of(hex: &Json) -> Vec<u8> {
    let digits = hex.text();
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hexadecimal digits");
    (0..digits.len()).step_by(2).map(byte).collect()
}

fn value_of(json: &Json) -> Value<'static> {
    let field = |name| json.get(name).unwrap_or_else(|| panic!("{json:?} has no {name}"));
    let number = || field("number").text();
    match field("type").text() {
        "bytes" => Value::Bytes(bytes_of(field("hex")).into()),
        "cereal" => Value::Cereal(bytes_of(field("hex")).into()),
        "private" => Value::Private(number().parse().expect("a number"), bytes_of(field("hex")).into()),
        "text" => Value::Text(field("text").text().to_string().into()),
        "json" => Value::Json(field("text").text().to_string().into()),
        "null" => Value::Null,
        "bool" => Value::Bool(field("is") == &Json::Bool(true)),
        "int" => Value::Int(number().parse().expect("an integer")),
        "uint" => Value::Uint(number().parse().expect("an unsigned integer")),
        "double" => Value::Double(f64::from_bits(
            u64::from_str_radix(field("bits").text(), 16).expect("bits"),
        )),
        other => panic!("unknown type {other}"),
    }
}

fn arg_of(json: &Json) -> Arg<'_> {
    match (json.get("name"), json.get("type")) {
        (Some(Json::Text(name)), Some(_)) => gencache::arg(name, value_of(json)),
        (Some(Json::Text(name)), None) => gencache::param(name),
        _ => gencache::extra(value_of(json)),
    }
}

fn args_of(list: Option<&Json>) -> Vec<Arg<'_>> {
    list.map_or(&[][..], Json::list).iter().map(arg_of).collect()
}

fn options_of(step: &Json) -> Option<Options> {
    let time = |json: &Json| Duration::from_millis(json.number() as u64);
    let fields = step.get("options")?.fields();
    Some(
        fields
            .iter()
            .fold(Options::new(), |options, (name, value)| match name.as_str() {
                "ttl_ms" => options.ttl(time(value)),
                "nothing_ttl_ms" => options.nothing_ttl(time(value)),
                "jitter" => options.jitter(value.number()),
                "stale_for_ms" => options.stale_for(time(value)),
                "fail_safe_ms" => options.fail_safe(time(value)),
                "lock_ms" => options.lock(time(value)),
                "wait_ms" => options.wait(time(value)),
                "beta" => options.beta(value.number()),
                "refresh" => options.refresh(value == &Json::Bool(true)),
                "log_misses" => options.log_misses(value == &Json::Bool(true)),
                other => panic!("unknown option {other}"),
            }),
    )
}

/// The error of a computation that fails.
#[derive(Debug, PartialEq)]
enum Failed {
    Origin,
    Cache(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Failed::Cache(error)
    }
}

struct Runner {
    server: String,
    cache: Option<Cache>,
    miss: Option<Miss>,
    bound: Option<Bound>,
}

impl Runner {
    fn step(&mut self, step: &Json) -> Outcome {
        let generations: Vec<&str> = step
            .get("generations")
            .map_or(&[][..], Json::list)
            .iter()
            .map(Json::text)
            .collect();
        let args = args_of(step.get("args"));
        self.try_step(step, &generations, &args).unwrap_or_else(Outcome::from)
    }

    fn try_step(&mut self, step: &Json, generations: &[&str], args: &[Arg<'_>]) -> Result<Outcome, Error> {
        let value = step.get("value").map(value_of);
        let value = value.as_ref();
        let options = options_of(step);
        Ok(match verb(step) {
            "open" => {
                let url = step.get("url").expect("a URL").text().replace("SERVER", &self.server);
                self.cache = Some(Cache::open(&url)?);
                ok()
            }
            "key" => Outcome {
                key: Some(self.cache(None)?.key(generations, args)?),
                ..ok()
            },
            "explain" => Outcome {
                text: self.cache(None)?.explain(generations, args)?,
                ..ok()
            },
            "get" => {
                let found = self.cache(None)?.get(generations, args)?;
                self.read(found)
            }
            "get_many" => {
                let calls: Vec<Vec<Arg<'_>>> = step
                    .get("calls")
                    .expect("calls")
                    .list()
                    .iter()
                    .map(|call| args_of(Some(call)))
                    .collect();
                let found = self.cache(None)?.get_many(generations, &calls)?;
                Outcome {
                    each: found.into_iter().map(told).collect(),
                    ..ok()
                }
            }
            "fill" => {
                let miss = self.miss.take().expect("a miss before");
                noted(miss.fill_with(value.expect("a value"), &options.unwrap_or_default()))
            }
            "depend" => {
                let generation = step.get("generation").expect("a generation").text();
                noted(self.miss.as_mut().expect("a miss before").depend(generation, args))
            }
            "set" => done(self.cache(options)?.set(generations, args, value.expect("a value"))),
            "delete" => done(self.cache(None)?.delete(generations, args)),
            "invalidate" => done(self.cache(None)?.invalidate(generations, args)),
            "invalidate_soft" => done(self.cache(None)?.invalidate_soft(generations, args)),
            "clear" => done(self.cache(None)?.clear()),
            "fetch" => {
                let cache = self.cache(options)?;
                fetched(value, |compute| cache.fetch_entry(generations, args, |_| compute()))
            }
            "batch" => done(self.batch(step)),
            "bind" => {
                let parameters = args_of(step.get("params"));
                self.bound = Some(self.cache(options)?.bind(generations, &parameters)?);
                ok()
            }
            "bound_get" => {
                let found = self.bound(None)?.get(args)?;
                self.read(found)
            }
            "bound_set" => done(self.bound(options)?.set(args, value.expect("a value"))),
            "bound_delete" => done(self.bound(None)?.delete(args)),
            "bound_invalidate" => done(self.bound(None)?.invalidate(args)),
            "bound_invalidate_soft" => done(self.bound(None)?.invalidate_soft(args)),
            "bound_fetch" => {
                let bound = self.bound(options)?;
                fetched(value, |compute| bound.fetch_entry(args, |_| compute()))
            }
            "item_set" => {
                self.items().set(
                    step.get("key").expect("a key").text(),
                    &bytes_of(step.get("hex").expect("an item")),
                );
                ok()
            }
            "item_get" => Outcome {
                item: self.items().get(step.get("key").expect("a key").text()),
                ..ok()
            },
            "item_delete" => {
                self.items().delete(step.get("key").expect("a key").text());
                ok()
            }
            other => panic!("unknown step {other}"),
        })
    }

    fn cache(&self, options: Option<Options>) -> Result<Cache, Error> {
        let cache = self.cache.as_ref().expect("a cache");
        options.map_or_else(|| Ok(cache.clone()), |options| cache.with_options(&options))
    }

    fn bound(&self, options: Option<Options>) -> Result<Bound, Error> {
        let bound = self.bound.as_ref().expect("a bound cache");
        options.map_or_else(|| Ok(bound.clone()), |options| bound.with_options(&options))
    }

    fn items(&self) -> Items {
        Items::of(&self.server)
    }

    /// A read whose miss is kept for `fill` and `depend`.
    fn read(&mut self, found: Lookup<Value<'static>>) -> Outcome {
        let outcome = tell(&found);
        if let Lookup::Miss(miss) = found {
            self.miss = Some(miss);
        }
        outcome
    }

    fn batch(&self, step: &Json) -> Result<(), Error> {
        let mut batch = self.cache(None)?.batch()?;
        for note in step.get("steps").expect("steps").list() {
            let generations: Vec<&str> = note
                .get("generations")
                .expect("generations")
                .list()
                .iter()
                .map(Json::text)
                .collect();
            let args = args_of(note.get("args"));
            match verb(note) {
                "invalidate" => batch.invalidate(&generations, &args)?,
                "invalidate_soft" => batch.invalidate_soft(&generations, &args)?,
                "delete" => batch.delete(&generations, &args)?,
                other => panic!("unknown step {other} in a batch"),
            }
        }
        match step.get("cancel") {
            Some(Json::Bool(true)) => batch.cancel(),
            _ => batch.commit()?,
        }
        Ok(())
    }
}

fn told(found: Lookup<Value<'static>>) -> Outcome {
    tell(&found)
}

fn tell(found: &Lookup<Value<'static>>) -> Outcome {
    let seen = Outcome {
        reason: Some(found.reason()),
        key: Some(found.key().to_string()),
        ..ok()
    };
    match found {
        Lookup::Hit(entry) => Outcome {
            generation: Some(entry.generation().to_string()),
            value: Some((**entry).clone()),
            ..seen
        },
        Lookup::Miss(miss) => {
            let status = miss
                .error()
                .map_or("GC_MISS", |error| status_of(error.kind()))
                .to_string();
            let message = miss.error().map_or_else(String::new, Error::to_string);
            Outcome {
                status,
                message,
                generation: Some(miss.generation().to_string()),
                ..seen
            }
        }
    }
}

type Entry = gencache::Entry<Value<'static>>;
type Compute<'a> = Box<dyn FnOnce() -> Result<Value<'static>, Failed> + 'a>;

fn fetched(value: Option<&Value<'static>>, fetch: impl FnOnce(Compute<'_>) -> Result<Entry, Failed>) -> Outcome {
    let computed = Cell::new(false);
    let entry = fetch(Box::new(|| {
        computed.set(true);
        value.cloned().ok_or(Failed::Origin)
    }));
    let outcome = match entry {
        Ok(entry) => Outcome {
            status: if entry.is_stale() { "GC_STALE" } else { "GC_OK" }.to_string(),
            reason: Some(entry.reason()),
            generation: Some(entry.generation().to_string()),
            key: Some(entry.key().to_string()),
            value: Some(entry.into_value()),
            ..ok()
        },
        Err(Failed::Origin) => Outcome {
            status: "GC_ERR_ORIGIN".to_string(),
            ..ok()
        },
        Err(Failed::Cache(error)) => error.into(),
    };
    Outcome {
        computed: computed.get(),
        ..outcome
    }
}
