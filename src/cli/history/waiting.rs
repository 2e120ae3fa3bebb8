//! When a waiting execution goes on: read from its definition, its history and the input of the Wait state. Pure.

use jiff::Timestamp;
use serde_json::Value;

use aws::history::HistoryEvent;

/// A Wait state that an execution stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// The state's name.
    pub(crate) state: String,
    /// When it ends, where that is known.
    pub(crate) until: Option<Timestamp>,
}

/// The Wait state that the last of some events (oldest first) stands in, if it does.
pub(crate) fn waiting(events: &[HistoryEvent], definition: Option<&Value>) -> Option<Waiting> {
    let (entered, begun) = open_wait(events)?;
    let state = entered.state.clone()?;
    let input: Value = serde_json::from_str(entered.input.as_deref().unwrap_or("{}")).ok()?;
    let until = definition.and_then(|definition| wait_until(definition, &state, begun, &input));
    Some(Waiting { state, until })
}

/// The newest entry into a Wait state that has no exit after it, and when its wait began: a redrive begins it again. With
/// branches side by side several may be open.
fn open_wait(events: &[HistoryEvent]) -> Option<(&HistoryEvent, Timestamp)> {
    let mut left: Vec<&str> = Vec::new();
    let mut redriven: Option<Timestamp> = None;
    for event in events.iter().rev() {
        match (event.kind.as_str(), event.state.as_deref()) {
            ("ExecutionRedriven", _) => redriven = redriven.or(Some(event.timestamp)),
            (kind, _) if is_end(kind) && redriven.is_none() => return None,
            ("WaitStateExited", Some(state)) => left.push(state),
            ("WaitStateEntered", Some(state)) => match left.iter().position(|known| *known == state) {
                Some(found) => drop(left.swap_remove(found)),
                None => return Some((event, redriven.unwrap_or(event.timestamp))),
            },
            _ => {}
        }
    }
    None
}

/// Whether an event of this type is the last of its execution.
pub(crate) fn is_end(kind: &str) -> bool {
    matches!(kind, "ExecutionSucceeded" | "ExecutionFailed" | "ExecutionAborted" | "ExecutionTimedOut")
}

/// When a Wait state ends that was entered at a moment with an input; none where only the engine can tell.
fn wait_until(definition: &Value, state: &str, entered: Timestamp, input: &Value) -> Option<Timestamp> {
    let wait = find_state(definition, state)?;
    let seen = match wait.get("InputPath") {
        Some(Value::String(path)) => at_path(input, path)?,
        Some(Value::Null) => &Value::Null,
        _ => input,
    };
    let value = |literal: &str, by_path: &str| match (wait.get(literal), wait.get(by_path)) {
        (Some(Value::String(text)), _) => match expression_path(text) {
            Some(path) => at_path(input, &path).cloned(),
            None => Some(Value::String(text.clone())),
        },
        (Some(value), _) => Some(value.clone()),
        (None, Some(path)) => at_path(seen, path.as_str()?).cloned(),
        (None, None) => None,
    };
    if let Some(moment) = value("Timestamp", "TimestampPath") {
        return moment.as_str()?.parse().ok();
    }
    let seconds = value("Seconds", "SecondsPath")?.as_f64().filter(|seconds| (0.0..4e8).contains(seconds))?;
    entered.checked_add(jiff::SignedDuration::try_from_secs_f64(seconds).ok()?).ok()
}

/// A state by name, wherever it stands: names are unique within a whole state machine.
fn find_state<'a>(definition: &'a Value, name: &str) -> Option<&'a Value> {
    let states = definition.get("States")?.as_object()?;
    states.get(name).or_else(|| {
        states.values().find_map(|state| {
            let inner = ["Iterator", "ItemProcessor"].into_iter().filter_map(|key| state.get(key));
            let branches = state.get("Branches").and_then(Value::as_array).into_iter().flatten();
            inner.chain(branches).find_map(|part| find_state(part, name))
        })
    })
}

