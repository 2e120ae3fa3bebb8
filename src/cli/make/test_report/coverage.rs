//! What the cases cover of the machines that they run: a table, and lcov.

use crate::cli::make::test::machines::Machine;
use crate::cli::make::test::runner::CaseResult;
use crate::cli::make::test::suite::Suite;
use crate::cli::ui::table::columns;
use model::document::Node;
use model::source::Source;
use serde_json::Value;
use simulate::{Count, Coverage, Missed, Part, Summary, lcov};

/// So many of the things that no case took are listed by name.
const LISTED: usize = 12;

/// The coverage of every machine that some case ran.
pub(in crate::cli::make) struct Covered {
    pub(in crate::cli::make) machines: Vec<CoveredMachine>,
}

/// The coverage of one machine.
pub(in crate::cli::make) struct CoveredMachine {
    pub(in crate::cli::make) name: String,
    pub(in crate::cli::make) coverage: Coverage,
    source: Source,
    definition: Node,
}

impl CoveredMachine {
    /// The definition as it is written.
    pub(in crate::cli::make) fn definition(&self) -> Value {
        self.definition.value()
    }

    fn of(machine: &Machine, results: &[CaseResult]) -> Option<Self> {
        let mut coverage = Coverage::of(&machine.subject);
        let own: Vec<&CaseResult> = results.iter().filter(|result| result.machine == machine.name).collect();
        if own.is_empty() {
            return None;
        }
        own.iter().for_each(|result| coverage.add_decisions(&result.decisions, &result.conditions));
        let source = machine.source.clone();
        Some(Self { name: machine.name.clone(), coverage, source, definition: machine.definition.clone() })
    }
}

impl Covered {
    pub(in crate::cli::make) fn of(suite: &Suite, results: &[CaseResult]) -> Self {
        let machines = suite.machines.known.values().filter_map(|machine| CoveredMachine::of(machine, results));
        Self { machines: machines.collect() }
    }

    /// All machines and parts together.
    pub(in crate::cli::make) fn total(&self) -> Count {
        let summaries = self.machines.iter().map(|machine| machine.coverage.summary());
        summaries.fold(Summary::default(), |sum, summary| sum.plus(&summary)).total()
    }

    /// The records of all machines.
    pub(in crate::cli::make) fn lcov(&self) -> String {
        self.machines.iter().map(|machine| lcov(&machine.source, &machine.definition, &machine.coverage)).collect()
    }

    /// A row for each machine.
    pub(in crate::cli::make) fn table(&self) -> String {
        let rows = self.machines.iter().map(|machine| {
            let summary = machine.coverage.summary();
            let cell = |part: Part| match summary.parts.get(&part) {
                Some(count) => format!("{}/{}", count.taken, count.all),
                None => "-".to_owned(),
            };
            let [states, transitions, rules, retries, catches, conditions] = Part::ALL.map(cell);
            let total = format!("{:.0}%", summary.total().percent());
            [machine.name.clone(), states, transitions, rules, retries, catches, conditions, total]
        });
        columns(["COVERAGE", "STATES", "TRANSITIONS", "RULES", "RETRIES", "CATCHES", "CONDITIONS", ""], rows.collect())
    }

    /// What no case took, a line each; only the first few unless all are wanted.
    pub(in crate::cli::make) fn missed(&self, all: bool) -> Vec<String> {
        let missed = self.machines.iter().flat_map(|machine| {
            let name = machine.name.as_str();
            machine.coverage.missed().into_iter().map(move |missed| format!("{name}: {}", line(&missed)))
        });
        let mut lines: Vec<String> = missed.collect();
        if !all && lines.len() > LISTED {
            let more = lines.len() - LISTED;
            lines.truncate(LISTED);
            lines.push(format!("and {more} more; `--verbose` lists all"));
        }
        lines
    }
}

fn line(missed: &Missed) -> String {
    let Missed { state, part, what, leads_to } = missed;
    match part {
        Part::States => format!("`{state}` is never entered"),
        Part::Retries => format!("`{state}` {what} never tries again"),
        Part::Catches => format!("`{state}` {what} never catches, to `{leads_to}`"),
        Part::Conditions => format!("`{state}`: a condition of {{% {what} %}} is never {leads_to}"),
        Part::Transitions | Part::Rules => format!("`{state}` {what} is never taken, to `{leads_to}`"),
    }
}
