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
    /// A text in which `*` stands for any characters.
    Text(String),
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
            (Self::Text(wanted), Value::String(text)) => glob(wanted, text),
            _ => false,
        }
    }
}

/// Whether a text fits a pattern in which `*` stands for any characters.
fn glob(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut left) = text.strip_prefix(start) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match left.split_once(part) {
            Some((_, after)) => left = after,
            None => return false,
        }
    }
    left.ends_with(end)
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
            return Ok(Operand::Text(text));
        }
        let word = self.word(|letter| letter.is_whitespace() || ")&|".contains(letter));
        match word.parse() {
            Ok(number) => Ok(Operand::Number(number)),
            Err(_) if word.is_empty() => Err(PatternError::Syntax),
            Err(_) => Ok(Operand::Text(word.to_owned())),
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
