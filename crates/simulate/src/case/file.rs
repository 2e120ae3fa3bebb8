//! Reads a test file: every case in it, and everything that is wrong, each with its place.

use std::collections::BTreeSet;

use jiff::Timestamp;
use model::document::{Content, Document, Node};
use model::source::{ModelError, Source};
use serde_json::{Map, Value};

use super::data::{DataReader, ReadFile};
use super::parts::{Case, Expectation, Located, MachineChoice, StateMocks, Stop};
use super::section::{Report, Section};
use super::{expect, mocks, rows};

/// The virtual time at which an execution starts that names none: 2026-01-01T00:00:00Z, in seconds since 1970.
const START_S: i64 = 1_767_225_600;

/// The virtual time at which an execution starts that names none.
pub(crate) fn default_start() -> Option<Timestamp> {
    Timestamp::from_second(START_S).ok()
}

/// The types of state machines.
pub(super) const TYPES: [(&str, bool); 2] = [("STANDARD", false), ("EXPRESS", true)];

/// A test file, read.
#[derive(Clone, Debug)]
pub struct TestFile {
    /// Its text.
    pub source: Source,
    /// Its cases, in order.
    pub cases: Vec<Case>,
}

/// What the file says for all its cases.
struct Shared {
    machine: Option<MachineChoice>,
    start: Option<Timestamp>,
    seed: Option<u64>,
    mocks: std::collections::BTreeMap<String, StateMocks>,
}

impl TestFile {
    /// Reads a file in TOML, YAML or JSON, as its name says. `read` gives the files that it names, by their paths from its own
    /// folder, or says why they can't be read.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the file, with line and column.
    pub fn parse(source: Source, read: ReadFile<'_>) -> Result<Self, Vec<ModelError>> {
        let document = Document::parse_data(&source).map_err(|error| {
            vec![
                source
                    .error_at(error.offset, format!("The file is not valid: {}.", error.message))
                    .with_hint(error.hint),
            ]
        })?;
        let report = Report::default();
        for repeated in &document.repeated {
            let message = format!("`{}` is there twice.", repeated.key);
            report.add(source.error_at(repeated.span.start, message).with_hint("Delete one of them."));
        }
        let cases = cases(&source, &report, &document.root, read);
        let errors = report.into_errors();
        if errors.is_empty() { Ok(Self { source, cases }) } else { Err(errors) }
    }
}

fn cases(source: &Source, report: &Report, root: &Node, read: ReadFile<'_>) -> Vec<Case> {
    let Some(mut section) = Section::of(source, report, String::new(), root) else { return Vec::new() };
    // Editors find the schema by it.
    section.take("$schema");
    let mut data = DataReader::new(source, report, read);
    if let Some(fixtures) = section.section("fixtures") {
        fixtures.members().iter().for_each(|member| data.add_fixture(member));
    }
    let shared = Shared {
        machine: machine(&mut section),
        start: section.moment("start"),
        seed: section.whole("seed").map(|seed| seed.value),
        mocks: section.section("mocks").map(|section| mocks::mocks(&section, &data, true)).unwrap_or_default(),
    };
    let written = section.list("cases").unwrap_or_default();
    let has_cases = section.has("cases");
    section.finish();
    if !has_cases {
        report.add(source.error_at(0, "The file has no `cases`.").with_hint("Begin each with [[cases]]."));
    }
    let mut names = BTreeSet::new();
    let mut cases = Vec::new();
    for node in written {
        for expanded in expanded(source, report, node) {
            let Some(case) = case(source, report, &expanded, &shared, &data) else { continue };
            if !names.insert(case.name.clone()) {
                let message = format!("There are two cases `{}`.", case.name);
                report.add(source.error_at(expanded.span.start, message).with_hint("Give each a name of its own."));
            }
            cases.push(case);
        }
    }
    cases
}

/// The cases that a case stands for: itself, or one for each of its rows.
fn expanded(source: &Source, report: &Report, case: &Node) -> Vec<Node> {
    let Some(member) = case.member("rows") else { return vec![case.clone()] };
    let Content::List(rows) = &member.value.content else {
        report.add(source.error_at(member.value.span.start, "`cases.rows` must be a list of tables."));
        return Vec::new();
    };
    if rows.is_empty() {
        report.add(source.error_at(member.value.span.start, "`cases.rows` is empty."));
    }
    for row in rows {
        if let Some(mut section) = Section::of(source, report, "cases.rows".to_owned(), row) {
            for key in ["name", "input", "start", "seed", "mocks", "expect"] {
                section.take(key);
            }
            section.finish();
        }
    }
    let tables = rows.iter().enumerate().filter(|(_, row)| matches!(row.content, Content::Table(_)));
    tables.map(|(index, row)| named(rows::laid_over(case, row), case, row, index)).collect()
}

/// A row is named after its case and itself, or its number.
fn named(mut laid: Node, case: &Node, row: &Node, index: usize) -> Node {
    let name = |node: &Node| node.member("name").and_then(|member| member.value.value().as_str().map(str::to_owned));
    let own = name(row).unwrap_or_else(|| (index + 1).to_string());
    if let (Some(name), Content::Table(members)) = (name(case), &mut laid.content)
        && let Some(member) = members.iter_mut().find(|member| member.key == "name")
    {
        member.value.content = Content::Scalar(format!("{name}: {own}").into());
    }
    laid
}

fn case(source: &Source, report: &Report, node: &Node, shared: &Shared, data: &DataReader<'_>) -> Option<Case> {
    let mut section = Section::of(source, report, "cases".to_owned(), node)?;
    let name = section.text("name");
    if !section.has("name") {
        section.refuse(section.offset(), "The case has no `name`.", "Say in a sentence what holds.");
    }
    let machine = machine(&mut section).or_else(|| shared.machine.clone()).unwrap_or(MachineChoice::Only);
    let input = match section.take("input") {
        Some(node) => data.value(node),
        None => Some(Value::Object(Map::new())),
    };
    let start = section.moment("start").or(shared.start).or_else(default_start);
    let seed = section.whole("seed").map(|seed| seed.value).or(shared.seed);
    let stop = section.section("stop").map(stop);
    let mut all_mocks = shared.mocks.clone();
    if let Some(section) = section.section("mocks") {
        all_mocks.extend(mocks::mocks(&section, data, false));
    }
    let expect = section.section("expect").map_or_else(Expectation::default, |it| expect::expectation(it, data));
    // Rows were taken apart before.
    section.take("rows");
    section.finish();
    let line = source.position(node.span.start).line;
    Some(Case { name: name?.value, line, machine, input: input?, start: start?, seed, stop, mocks: all_mocks, expect })
}

fn stop(mut section: Section<'_>) -> Stop {
    let after = section.duration("after").unwrap_or_default();
    let text = |text: Option<Located<String>>| text.map(|text| text.value);
    let error = text(section.text("error"));
    let cause = text(section.text("cause"));
    section.finish();
    Stop { after, error, cause }
}

fn machine(section: &mut Section<'_>) -> Option<MachineChoice> {
    let named = section.text("machine");
    let definition = section.text("definition");
    let is_express = section.word("type", &TYPES);
    match (named, definition) {
        (Some(named), None) => Some(MachineChoice::Named(named)),
        (None, Some(file)) => Some(MachineChoice::Definition { file, is_express: is_express.unwrap_or_default() }),
        (Some(named), Some(_)) => {
            section.refuse(named.offset, "There are a `machine` and a `definition`.", "Keep one of them.");
            None
        }
        (None, None) => None,
    }
}
