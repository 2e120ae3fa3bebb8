//! Where a definition's text has its states, rules and clauses.

use std::collections::BTreeMap;

use asl::{Decision, Way};
use model::document::{Content, Node};

/// The byte of the text at which each state is written, and each of its ways.
pub(super) fn places(definition: &Node) -> BTreeMap<Decision, usize> {
    let mut places = BTreeMap::new();
    let mut open = vec![definition];
    while let Some(flow) = open.pop() {
        let Some(Content::Table(states)) = flow.member("States").map(|member| &member.value.content) else { continue };
        for state in states {
            let name: std::sync::Arc<str> = state.key.as_str().into();
            let mut put = |way, offset| places.insert(Decision { state: std::sync::Arc::clone(&name), way }, offset);
            put(Way::Entered, state.key_span.start);
            for (field, way) in [("Next", Way::Next), ("Default", Way::Default)] {
                state.value.member(field).map(|member| put(way, member.key_span.start));
            }
            for field in ["Choices", "Retry", "Catch"] {
                for (index, item) in items(&state.value, field).iter().enumerate() {
                    put(way(field, index), item.span.start);
                }
            }
            open.extend(items(&state.value, "Branches"));
            open.extend(["ItemProcessor", "Iterator"].iter().filter_map(|it| Some(&state.value.member(it)?.value)));
        }
    }
    places
}

/// The byte of the text at which each expression of a state begins, by state and expression; the first where a state has it
/// several times.
pub(super) fn conditions(definition: &Node) -> BTreeMap<(String, String), usize> {
    let mut found = BTreeMap::new();
    let mut open = vec![definition];
    while let Some(flow) = open.pop() {
        let Some(Content::Table(states)) = flow.member("States").map(|member| &member.value.content) else { continue };
        for state in states {
            let mut inside = vec![&state.value];
            while let Some(node) = inside.pop() {
                match &node.content {
                    Content::Table(_) if node.member("States").is_some() => open.push(node),
                    Content::Table(members) => inside.extend(members.iter().map(|member| &member.value)),
                    Content::List(items) => inside.extend(items),
                    _ => {
                        let value = node.value();
                        let text = value.as_str().and_then(|text| text.strip_prefix("{%")?.strip_suffix("%}"));
                        if let Some(text) = text {
                            let key = (state.key.clone(), text.trim().to_owned());
                            let first = found.entry(key).or_insert(node.span.start);
                            *first = node.span.start.min(*first);
                        }
                    }
                }
            }
        }
    }
    found
}

/// What the item of a list of a state is.
fn way(field: &str, index: usize) -> Way {
    match field {
        "Choices" => Way::Rule(index),
        "Retry" => Way::Retry(index),
        _ => Way::Catch(index),
    }
}

fn items<'n>(node: &'n Node, field: &str) -> &'n [Node] {
    match node.member(field).map(|member| &member.value.content) {
        Some(Content::List(items)) => items,
        _ => &[],
    }
}
