//! What a refresh changed: services and operations that came or went, members, and limits.

use api_models::{Archive, Kind, Operation, Shape, Structure};
use std::collections::{BTreeMap, BTreeSet};

/// Each change as a line, with `+` for what is new, `-` for what is gone and `~` for what is otherwise.
pub(super) fn between(before: &Archive, after: &Archive) -> Vec<String> {
    let old: BTreeSet<&str> = before.services().collect();
    let new: BTreeSet<&str> = after.services().collect();
    let mut lines: Vec<String> = old.difference(&new).map(|name| format!("- {name}")).collect();
    lines.extend(new.difference(&old).map(|name| format!("+ {name}")));
    for name in old.intersection(&new) {
        let (Some(old), Some(new)) = (before.service(name), after.service(name)) else {
            continue;
        };
        let by_action = |service| -> BTreeMap<_, _> {
            api_models::Service::operations(service).map(|operation| (operation.action(), operation)).collect()
        };
        let old_operations = by_action(old);
        let new_operations = by_action(new);
        let mut seen = BTreeSet::new();
        for (action, operation) in &old_operations {
            match new_operations.get(action) {
                None => lines.push(format!("- {name}:{action}")),
                Some(other) => compare(&format!("{name}:{action}"), operation, other, &mut seen, &mut lines),
            }
        }
        let came = new_operations.keys().filter(|action| !old_operations.contains_key(*action));
        lines.extend(came.map(|action| format!("+ {name}:{action}")));
    }
    lines
}

/// Structures that were compared before, by their numbers: each is told of once, where it was met first.
type Seen = BTreeSet<(usize, usize)>;

fn compare(at: &str, old: &Operation<'_>, new: &Operation<'_>, seen: &mut Seen, lines: &mut Vec<String>) {
    for (side, old, new) in [("input", old.input(), new.input()), ("output", old.output(), new.output())] {
        let at = format!("{at} {side}");
        match (old, new) {
            (Some(old), Some(new)) => shapes(&at, &old, &new, seen, lines),
            (None, Some(_)) => lines.push(format!("+ {at}")),
            (Some(_), None) => lines.push(format!("- {at}")),
            (None, None) => {}
        }
    }
}

fn shapes(at: &str, old: &Shape<'_>, new: &Shape<'_>, seen: &mut Seen, lines: &mut Vec<String>) {
    match (&old.kind, &new.kind) {
        (Kind::Structure(old), Kind::Structure(new)) => structures(at, old, new, seen, lines),
        (Kind::List(old), Kind::List(new)) => shapes(&format!("{at}[]"), &old.shape(), &new.shape(), seen, lines),
        (Kind::Map(old), Kind::Map(new)) => shapes(&format!("{at}{{}}"), &old.shape(), &new.shape(), seen, lines),
        _ => {}
    }
    let before = written(old);
    let after = written(new);
    if before != after {
        lines.push(format!("~ {at}: {before} -> {after}"));
    }
}

fn structures(at: &str, old: &Structure<'_>, new: &Structure<'_>, seen: &mut Seen, lines: &mut Vec<String>) {
    if !seen.insert((old.number, new.number)) {
        return;
    }
    for member in old.members() {
        let at = format!("{at}.{}", member.name);
        match new.members().find(|other| other.name == member.name) {
            None => lines.push(format!("- {at}")),
            Some(other) => {
                if member.is_required != other.is_required {
                    let now = if other.is_required { "required" } else { "optional" };
                    lines.push(format!("~ {at}: {now}"));
                }
                shapes(&at, &member.shape, &other.shape, seen, lines);
            }
        }
    }
    let came = new.members().filter(|member| old.members().all(|other| other.name != member.name));
    lines.extend(came.map(|member| format!("+ {at}.{}", member.name)));
}

/// A type without what is inside it.
fn written(shape: &Shape<'_>) -> String {
    let kind = match shape.kind {
        Kind::Text => "text".to_owned(),
        Kind::Enumeration(values) => format!("one of {values}"),
        Kind::Number | Kind::Fraction => "number".to_owned(),
        Kind::Boolean => "boolean".to_owned(),
        Kind::Moment => "moment".to_owned(),
        Kind::Bytes => "bytes".to_owned(),
        Kind::Anything => "anything".to_owned(),
        Kind::Structure(_) => "structure".to_owned(),
        Kind::List(_) => "list".to_owned(),
        Kind::Map(_) => "map".to_owned(),
    };
    let end = |end: Option<f64>| end.map(|end| end.to_string()).unwrap_or_default();
    let range = match (shape.range.least, shape.range.most) {
        (None, None) => String::new(),
        (least, most) => format!(" {}..{}", end(least), end(most)),
    };
    let pattern = shape.pattern.map(|pattern| format!(" like {pattern}")).unwrap_or_default();
    format!("{kind}{range}{pattern}")
}

#[cfg(test)]
mod tests {
    use super::super::pack;
    use super::*;

    fn archive(services: &[(&str, &str)]) -> Archive {
        let services = services.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Archive::read(pack::archive("botocore 1", &services)).unwrap()
    }

    #[test]
    fn what_came_went_and_changed_is_told_once() {
        let before = archive(&[
            ("gone", "Gone\n\n"),
            ("lambda", "Lambda\nget - S0\nlist - S0\nold - -\n\nTimeout:n(1,900) State:e1 Old:s Inner:S0\nA|B"),
        ]);
        let after = archive(&[
            (
                "lambda",
                "Lambda\nget S2 S0\nlist - S0\nnew - -\n\nTimeout!:n(1,1800) State:e1 New:s Inner:S0\nA|B|C\nId:s",
            ),
            ("s3vectors", "S3Vectors\n\n"),
        ]);
        let told = between(&before, &after);
        assert_eq!(
            told,
            [
                "- gone",
                "+ s3vectors",
                "+ lambda:get input",
                "~ lambda:get output.Timeout: required",
                "~ lambda:get output.Timeout: number 1..900 -> number 1..1800",
                "~ lambda:get output.State: one of A|B -> one of A|B|C",
                "- lambda:get output.Old",
                "+ lambda:get output.New",
                "- lambda:old",
                "+ lambda:new",
            ]
        );
        assert_eq!(between(&after, &after), Vec::<String>::new());
    }
}
