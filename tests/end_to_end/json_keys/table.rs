//! The table of JSON keys in docs/commands.md. A name in backticks is a key, `"a word"` a value, and `as X prints it` stands for
//! the keys of the row X.

use std::collections::BTreeSet;

use crate::support::project;

/// What the table says of a command, or of several that print alike.
#[derive(Debug)]
pub struct Row {
    /// The commands, or `a failure`.
    pub commands: Vec<String>,
    pub keys: BTreeSet<String>,
    /// The rows whose keys may come too.
    pub like: Vec<String>,
}

/// Every row.
pub fn rows() -> Vec<Row> {
    let text = std::fs::read_to_string(project().join("docs/commands.md")).expect("the page");
    let (_, section) = text.split_once("\n## JSON\n").expect("the section");
    let section = section.split("\n## ").next().expect("its text");
    let lines = section.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    let cells: Vec<(Vec<String>, &str)> = lines
        .skip(1)
        .filter(|(first, _)| !first.starts_with("---"))
        .map(|(first, keys)| (names(first), keys))
        .collect();
    let known: BTreeSet<&String> = cells.iter().flat_map(|(commands, _)| commands).collect();
    let row = |(commands, text): &(Vec<String>, &str)| {
        let mut keys = BTreeSet::new();
        let mut like = Vec::new();
        let mut before = "";
        for (at, part) in text.split('`').enumerate() {
            let refers = before.ends_with("as ") || before.ends_with("of ");
            match part {
                _ if at % 2 == 0 => before = part,
                _ if refers && known.contains(&part.to_owned()) => like.push(part.to_owned()),
                _ if is_key(part) => drop(keys.insert(part.to_owned())),
                _ => {}
            }
        }
        Row { commands: commands.clone(), keys, like }
    };
    cells.iter().map(row).collect()
}

/// The commands of a row's first cell.
fn names(cell: &str) -> Vec<String> {
    let quoted: Vec<String> = cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    if quoted.is_empty() { vec![cell.split(',').next().unwrap_or_default().to_owned()] } else { quoted }
}

/// Neither a value in quotes nor an option nor a command of several words.
fn is_key(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_alphabetic()) && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