/// The path that a JSONata expression of the simplest form spells: `{% $states.input.a.b %}` is `$.a.b`.
fn expression_path(text: &str) -> Option<String> {
    let inner = text.strip_prefix("{%")?.strip_suffix("%}")?.trim();
    let rest = inner.strip_prefix("$states.input")?;
    rest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_')).then(|| format!("${rest}"))
}

/// The value at a reference path such as `$.a['b'][0]`.
fn at_path<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let mut rest = path.trim().strip_prefix('$')?;
    let mut found = value;
    while !rest.is_empty() {
        if let Some(member) = rest.strip_prefix('.') {
            let end = member.find(['.', '[']).unwrap_or(member.len());
            found = found.get(&member[..end])?;
            rest = &member[end..];
        } else {
            let inside = rest.strip_prefix('[')?;
            let (step, after) = inside.split_once(']')?;
            let quoted = step.strip_prefix(['\'', '"']).and_then(|step| step.strip_suffix(['\'', '"']));
            found = match quoted {
                Some(member) => found.get(member)?,
                None => found.get(step.parse::<usize>().ok()?)?,
            };
            rest = after;
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(id: i64, kind: &str, state: Option<&str>, input: Option<&str>) -> HistoryEvent {
        HistoryEvent {
            id,
            previous_event_id: id - 1,
            timestamp: "2026-11-22T08:00:00Z".parse().unwrap(),
            kind: kind.to_owned(),
            state: state.map(str::to_owned),
            input: input.map(str::to_owned),
            ..HistoryEvent::default()
        }
    }

    fn until(wait: Value, input: &Value) -> Option<String> {
        let definition = json!({"States": {"P": {"Branches": [{"States": {"W": wait}}]}}});
        let entered = "2026-11-22T08:00:00Z".parse().unwrap();
        wait_until(&definition, "W", entered, input).map(|moment| moment.to_string())
    }

    #[test]
    fn all_forms_of_wait_are_understood() {
        let input = json!({"a": {"trigger_date": "2026-11-22T09:00:00.000Z", "n": [7]}});
        for (wait, moment) in [
            (json!({"TimestampPath": "$.a.trigger_date"}), Some("2026-11-22T09:00:00Z")),
            (json!({"TimestampPath": "$.trigger_date", "InputPath": "$.a"}), Some("2026-11-22T09:00:00Z")),
            (json!({"Timestamp": "2026-11-23T09:00:00Z"}), Some("2026-11-23T09:00:00Z")),
            (json!({"Timestamp": "{% $states.input.a.trigger_date %}"}), Some("2026-11-22T09:00:00Z")),
            (json!({"Timestamp": "{% $now() %}"}), None),
            (json!({"Seconds": 90}), Some("2026-11-22T08:01:30Z")),
            (json!({"SecondsPath": "$['a'].n[0]"}), Some("2026-11-22T08:00:07Z")),
            (json!({"SecondsPath": "$.a.missing"}), None),
            (json!({"Seconds": 1e300}), None),
            (json!({}), None),
        ] {
            assert_eq!(until(wait.clone(), &input).as_deref(), moment, "{wait}");
        }
    }

    #[test]
    fn the_wait_that_is_open_is_found() {
        let definition = json!({"States": {"W": {"Type": "Wait", "TimestampPath": "$.at"}}});
        let input = r#"{"at":"2026-11-22T09:00:00Z"}"#;
        let mut events =
            vec![event(1, "ExecutionStarted", None, Some(input)), event(2, "WaitStateEntered", Some("W"), Some(input))];
        let found = waiting(&events, Some(&definition)).unwrap();
        assert_eq!(found, Waiting { state: "W".to_owned(), until: "2026-11-22T09:00:00Z".parse().ok() });
        assert_eq!(waiting(&events, None).unwrap().until, None);
        events.push(event(3, "WaitStateExited", Some("W"), None));
        assert_eq!(waiting(&events, Some(&definition)), None);
        events.truncate(2);
        events.push(event(3, "ExecutionAborted", None, None));
        assert_eq!(waiting(&events, Some(&definition)), None);
    }
}
