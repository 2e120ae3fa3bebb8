//! Rows: the cases that a case stands for, each with its own values over those that they share.

use model::document::{Content, Member, Node};

use super::data::NAMING;

/// The case with a row over it. A row's `input` is laid over the case's member by member; of `mocks` and `expect` it
/// replaces what it names itself; anything else is replaced.
pub(super) fn laid_over(case: &Node, row: &Node) -> Node {
    let merged = overlaid(case, row, |key, under, over| match key {
        "input" => deep(under, over),
        "mocks" | "expect" => overlaid(under, over, |_, _, over| over.clone()),
        _ => over.clone(),
    });
    let Content::Table(members) = merged.content else {
        return merged;
    };
    let members = members.into_iter().filter(|member| member.key != "rows").collect();
    Node { span: row.span.clone(), content: Content::Table(members) }
}

/// Objects member by member, at any depth; anything else is replaced, also by an object that names a fixture or a file.
fn deep(under: &Node, over: &Node) -> Node {
    if let Content::Table(members) = &over.content
        && members.iter().any(|member| NAMING.contains(&member.key.as_str()))
    {
        return over.clone();
    }
    overlaid(under, over, |_, under, over| deep(under, over))
}

fn overlaid(under: &Node, over: &Node, both: impl Fn(&str, &Node, &Node) -> Node) -> Node {
    let (Content::Table(below), Content::Table(above)) = (&under.content, &over.content) else {
        return over.clone();
    };
    let mut members: Vec<Member> = below.clone();
    for member in above {
        match members.iter_mut().find(|it| it.key == member.key) {
            Some(there) => {
                there.value = both(&member.key, &there.value, &member.value);
                there.key_span = member.key_span.clone();
            }
            None => members.push(member.clone()),
        }
    }
    Node { span: over.span.clone(), content: Content::Table(members) }
}
