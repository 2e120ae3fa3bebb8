//! Tests of layouts: nothing overlaps, and the same definition gives the same picture.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

/// A machine of so many states; each number draws a transition.
fn machine(count: usize, draws: &[(u8, u16, u16)]) -> Value {
    let name = |number: usize| format!("State{}", number % count);
    let mut states = Map::new();
    for number in 0..count {
        let (kind, a, b) = draws.get(number).copied().unwrap_or((0, 1, 1));
        let target = |by: u16| name(number + usize::from(by));
        let next = name(number + 1);
        let inner =
            json!({"StartAt": format!("In{number}"), "States": {format!("In{number}"): {"Type": "Pass", "End": true}}});
        let state = match kind % 6 {
            0 => json!({"Type": "Pass", "Next": next}),
            1 => json!({"Type": "Choice", "Choices": [
                {"Variable": "$.a", "NumericEquals": 1, "Next": target(a)},
                {"Variable": "$.b", "NumericEquals": 1, "Next": target(b)}], "Default": next}),
            2 => {
                json!({"Type": "Task", "Resource": "r", "Next": next, "Catch": [{"ErrorEquals": ["E"], "Next": target(a)}]})
            }
            3 => json!({"Type": "Parallel", "Branches": [inner], "Next": next}),
            4 => json!({"Type": "Task", "Resource": "r", "End": true}),
            _ => json!({"Type": "Fail"}),
        };
        states.insert(name(number), state);
    }
    json!({"StartAt": name(0), "States": states})
}

fn overlap(a: Rect, b: Rect) -> bool {
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

fn check(layout: &Layout, graph: &Graph) {
    let inside = |rect: Rect| {
        rect.x >= 0 && rect.y >= 0 && rect.x + rect.width <= layout.width && rect.y + rect.height <= layout.height
    };
    assert_eq!(layout.states.len(), graph.states.len());
    let leaves =
        layout.states.iter().filter(|place| graph.states[place.state].inner.is_empty()).map(|place| place.rect);
    let labels = layout.labels.iter().map(|label| label.rect);
    let all: Vec<Rect> = leaves.chain(labels).collect();
    for (at, rect) in all.iter().enumerate() {
        assert!(inside(*rect), "{rect:?} of {}x{}", layout.width, layout.height);
        for other in &all[..at] {
            assert!(!overlap(*rect, *other), "{rect:?} {other:?}");
        }
    }
    for region in &layout.regions {
        assert!(inside(*region), "{region:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn nothing_overlaps(count in 1_usize..40, draws in prop::collection::vec((any::<u8>(), any::<u16>(), any::<u16>()), 40)) {
        let graph = Graph::read(&machine(count, &draws));
        let layout = graph.layout();
        check(&layout, &graph);
        prop_assert_eq!(&graph.layout(), &layout);
    }
}

#[test]
fn a_choice_with_twenty_rules_is_broken_into_rows() {
    let mut states = Map::new();
    let rules: Vec<Value> = (0..20)
        .map(|number| json!({"Variable": "$.country", "StringEquals": format!("C{number}"), "Next": format!("Handle country {number}")}))
        .collect();
    states.insert("Which".to_owned(), json!({"Type": "Choice", "Choices": rules, "Default": "Unknown"}));
    for number in 0..20 {
        states.insert(format!("Handle country {number}"), json!({"Type": "Task", "Resource": "r", "Next": "Done"}));
    }
    states.insert("Unknown".to_owned(), json!({"Type": "Fail"}));
    states.insert("Done".to_owned(), json!({"Type": "Succeed"}));
    let graph = Graph::read(&json!({"StartAt": "Which", "States": states}));
    let layout = graph.layout();
    check(&layout, &graph);
    assert!(layout.width < 2_400, "{}", layout.width);
}

#[test]
fn what_is_nested_lies_inside() {
    let inner = json!({"StartAt": "C", "States": {"C": {"Type": "Pass", "End": true}}});
    let map = json!({"StartAt": "M", "States": {"M": {"Type": "Map", "ItemProcessor": inner, "End": true}}});
    let graph =
        Graph::read(&json!({"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": [map], "End": true}}}));
    let layout = graph.layout();
    let [outer, middle, inner] = layout.states.as_slice() else { panic!("{layout:?}") };
    for (outside, inside) in [(outer.rect, middle.rect), (middle.rect, inner.rect)] {
        assert!(outside.x < inside.x && outside.x + outside.width > inside.x + inside.width, "{layout:?}");
        assert!(outside.y < inside.y && outside.y + outside.height > inside.y + inside.height, "{layout:?}");
    }
}

#[test]
fn a_long_way_is_named_instead_of_drawn() {
    let mut states = Map::new();
    for number in 0..100 {
        let catch = json!([{"ErrorEquals": ["States.ALL"], "Next": "Handler"}]);
        states.insert(
            format!("S{number}"),
            json!({"Type": "Task", "Resource": "r", "Next": format!("S{}", number + 1), "Catch": catch}),
        );
    }
    states.insert("S100".to_owned(), json!({"Type": "Pass", "Next": "Handler"}));
    states.insert("Handler".to_owned(), json!({"Type": "Fail"}));
    let graph = Graph::read(&json!({"StartAt": "S0", "States": states}));
    let layout = graph.layout();
    check(&layout, &graph);
    assert!(layout.labels.iter().any(|label| label.full == "any error ↓ Handler"), "{:?}", layout.labels);
}
