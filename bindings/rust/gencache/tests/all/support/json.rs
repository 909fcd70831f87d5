//! As much of a JSON parser as the conformance cases need.

#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub fn parse(text: &str) -> Json {
        let mut parser = Parser { rest: text };
        let json = parser.value();
        assert_eq!("", parser.rest.trim(), "there is more than one value");
        json
    }

    pub fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(fields) => fields.iter().find(|(field, _)| field == name).map(|(_, value)| value),
            other => panic!("not an object: {other:?}"),
        }
    }

    pub fn text(&self) -> &str {
        match self {
            Json::Text(text) => text,
            other => panic!("not a text: {other:?}"),
        }
    }

    pub fn number(&self) -> f64 {
        match self {
            Json::Number(number) => *number,
            other => panic!("not a number: {other:?}"),
        }
    }

    pub fn list(&self) -> &[Json] {
        match self {
            Json::List(list) => list,
            other => panic!("not a list: {other:?}"),
        }
    }

    pub fn fields(&self) -> &[(String, Json)] {
        match self {
            Json::Object(fields) => fields,
            other => panic!("not an object: {other:?}"),
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn value(&mut self) -> Json {
        match self.peek() {
            '{' => Json::Object(self.items('}', |parser| (parser.key(), parser.value()))),
            '[' => Json::List(self.items(']', Parser::value)),
            '"' => Json::Text(self.string()),
            _ => self.word(),
        }
    }

    fn peek(&mut self) -> char {
        self.rest = self.rest.trim_start();
        self.rest.chars().next().expect("the text ends too early")
    }

    fn next(&mut self) -> char {
        let next = self.rest.chars().next().expect("the text ends too early");
        self.rest = &self.rest[next.len_utf8()..];
        next
    }

    fn items<T>(&mut self, end: char, item: impl Fn(&mut Self) -> T) -> Vec<T> {
        let mut items = Vec::new();
        self.next();
        while self.peek() != end {
            items.push(item(self));
            if self.peek() == ',' {
                self.next();
            }
        }
        self.next();
        items
    }

    fn key(&mut self) -> String {
        assert_eq!('"', self.peek());
        let key = self.string();
        assert_eq!(':', self.peek());
        self.next();
        key
    }

    fn string(&mut self) -> String {
        let mut text = String::new();
        self.next();
        loop {
            match self.next() {
                '"' => return text,
                '\\' => text.push(self.escaped()),
                other => text.push(other),
            }
        }
    }

    fn escaped(&mut self) -> char {
        match self.next() {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => self.unicode(),
            other => other,
        }
    }

    fn unicode(&mut self) -> char {
        let high = self.unit();
        if !(0xd800..0xdc00).contains(&high) {
            return char::from_u32(high).expect("a character");
        }
        assert_eq!("\\u", &self.rest[..2]);
        self.rest = &self.rest[2..];
        let low = self.unit();
        char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)).expect("a pair of surrogates")
    }

    fn unit(&mut self) -> u32 {
        let (digits, rest) = self.rest.split_at(4);
        self.rest = rest;
        u32::from_str_radix(digits, 16).expect("four digits")
    }

    fn word(&mut self) -> Json {
        let end = self
            .rest
            .find(|c: char| ",]}".contains(c) || c.is_whitespace())
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        match word {
            "null" => Json::Null,
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            number => Json::Number(number.parse().expect("a number")),
        }
    }
}

#[test]
fn json_is_parsed() {
    let json = Json::parse(r#" {"a": [1, -2.5e3, true, null], "b": "\u00e9\ud83d\ude00\n\"", "c": {}} "#);
    assert_eq!(-2500.0, json.get("a").expect("a").list()[1].number());
    assert_eq!("é😀\n\"", json.get("b").expect("b").text());
    assert_eq!(None, json.get("c").expect("c").get("d"));
}
