//! The JSON form of a filter pattern: `{ ($.level = "ERROR") && ($.latency > 100) }`.

use serde_json::Value;

use super::{PatternError, quoted};

/// How deep parentheses may nest.
const DEPTH_LIMIT: u8 = 32;

/// A condition on a JSON message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Test(Vec<Step>, Test),
}

/// One step of a property selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
    /// `[*]`: any element.
    AnyElement,
}

/// What a selected value is tested for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    Equal(Operand),
    NotEqual(Operand),
    Greater(f64),
    GreaterOrEqual(f64),
    Less(f64),
    LessOrEqual(f64),
    IsNull,
    IsTrue,
    IsFalse,
    NotExists,
}

/// What a value is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    Number(f64),
    Text(TextPattern),
}

/// A text, with what may stand before and after it: `*` is a wildcard at the beginning and at the end of a term, and a character
/// like others inside of it (CloudWatch Logs User Guide, "Filter pattern syntax").
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextPattern {
    text: String,
    may_begin_before: bool,
    may_end_after: bool,
}

impl Condition {
    /// Reads what stands between the braces.
    pub(crate) fn parse(text: &str) -> Result<Self, PatternError> {
        let mut parser = Parser { rest: text, depth: 0 };
        let condition = parser.any()?;
        if parser.rest.trim().is_empty() { Ok(condition) } else { Err(PatternError::Syntax) }
    }

    /// Whether it holds for a message.
    pub(crate) fn holds(&self, message: &Value) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(message)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(message)),
            Self::Test(path, Test::NotExists) => select(message, path).is_empty(),
            Self::Test(path, test) => select(message, path).into_iter().any(|value| test.holds(value)),
        }
    }
}

fn select<'a>(value: &'a Value, path: &[Step]) -> Vec<&'a Value> {
    path.iter().fold(vec![value], |values, step| {
        let next = values.into_iter().flat_map(|value| -> Vec<&'a Value> {
            match step {
                Step::Key(key) => value.get(key).into_iter().collect(),
                Step::Index(index) => value.get(index).into_iter().collect(),
                Step::AnyElement => value.as_array().into_iter().flatten().collect(),
            }
        });
        next.collect()
    })
}

impl Test {
    fn holds(&self, value: &Value) -> bool {
        let number = value.as_f64();
        match self {
            // "If it points to an array or object, the filter will not be applied" (the guide as above).
            Self::Equal(_) | Self::NotEqual(_) if value.is_array() || value.is_object() => false,
            Self::Equal(operand) => operand.equals(value),
            Self::NotEqual(operand) => !operand.equals(value),
            Self::Greater(bound) => number.is_some_and(|number| number > *bound),
            Self::GreaterOrEqual(bound) => number.is_some_and(|number| number >= *bound),
            Self::Less(bound) => number.is_some_and(|number| number < *bound),
            Self::LessOrEqual(bound) => number.is_some_and(|number| number <= *bound),
            Self::IsNull => value.is_null(),
            Self::IsTrue => *value == Value::Bool(true),
            Self::IsFalse => *value == Value::Bool(false),
            Self::NotExists => false,
        }
    }
}

impl Operand {
    fn equals(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Number(wanted), Value::Number(number)) => number.as_f64() == Some(*wanted),
            (Self::Text(wanted), Value::String(text)) => wanted.fits(text),
            // A wildcard fits a number as it is written: `= *` asks whether there is anything.
            (Self::Text(wanted), Value::Number(number)) if wanted.has_wildcard() => wanted.fits(&number.to_string()),
            _ => false,
        }
    }
}

impl TextPattern {
    fn new(term: &str) -> Self {
        let (may_begin_before, rest) = match term.strip_prefix('*') {
            Some(rest) => (true, rest),
            None => (false, term),
        };
        let (may_end_after, text) = match rest.strip_suffix('*') {
            Some(text) => (true, text),
            None => (false, rest),
        };
        Self { text: text.to_owned(), may_begin_before, may_end_after }
    }

