//! Every text in a state that is evaluated: where it is, and what `$` stands for in it.

use serde_json::Value;

use super::location::Location;
use super::scan;
use super::view::StateView;

/// A text that is evaluated when the state runs.
pub(super) struct Read<'r, 'a> {
    pub(super) location: &'r str,
    pub(super) text: &'a str,
    pub(super) site: Site,
}

/// What `$` stands for in a JSONPath text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Site {
    /// The state's input as it comes.
    Input,
    /// The input after `InputPath`.
    Effective,
    /// A Choice rule's operand after `InputPath`, in a rule that may ask whether it is there.
    Tested,
    /// The output of the state before `OutputPath`.
    Output,
    /// A result, or whatever is not known before the state runs.
    Unknown,
}

/// Fields that hold states of their own, or nothing that is evaluated.
const NOT_READ: [&str; 11] = [
    "Branches",
    "ItemProcessor",
    "Iterator",
    "Type",
    "Comment",
    "Next",
    "Default",
    "QueryLanguage",
    "Result",
    "ResultPath",
    "Retry",
];

/// Visits every text of a state, in the order of the definition.
pub(super) fn each<'a>(state: &StateView<'a>, mut see: impl FnMut(Read<'_, 'a>)) {
    // AWS takes the items from the reader then, whatever ItemsPath says.
    let has_reader = state.fields.contains_key("ItemReader");
    let is_passed_over = |name: &str| NOT_READ.contains(&name) || (name == "ItemsPath" && has_reader);
    let mut walk = Walk { see: &mut see };
    let mut location = Location::new(&state.location);
    for (name, value) in state.fields.iter().filter(|(name, _)| !is_passed_over(name)) {
        location.member(name, |location| match state.is_jsonata {
            true => walk.expressions(value, location),
            false => walk.field(name, value, location),
        });
    }
}

struct Walk<'w, 'a> {
    see: &'w mut dyn FnMut(Read<'_, 'a>),
}

impl<'a> Walk<'_, 'a> {
    /// A field of a JSONPath state.
    fn field(&mut self, name: &str, value: &'a Value, location: &mut Location) {
        match (name, value) {
            ("InputPath", Value::String(text)) => self.add(text, location, Site::Input),
            ("OutputPath", Value::String(text)) => self.add(text, location, Site::Output),
            ("Parameters" | "ItemSelector" | "Credentials" | "ItemReader" | "ItemBatcher" | "ResultWriter", _) => {
                self.template(value, location, Site::Effective);
            }
            ("Choices", Value::Array(rules)) => location.items(rules, |location, rule| self.choice(rule, location)),
            ("Catch", Value::Array(catchers)) => location.items(catchers, |location, catcher| {
                if let Some(assign) = catcher.get("Assign") {
                    location.member("Assign", |location| self.template(assign, location, Site::Unknown));
                }
            }),
            (_, Value::String(text)) if name.ends_with("Path") => self.add(text, location, Site::Effective),
            _ => self.template(value, location, Site::Unknown),
        }
    }

    /// A payload template: members whose names end in `.$`, and in configurations those that end in `Path`.
    fn template(&mut self, value: &'a Value, location: &mut Location, site: Site) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    location.member(name, |location| match value {
                        Value::String(text) if name.ends_with(".$") || is_configured_path(name, text) => {
                            self.add(text, location, site);
                        }
                        _ => self.template(value, location, site),
                    });
                }
            }
            Value::Array(items) => location.items(items, |location, item| self.template(item, location, site)),
            _ => {}
        }
    }

    /// A rule of a Choice state and those inside it.
    fn choice(&mut self, rule: &'a Value, location: &mut Location) {
        for (name, value) in rule.as_object().into_iter().flatten() {
            location.member(name, |location| match (name.as_str(), value) {
                ("And" | "Or", Value::Array(rules)) => {
                    location.items(rules, |location, rule| self.choice(rule, location))
                }
                ("Not", _) => self.choice(value, location),
                ("Assign", _) => self.template(value, location, Site::Unknown),
                ("Variable", Value::String(text)) => self.add(text, location, Site::Tested),
                (_, Value::String(text)) if name.ends_with("Path") => self.add(text, location, Site::Tested),
                _ => {}
            });
        }
    }

    /// Every `{% ... %}` in a value of a JSONata state.
    fn expressions(&mut self, value: &'a Value, location: &mut Location) {
        match value {
            Value::String(text) => {
                if let Some(expression) = scan::expression(text) {
                    self.add(expression, location, Site::Unknown);
                }
            }
            Value::Array(items) => location.items(items, |location, item| self.expressions(item, location)),
            Value::Object(members) => {
                for (name, value) in members {
                    location.member(name, |location| self.expressions(value, location));
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, text: &'a str, location: &Location, site: Site) {
        (self.see)(Read { location: location.text(), text, site });
    }
}

/// `MaxItemsPath` and its like inside `ReaderConfig` and `ItemBatcher`.
fn is_configured_path(name: &str, text: &str) -> bool {
    name.ends_with("Path") && name.starts_with("Max") && text.starts_with('$')
}
