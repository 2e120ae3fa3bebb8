//! The constraints that a request breaks, in the words in which AWS's services tell them.

use std::fmt;

use serde_json::{Map, Value};

use super::rules::{Expected, MemberRules, Members, Rules, pattern};
use crate::service::Service;

/// A constraint that a request breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    at: String,
    value: Shown,
    constraint: String,
}

/// How a value is repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shown {
    Null,
    Text(String),
    /// Nobody repeats it.
    Secret,
}

impl Violation {
    /// Where the value is: `tags.2.member.key`, in the lower case that AWS's services give each name's beginning.
    pub fn at(&self) -> &str {
        &self.at
    }

    /// What must hold: `Member must have length less than or equal to 64`.
    pub fn constraint(&self) -> &str {
        &self.constraint
    }

    /// What is said of it, with the value or without.
    fn text(&self, with_value: bool) -> String {
        let Self { at, constraint, .. } = self;
        let value = match &self.value {
            Shown::Null if with_value => "null ".to_owned(),
            Shown::Text(text) if with_value => format!("'{text}' "),
            _ => String::new(),
        };
        format!("Value {value}at '{at}' failed to satisfy constraint: {constraint}")
    }
}

/// What a service says of a request that breaks constraints; nothing when it breaks none. `with_values` says whether it repeats
/// what was given.
pub fn refusal(violations: &[Violation], with_values: bool) -> Option<String> {
    let texts: Vec<String> = violations.iter().map(|violation| violation.text(with_values)).collect();
    match texts.len() {
        0 => None,
        1 => Some(format!("1 validation error detected: {}", texts.concat())),
        count => Some(format!("{count} validation errors detected: {}", texts.join("; "))),
    }
}

/// Where a value is, written out only for one that breaks something.
struct At<'p> {
    around: Option<&'p At<'p>>,
    name: Name<'p>,
}

enum Name<'p> {
    Member(&'p str),
    /// An item, from 1.
    Item(usize),
    Key(&'p str),
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(around) = self.around {
            write!(f, "{around}.")?;
        }
        match self.name {
            Name::Member(name) => {
                let mut letters = name.chars();
                let first = letters.next().map(|first| first.to_ascii_lowercase());
                first.into_iter().chain(letters).try_for_each(|letter| write!(f, "{letter}"))
            }
            Name::Item(place) => write!(f, "{place}.member"),
            Name::Key(key) => f.write_str(key),
        }
    }
}

/// What a request breaks.
pub(super) struct Finder<'s> {
    pub(super) service: &'s Service,
    pub(super) found: Vec<Violation>,
}

