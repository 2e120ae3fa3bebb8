//! Pictures of the machines with what the cases did not reach: in the terminal, or as SVG files.

use std::path::{Path, PathBuf};

use graph::{Graph, Statuses, SvgStyle};

use super::coverage::{Covered, CoveredMachine};
use super::write;
use crate::cli::error::CliError;
use crate::cli::history::outline::outline;
use crate::cli::ui::{Tone, Ui, toned, visible};

/// Draws every machine that some case ran: into `file`, or in the terminal where that is `-`.
///
/// # Errors
/// A file can't be written.
pub(in crate::cli::make) fn draw(covered: &Covered, file: &Path, ui: &Ui) -> Result<(), CliError> {
    for machine in &covered.machines {
        let definition = machine.definition();
        let statuses = statuses(machine);
        if file == Path::new("-") {
            // With `--json` the results are one value on stdout.
            if !ui.is_json() {
                ui.result(format!("\n{}", toned(Tone::Strong, visible(&machine.name))))?;
                ui.result(outline(&definition, Some(&statuses), ui.width()))?;
            }
            continue;
        }
        let graph = Graph::read(&definition);
        let svg = graph.layout().svg(&graph, Some(&statuses), SvgStyle::Embedded);
        let file = if covered.machines.len() == 1 { file.to_owned() } else { named(file, &machine.name) };
        write(&file, &svg)?;
        ui.note(format!("{} has the picture of {}.", file.display(), visible(&machine.name)));
    }
    Ok(())
}

fn statuses(machine: &CoveredMachine) -> Statuses {
    Statuses::covered(machine.coverage.states())
}

/// The file for one machine of several: `cover.svg` becomes `cover-order.svg`.
fn named(file: &Path, machine: &str) -> PathBuf {
    let plain: String = machine.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    file.with_file_name(format!("{stem}-{plain}.svg"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_several_machines_has_a_file() {
        assert_eq!(named(Path::new("out/cover.svg"), "order/a"), Path::new("out/cover-order-a.svg"));
    }
}
