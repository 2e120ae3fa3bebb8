//! Coverage in the form of lcov, which CI services and editors show beside a definition's lines.

use std::collections::BTreeMap;
use std::fmt::Write;

use asl::Way;
use model::document::Node;
use model::source::Source;

use super::Coverage;
use super::places::{self, places};

/// The record of one definition: a line for each state, a branch for each transition, rule, clause and outcome of a condition.
pub fn lcov(source: &Source, definition: &Node, coverage: &Coverage) -> String {
    let places = places(definition);
    let mut lines: BTreeMap<usize, u64> = BTreeMap::new();
    let mut branches: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
    for (decision, _) in &coverage.all {
        let Some(offset) = places.get(decision) else { continue };
        let line = source.position(*offset).line;
        let count = coverage.count(decision);
        if decision.way == Way::Entered {
            *lines.entry(line).or_default() += count;
        } else {
            branches.entry(line).or_default().push(count);
        }
    }
    let conditions = places::conditions(definition);
    for condition in coverage.conditions() {
        let key = (condition.state.to_string(), condition.expression.clone());
        let Some(offset) = conditions.get(&key) else { continue };
        let count = u64::from(coverage.has_taken(condition));
        branches.entry(source.position(*offset).line).or_default().push(count);
    }
    let mut text = format!("TN:\nSF:{}\n", source.file);
    for (line, counts) in &branches {
        for (branch, count) in counts.iter().enumerate() {
            // Writing to a string can't fail.
            let _ = writeln!(text, "BRDA:{line},0,{branch},{count}");
        }
    }
    let all: Vec<u64> = branches.into_values().flatten().collect();
    let taken = all.iter().filter(|count| **count > 0).count();
    let _ = writeln!(text, "BRF:{}\nBRH:{taken}", all.len());
    for (line, count) in &lines {
        let _ = writeln!(text, "DA:{line},{count}");
    }
    let hit = lines.values().filter(|count| **count > 0).count();
    let _ = writeln!(text, "LF:{}\nLH:{hit}\nend_of_record", lines.len());
    text
}