impl Finder<'_> {
    /// What the members of an input break, of those that are wanted.
    pub(super) fn input(
        &mut self,
        given: &Map<String, Value>,
        members: &Members,
        is_wanted: impl Fn(&MemberRules) -> bool,
    ) {
        for member in members.0.iter().filter(|member| is_wanted(member)) {
            self.member(None, given, member);
        }
    }

    fn member(&mut self, around: Option<&At<'_>>, given: &Map<String, Value>, member: &MemberRules) {
        let at = At { around, name: Name::Member(&member.name) };
        match given.get(&*member.wire).filter(|value| !value.is_null()) {
            Some(given) => self.value(&at, given, &member.rules),
            None if member.is_required => self.tell(&at, Shown::Null, "Member must not be null".to_owned()),
            None => {}
        }
    }

    fn tell(&mut self, at: &At<'_>, value: Shown, constraint: String) {
        self.found.push(Violation { at: at.to_string(), value, constraint });
    }

    fn value(&mut self, at: &At<'_>, given: &Value, rules: &Rules) {
        match (&rules.expected, given) {
            (Expected::Structure(number), Value::Object(inner)) => {
                for member in &self.service.members(*number).0 {
                    self.member(Some(at), inner, member);
                }
            }
            (Expected::List(inner, name), Value::Array(items)) => self.list(at, items, rules, (inner, name.as_deref())),
            (Expected::Map(keys, inner), Value::Object(values)) => self.map(at, values, rules, (keys, inner)),
            _ => {
                let broken = constraints(self.service, rules).into_iter().filter(|it| !it.holds(self.service, given));
                for constraint in broken.collect::<Vec<_>>() {
                    self.tell(at, shown(given, rules), constraint.text);
                }
            }
        }
    }

    /// Items that are structures are named by their place; of plain ones the list is named, with all that holds for each.
    fn list(&mut self, at: &At<'_>, items: &[Value], rules: &Rules, (inner, name): (&Rules, Option<&str>)) {
        let is_plain = !matches!(inner.expected, Expected::Structure(_) | Expected::List(..) | Expected::Map(..));
        let written = || match &inner.expected {
            Expected::Structure(number) => {
                let items = items.iter().map(|item| self.structure(name.unwrap_or_default(), item, *number));
                Shown::Text(format!("[{}]", items.collect::<Vec<_>>().join(", ")))
            }
            _ => shown(&Value::Array(items.to_vec()), inner),
        };
        if let Some(constraint) = count(rules, items.len()) {
            let value = written();
            self.tell(at, value, constraint);
        }
        if !is_plain {
            for (place, item) in (1..).zip(items) {
                self.value(&At { around: Some(at), name: Name::Item(place) }, item, inner);
            }
        } else if let Some(all) = self.broken_by_any(items.iter(), inner) {
            let value = shown(&Value::Array(items.to_vec()), inner);
            self.tell(at, value, format!("Member must satisfy constraint: [{all}]"));
        }
    }

    /// A structure as Step Functions was seen to write it: `RoutingConfigurationListItem(weight=50)`.
    fn structure(&self, name: &str, value: &Value, number: usize) -> String {
        let members = self.service.members(number).0.iter().map(|member| {
            let value = value.get(&*member.wire).unwrap_or(&Value::Null);
            format!("{}={}", member.name, written(value, &member.rules))
        });
        format!("{name}({})", members.collect::<Vec<_>>().join(", "))
    }

    /// Of keys, and of plain values, the map is named, with all that holds for each.
    fn map(&mut self, at: &At<'_>, values: &Map<String, Value>, rules: &Rules, (keys, inner): (&Rules, &Rules)) {
        let written = || {
            if rules.is_secret { Shown::Secret } else { shown(&Value::Object(values.clone()), inner) }
        };
        if let Some(constraint) = count(rules, values.len()) {
            self.tell(at, written(), constraint);
        }
        if let Some(all) = self.broken_by_any(values.keys().map(|key| Value::from(key.as_str())), keys) {
            self.tell(at, written(), format!("Map keys must satisfy constraint: [{all}]"));
        }
        if matches!(inner.expected, Expected::Structure(_) | Expected::List(..) | Expected::Map(..)) {
            for (key, value) in values {
                self.value(&At { around: Some(at), name: Name::Key(key) }, value, inner);
            }
        } else if let Some(all) = self.broken_by_any(values.values(), inner) {
            self.tell(at, written(), format!("Map value must satisfy constraint: [{all}]"));
        }
    }

    /// All that must hold for each of some values, when one breaks some of it.
    fn broken_by_any<V: std::borrow::Borrow<Value>>(
        &self,
        mut values: impl Iterator<Item = V>,
        rules: &Rules,
    ) -> Option<String> {
        let constraints = constraints(self.service, rules);
        let breaks = |value: V| constraints.iter().any(|it| !it.holds(self.service, value.borrow()));
        if !values.any(breaks) {
            return None;
        }
        let texts = each(self.service, rules).into_iter().chain(["Member must not be null".to_owned()]);
        Some(texts.collect::<Vec<_>>().join(", "))
    }
}

/// A value as it is repeated.
fn shown(value: &Value, rules: &Rules) -> Shown {
    if rules.is_secret { Shown::Secret } else { Shown::Text(written(value, rules)) }
}

/// As Java writes it.
fn written(value: &Value, rules: &Rules) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| written(item, rules)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| format!("{key}={}", written(value, rules)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Number(number) if matches!(rules.expected, Expected::Fraction) => {
            format!("{:?}", number.as_f64().unwrap_or_default())
        }
        other => other.to_string(),
    }
}

