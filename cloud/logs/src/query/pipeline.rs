//! A query at work: rows go in one by one, newest first; results come out.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use super::aggregate::{Aggregate, Gathered};
use super::command::{Command, MOST_ROWS, Named, Query};
use super::expression::Expression;
use super::record::Record;
use super::row::{QueryRow, Row};
use super::value::Value;

/// How much of memory the rows of a query may take.
const ROWS_BYTES: usize = 64 << 20;

/// A query that takes in events.
pub(crate) struct Pipeline {
    /// What is done to each row as it comes.
    first: Vec<Command>,
    /// What is done when all have come.
    rest: Vec<Command>,
    /// The names that results have, in order.
    columns: Vec<String>,
    kept: Kept,
    size_bytes: usize,
    /// How many rows came through the first commands.
    pub(crate) matched: u64,
}

/// What is kept of the rows.
enum Kept {
    /// The rows themselves, so many at most where the first ones are enough.
    Rows { rows: Vec<Row>, most: usize },
    /// Groups, by the values of `by`.
    Groups { aggregates: Vec<(String, Aggregate)>, by: Vec<Named>, groups: Groups },
}

type Groups = BTreeMap<Vec<Option<String>>, (Vec<Value>, Vec<Gathered>)>;

/// A query whose rows take too much of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the rows of the query take more than {} MiB", ROWS_BYTES >> 20)]
pub(crate) struct TooLarge;

impl Pipeline {
    /// The query, which gives so many rows at most.
    pub(crate) fn new(query: &Query, limit: Option<usize>) -> Self {
        let columns = columns(&query.commands);
        let is_of_one_row = |command: &Command| {
            matches!(command, Command::Fields(_) | Command::Display(_) | Command::Filter(_) | Command::Parse { .. })
        };
        let split = query.commands.iter().position(|command| !is_of_one_row(command)).unwrap_or(query.commands.len());
        let (first, rest) = query.commands.split_at(split);
        let mut rest = rest.to_vec();
        rest.push(Command::Limit(limit.unwrap_or(MOST_ROWS).min(MOST_ROWS)));
        let kept = match rest.first().cloned() {
            Some(Command::Stats { aggregates, by }) => {
                rest.remove(0);
                Kept::Groups { aggregates, by, groups: Groups::new() }
            }
            Some(Command::Limit(most)) => Kept::Rows { rows: Vec::new(), most },
            _ => Kept::Rows { rows: Vec::new(), most: usize::MAX },
        };
        Self { first: first.to_vec(), rest, columns, kept, size_bytes: 0, matched: 0 }
    }