    fn has_wildcard(&self) -> bool {
        self.may_begin_before || self.may_end_after
    }

    fn fits(&self, value: &str) -> bool {
        let text = self.text.as_str();
        match (self.may_begin_before, self.may_end_after) {
            (false, false) => value == text,
            (false, true) => value.starts_with(text),
            (true, false) => value.ends_with(text),
            (true, true) => value.contains(text),
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
    depth: u8,
}

impl<'a> Parser<'a> {
    fn skip(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start();
        match rest.strip_prefix(token) {
            Some(after) => {
                self.rest = after;
                true
            }
            None => false,
        }
    }

    fn word(&mut self, ends: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest.trim_start();
        let (word, after) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
        self.rest = after;
        word
    }

    fn any(&mut self) -> Result<Condition, PatternError> {
        let mut parts = vec![self.all()?];
        while self.skip("||") {
            parts.push(self.all()?);
        }
        Ok(Condition::Any(parts))
    }

    fn all(&mut self) -> Result<Condition, PatternError> {
        let mut parts = vec![self.one()?];
        while self.skip("&&") {
            parts.push(self.one()?);
        }
        Ok(Condition::All(parts))
    }

    fn one(&mut self) -> Result<Condition, PatternError> {
        if !self.skip("(") {
            let path = self.path()?;
            return Ok(Condition::Test(path, self.test()?));
        }
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(PatternError::Syntax);
        }
        let inner = self.any()?;
        self.depth -= 1;
        if self.skip(")") { Ok(inner) } else { Err(PatternError::Syntax) }
    }

    fn path(&mut self) -> Result<Vec<Step>, PatternError> {
        if !self.skip("$") {
            return Err(PatternError::Syntax);
        }
        let mut path = Vec::new();
        loop {
            if let Some(after) = self.rest.strip_prefix('.') {
                let end = after.find(|letter: char| !letter.is_alphanumeric() && !"_-".contains(letter));
                let (key, after) = after.split_at(end.unwrap_or(after.len()));
                if key.is_empty() {
                    return Err(PatternError::Syntax);
                }
                path.push(Step::Key(key.to_owned()));
                self.rest = after;
            } else if let Some(after) = self.rest.strip_prefix('[') {
                let (inside, after) = after.split_once(']').ok_or(PatternError::Syntax)?;
                path.push(step(inside.trim())?);
                self.rest = after;
            } else {
                return Ok(path);
            }
        }
    }

    fn test(&mut self) -> Result<Test, PatternError> {
        if self.skip("!=") {
            return Ok(Test::NotEqual(self.operand()?));
        }
        if self.skip(">=") {
            return Ok(Test::GreaterOrEqual(self.number()?));
        }
        if self.skip("<=") {
            return Ok(Test::LessOrEqual(self.number()?));
        }
        if self.skip(">") {
            return Ok(Test::Greater(self.number()?));
        }
        if self.skip("<") {
            return Ok(Test::Less(self.number()?));
        }
        if self.skip("=") {
            return Ok(Test::Equal(self.operand()?));
        }
        let ends = |letter: char| !letter.is_ascii_alphabetic();
        let first = self.word(ends).to_ascii_uppercase();
        let second = self.word(ends).to_ascii_uppercase();
        match (first.as_str(), second.as_str()) {
            ("IS", "NULL") => Ok(Test::IsNull),
            ("IS", "TRUE") => Ok(Test::IsTrue),
            ("IS", "FALSE") => Ok(Test::IsFalse),
            ("NOT", "EXISTS") => Ok(Test::NotExists),
            _ => Err(PatternError::Syntax),
        }
    }

    fn operand(&mut self) -> Result<Operand, PatternError> {
        let rest = self.rest.trim_start();
        if rest.starts_with('"') {
            let (text, after) = quoted(rest)?;
            self.rest = after;
            return Ok(Operand::Text(TextPattern::new(&text)));
        }
        let word = self.word(|letter| letter.is_whitespace() || ")&|".contains(letter));
        match word.parse() {
            Ok(number) => Ok(Operand::Number(number)),
            Err(_) if word.is_empty() => Err(PatternError::Syntax),
            Err(_) => Ok(Operand::Text(TextPattern::new(word))),
        }
    }

    fn number(&mut self) -> Result<f64, PatternError> {
        match self.operand()? {
            Operand::Number(number) => Ok(number),
            Operand::Text(_) => Err(PatternError::Syntax),
        }
    }
}

fn step(inside: &str) -> Result<Step, PatternError> {
    if inside == "*" {
        return Ok(Step::AnyElement);
    }
    if let Some(key) = inside.strip_prefix(['\'', '"']).and_then(|key| key.strip_suffix(['\'', '"'])) {
        return Ok(Step::Key(key.to_owned()));
    }
    inside.parse().map(Step::Index).map_err(|_| PatternError::Syntax)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn holds(condition: &str) -> bool {
        let message = json!({
            "level": "ERROR", "status": 404, "user": { "name": "ann", "tags": ["a", "b"] }, "none": null, "ok": true
        });
        Condition::parse(condition).unwrap().holds(&message)
    }

    #[test]
    fn comparisons() {
        assert!(holds("$.level = \"ERROR\""));
        assert!(holds(" $.level = ERR* "));
        assert!(holds("$.level=\"*RRO*\""));
        assert!(!holds("$.level = \"WARN\""));
        assert!(holds("$.level != \"WARN\""));
        assert!(holds("$.status >= 404") && holds("$.status < 500") && holds("$.status = 404"));
        assert!(!holds("$.missing != 1"));
        assert!(holds("$.user.tags[1] = \"b\"") && holds("$.user.tags[*] = \"a\"") && holds("$['user']['name'] = ann"));
    }

    #[test]
    fn wildcards_fit_numbers_and_stand_at_the_ends_of_a_term() {
        assert!(
            holds("$.status = *") && holds("$.status = \"*\"") && holds("$.status = 4*") && holds("$.status = *04")
        );
        assert!(!holds("$.status != 4*") && !holds("$.status = 5*") && !holds("$.missing = *"));
        assert!(!holds("$.level = ER*OR") && !holds("$.level = \"E*R\""));
        let message = json!({"x": "Ev*ent"});
        assert!(Condition::parse("$.x = Ev*ent").unwrap().holds(&message));
    }

    #[test]
    fn arrays_and_objects_fit_nothing() {
        assert!(
            !holds("$.user.tags = a") && !holds("$.user.tags != z") && !holds("$.user != 1") && !holds("$.user = *")
        );
    }

    #[test]
    fn keywords_and_logic() {
        assert!(holds("$.none IS NULL") && holds("$.ok IS TRUE") && holds("$.missing NOT EXISTS"));
        assert!(holds("$.level = INFO || $.status = 404 && $.ok IS TRUE"));
        assert!(holds("($.level = INFO || $.status = 404) && ($.ok IS TRUE)"));
        assert!(!holds("($.level = INFO) && ($.status = 404)"));
    }

    #[test]
    fn refused() {
        for wrong in [
            "",
            "level = 1",
            "$.a",
            "$.a = ",
            "$.a > b",
            "($.a = 1",
            "$.a = 1 $.b = 2",
            "$.a IS MAYBE",
            &"(".repeat(300),
        ] {
            assert!(Condition::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_condition_makes_it_fail(condition in "[ $.a\\[\\]*()&|=<>!\"0-9]{0,40}") {
            if let Ok(condition) = Condition::parse(&condition) {
                condition.holds(&json!({ "a": [1, "a", { "a": 1 }] }));
            }
        }
    }
}