/// What holds for how many items there are, when it does not.
fn count(rules: &Rules, count: usize) -> Option<String> {
    if rules.range.holds_for_count(count) {
        return None;
    }
    let range = rules.range;
    let is_too_long = range.most.is_some_and(|most| !super::rules::is_at_most(count, most));
    let bound = if is_too_long { ("less", range.most) } else { ("greater", range.least) };
    Some(format!("Member must have length {} than or equal to {}", bound.0, bound.1.unwrap_or_default()))
}

/// A constraint on a plain value, in AWS's words.
struct Constraint<'r> {
    text: String,
    rule: Rule<'r>,
}

enum Rule<'r> {
    AtMost(f64),
    AtLeast(f64),
    OneOf(&'r str),
    /// By the number of its pattern.
    Like(usize),
}

impl Constraint<'_> {
    /// Whether it holds for a value; one of another type is not its business.
    fn holds(&self, service: &Service, value: &Value) -> bool {
        match (&self.rule, value) {
            (Rule::AtMost(most), value) => size(value).is_none_or(|size| size <= *most),
            (Rule::AtLeast(least), value) => size(value).is_none_or(|size| size >= *least),
            (Rule::OneOf(values), Value::String(text)) => values.split('|').any(|value| value == text),
            (Rule::Like(number), Value::String(text)) => {
                pattern(service, *number).is_none_or(|pattern| pattern.matches(text))
            }
            _ => true,
        }
    }
}

/// The length of a text, or a number.
#[allow(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
fn size(value: &Value) -> Option<f64> {
    match value {
        Value::String(text) => Some(text.chars().count() as f64),
        Value::Number(number) => number.as_f64(),
        _ => None,
    }
}

/// What holds for a plain value. The pattern comes first, as CloudWatch Logs and Lambda tell of an empty name that breaks both.
fn constraints<'r>(service: &Service, rules: &'r Rules) -> Vec<Constraint<'r>> {
    let bounds = bounds(rules).into_iter().map(|(text, rule)| Constraint { text, rule });
    let values = values(rules).map(|(text, rule)| Constraint { text, rule });
    let like = like(service, rules).map(|(text, rule)| Constraint { text, rule });
    like.into_iter().chain(values).chain(bounds).collect()
}

/// All that is said to hold for each of many values, in AWS's order.
fn each(service: &Service, rules: &Rules) -> Vec<String> {
    let no_lower_bound = rules.range.least.is_none_or(|least| least != 0.0) || is_number(rules);
    let nothing = (!no_lower_bound).then(|| "Member must have length greater than or equal to 0".to_owned());
    let bounds = bounds(rules).into_iter().map(|(text, _)| text).chain(nothing);
    let values = values(rules).map(|(text, _)| text);
    let like = like(service, rules).map(|(text, _)| text);
    bounds.chain(values).chain(like).collect()
}

fn is_number(rules: &Rules) -> bool {
    matches!(rules.expected, Expected::Number | Expected::Fraction)
}

fn bounds<'r>(rules: &Rules) -> Vec<(String, Rule<'r>)> {
    let of = if is_number(rules) { "value" } else { "length" };
    let written = |bound: f64| match rules.expected {
        Expected::Fraction => format!("{bound:?}"),
        _ => bound.to_string(),
    };
    let mut all = Vec::new();
    if let Some(most) = rules.range.most {
        all.push((format!("Member must have {of} less than or equal to {}", written(most)), Rule::AtMost(most)));
    }
    // No text is shorter than nothing.
    if let Some(least) = rules.range.least.filter(|least| *least > 0.0 || is_number(rules)) {
        all.push((format!("Member must have {of} greater than or equal to {}", written(least)), Rule::AtLeast(least)));
    }
    all
}

fn values(rules: &Rules) -> Option<(String, Rule<'_>)> {
    match &rules.expected {
        Expected::Enumeration(values) => {
            let text = format!("Member must satisfy enum value set: [{}]", values.replace('|', ", "));
            Some((text, Rule::OneOf(values)))
        }
        _ => None,
    }
}

fn like<'r>(service: &Service, rules: &Rules) -> Option<(String, Rule<'r>)> {
    match rules.expected {
        Expected::Text(Some(number)) => {
            let text = format!("Member must satisfy regular expression pattern: {}", service.shape_line(number));
            Some((text, Rule::Like(number)))
        }
        _ => None,
    }
}
