//! Measured figures, and what they are measured on.

use crate::build;
use crate::failure::Failure;
use std::fs;
use std::path::{Path, PathBuf};

/// One measured figure, its bar and their ratio.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) what: &'static str,
    pub(super) measured: f64,
    pub(super) bar: Option<f64>,
    pub(super) unit: &'static str,
}

/// The program to measure: the one that is named, or the one that is built first.
pub(super) fn program(named: Option<&str>) -> Result<PathBuf, Failure> {
    match named {
        Some(named) => fs::canonicalize(named).map_err(|error| Failure::file(Path::new(named), &error)),
        None => build::run(),
    }
}

/// What a process has used of the processors so far, in seconds: 100 ticks each.
pub(super) fn cpu_seconds(pid: &str) -> Result<f64, Failure> {
    let path = PathBuf::from(format!("/proc/{pid}/stat"));
    let text = fs::read_to_string(&path).map_err(|error| Failure::file(&path, &error))?;
    // What follows the name, which may have spaces: the state is the third field, user and system time the 14th and 15th.
    let after_name = text.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    let ticks: f64 = after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    Ok(ticks / 100.0)
}

/// The figures below each other.
pub(super) fn table(figures: &[Figure]) -> String {
    let width = figures.iter().map(|figure| figure.what.len()).max().unwrap_or_default();
    let line = |figure: &Figure| {
        let Figure { what, measured, bar, unit } = figure;
        let held = bar.map(|bar| format!("  bar {bar:>5} {unit:3}  ratio {:.2}", measured / bar)).unwrap_or_default();
        format!("{what:width$}  {measured:>8.2} {unit:3}{held}")
    };
    figures.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_stands_beside_its_bar() {
        let figures = [
            Figure { what: "one", measured: 2.5, bar: Some(5.0), unit: "ms" },
            Figure { what: "other", measured: 1.0, bar: None, unit: "MiB" },
        ];
        assert_eq!(table(&figures), "one        2.50 ms   bar     5 ms   ratio 0.50\nother      1.00 MiB");
    }
}