    /// Takes an event in; breaks when no further one is wanted.
    ///
    /// # Errors
    /// When there is no room for it.
    pub(crate) fn take(&mut self, record: Record) -> Result<ControlFlow<()>, TooLarge> {
        let mut row = Row { record: Some(Arc::new(record)), computed: BTreeMap::new() };
        for command in &self.first {
            if !goes_on(command, &mut row) {
                return Ok(ControlFlow::Continue(()));
            }
        }
        self.matched += 1;
        let (added_bytes, is_full) = self.kept.take(row);
        self.size_bytes += added_bytes;
        if self.size_bytes > ROWS_BYTES {
            return Err(TooLarge);
        }
        Ok(if is_full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    /// The results.
    pub(crate) fn results(self) -> Vec<QueryRow> {
        let rows = self.rest.iter().fold(self.kept.rows(), after);
        rows.iter().map(|row| row.shown(&self.columns)).collect()
    }
}

impl Kept {
    /// Takes a row; tells how many bytes that takes, and whether no more are wanted.
    fn take(&mut self, row: Row) -> (usize, bool) {
        match self {
            Self::Rows { rows, most } => {
                let size_bytes = row.record.as_ref().map_or(0, |record| record.size_bytes());
                rows.push(row);
                (size_bytes, rows.len() == *most)
            }
            Self::Groups { aggregates, by, groups } => (gather(groups, aggregates, by, &row), false),
        }
    }

    fn rows(self) -> Vec<Row> {
        match self {
            Self::Rows { rows, .. } => rows,
            Self::Groups { aggregates, by, groups } => grouped(groups, &aggregates, &by),
        }
    }
}

/// What the results of these commands are called: what the last `display` or `stats` names, else all `fields`.
fn columns(commands: &[Command]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    let mut is_fixed = false;
    for command in commands {
        match command {
            Command::Fields(fields) if !is_fixed => columns.extend(fields.iter().map(|field| field.name.clone())),
            Command::Display(fields) => {
                columns = fields.iter().map(|field| field.name.clone()).collect();
                is_fixed = true;
            }
            Command::Stats { aggregates, by } => {
                let groups = by.iter().map(|named| named.name.clone());
                columns = groups.chain(aggregates.iter().map(|(name, _)| name.clone())).collect();
                is_fixed = false;
            }
            _ => {}
        }
    }
    if columns.is_empty() {
        return ["@timestamp", "@message"].map(str::to_owned).to_vec();
    }
    let mut seen = BTreeSet::new();
    columns.retain(|name| seen.insert(name.clone()));
    columns
}

/// What a command makes of one row; whether the row goes on.
fn goes_on(command: &Command, row: &mut Row) -> bool {
    match command {
        Command::Fields(fields) | Command::Display(fields) => {
            for field in fields
                .iter()
                .filter(|field| !matches!(&field.expression, Expression::Field(name) if *name == field.name))
            {
                let value = field.expression.of(row);
                row.computed.insert(field.name.clone(), value);
            }
            true
        }
        Command::Filter(condition) => condition.of(row).is_true(),
        Command::Parse { of, by } => {
            if let Some(text) = of.of(row).text() {
                by.extract(&text, &mut row.computed);
            }
            true
        }
        _ => true,
    }
}

/// What a command makes of all rows.
fn after(mut rows: Vec<Row>, command: &Command) -> Vec<Row> {
    match command {
        Command::Stats { aggregates, by } => {
            let mut groups = Groups::new();
            for row in &rows {
                gather(&mut groups, aggregates, by, row);
            }
            grouped(groups, aggregates, by)
        }
        Command::Sort(keys) => {
            rows.sort_by_cached_key(|row| SortKey {
                parts: keys.iter().map(|(key, is_descending)| (key.of(row), *is_descending)).collect(),
            });
            rows
        }
        Command::Limit(limit) => {
            rows.truncate(*limit);
            rows
        }
        Command::Dedup(fields) => {
            let mut seen = BTreeSet::new();
            rows.retain(|row| seen.insert(fields.iter().map(|field| field.of(row).text()).collect::<Vec<_>>()));
            rows
        }
        of_one => {
            rows.retain_mut(|row| goes_on(of_one, row));
            rows
        }
    }
}

/// Puts a row to its group; tells how many bytes that takes.
fn gather(groups: &mut Groups, aggregates: &[(String, Aggregate)], by: &[Named], row: &Row) -> usize {
    let values: Vec<Value> = by.iter().map(|named| named.expression.of(row)).collect();
    let key: Vec<Option<String>> = values.iter().map(Value::text).collect();
    let mut size_bytes = 0;
    let (_, gathered) = groups.entry(key).or_insert_with_key(|key| {
        size_bytes = 256 * (1 + aggregates.len()) + key.iter().flatten().map(String::len).sum::<usize>();
        (values, vec![Gathered::default(); aggregates.len()])
    });
    for (gathered, (_, aggregate)) in gathered.iter_mut().zip(aggregates) {
        size_bytes += gathered.take(aggregate, row);
    }
    size_bytes
}

fn grouped(groups: Groups, aggregates: &[(String, Aggregate)], by: &[Named]) -> Vec<Row> {
    let row = |(values, gathered): (Vec<Value>, Vec<Gathered>)| {
        let mut computed: BTreeMap<String, Value> = by.iter().map(|named| named.name.clone()).zip(values).collect();
        let worked_out = gathered.into_iter().zip(aggregates);
        computed.extend(worked_out.map(|(gathered, (name, aggregate))| (name.clone(), gathered.value(aggregate.kind))));
        Row { record: None, computed }
    };
    groups.into_values().map(row).collect()
}

/// What rows are sorted by; what is absent comes last.
struct SortKey {
    parts: Vec<(Value, bool)>,
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        let parts = self.parts.iter().zip(&other.parts);
        let orders = parts.map(|((left, is_descending), (right, _))| match (left, right) {
            (Value::Absent, Value::Absent) => Ordering::Equal,
            (Value::Absent, _) => Ordering::Greater,
            (_, Value::Absent) => Ordering::Less,
            _ => {
                let order = ordered(left, right);
                if *is_descending { order.reverse() } else { order }
            }
        });
        orders.fold(Ordering::Equal, Ordering::then)
    }
}

/// Numbers by their size, then texts: an order for all values, which a comparison of two is not.
fn ordered(left: &Value, right: &Value) -> Ordering {
    match (left.number(), right.number()) {
        (Some(left), Some(right)) => left.total_cmp(&right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.text().cmp(&right.text()),
    }
}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for SortKey {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for SortKey {}
