//! What a process holds of the machine's memory, as Linux counts it.

use super::figure::Figure;
use crate::failure::Failure;
use std::fs;
use std::path::PathBuf;

/// The pages of a process at one moment, in MiB.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Memory {
    /// All that are in memory, those of the program's file too.
    pub(super) resident: f64,
    /// The same, each page divided by how many processes have it.
    pub(super) proportional: f64,
    /// Those that were written and no other process has. Pages of a program's file that was just built count too, until they
    /// are on the disk.
    pub(super) private_dirty: f64,
    /// Those of no file: the heap, the stacks, and what was written of the program's tables.
    pub(super) anonymous: f64,
}

impl Memory {
    /// Of a process, now.
    pub(super) fn of(pid: &str) -> Result<Self, Failure> {
        let file = PathBuf::from(format!("/proc/{pid}/smaps_rollup"));
        let text = fs::read_to_string(&file).map_err(|error| Failure::file(&file, &error))?;
        let field = |name| field_mib(&text, name).ok_or_else(|| missing(&file, name));
        Ok(Self {
            resident: field("Rss:")?,
            proportional: field("Pss:")?,
            private_dirty: field("Private_Dirty:")?,
            anonymous: field("Anonymous:")?,
        })
    }

    /// One figure for each, the first beside a bar.
    pub(super) fn figures(
        self,
        [resident, proportional, private_dirty, anonymous]: [&'static str; 4],
        bar: f64,
    ) -> [Figure; 4] {
        [
            Figure { what: resident, measured: self.resident, bar: Some(bar), unit: "MiB" },
            Figure { what: proportional, measured: self.proportional, bar: None, unit: "MiB" },
            Figure { what: private_dirty, measured: self.private_dirty, bar: None, unit: "MiB" },
            Figure { what: anonymous, measured: self.anonymous, bar: None, unit: "MiB" },
        ]
    }
}

/// A process's resident memory.
pub(super) fn resident_mib(pid: &str) -> Result<f64, Failure> {
    of_status(pid, "VmRSS:")
}

/// The most resident memory that a process had since it began, or since [`forget_peak`].
pub(super) fn peak_mib(pid: &str) -> Result<f64, Failure> {
    of_status(pid, "VmHWM:")
}

/// Has the peak begin at what is resident now.
pub(super) fn forget_peak(pid: &str) -> Result<(), Failure> {
    let file = PathBuf::from(format!("/proc/{pid}/clear_refs"));
    fs::write(&file, "5").map_err(|error| Failure::file(&file, &error))
}

fn of_status(pid: &str, name: &str) -> Result<f64, Failure> {
    let file = PathBuf::from(format!("/proc/{pid}/status"));
    let text = fs::read_to_string(&file).map_err(|error| Failure::file(&file, &error))?;
    field_mib(&text, name).ok_or_else(|| missing(&file, name))
}

/// A line such as `Rss:     1234 kB`.
fn field_mib(text: &str, name: &str) -> Option<f64> {
    let kib = text.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB"))?;
    kib.parse::<f64>().ok().map(|kib| kib / 1024.0)
}

fn missing(file: &std::path::Path, name: &str) -> Failure {
    Failure::new(format!("{} has no {name}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let text = "Pss:                1024 kB\nPss_Dirty:           512 kB\nRss:                2048 kB\n";
        assert_eq!(field_mib(text, "Pss:"), Some(1.0));
        assert_eq!(field_mib(text, "Rss:"), Some(2.0));
        assert_eq!(field_mib(text, "Private_Dirty:"), None);
    }

    #[test]
    fn this_process_has_memory_and_its_peak_is_no_less() {
        let pid = std::process::id().to_string();
        let memory = Memory::of(&pid).unwrap();
        assert!(memory.resident >= memory.proportional && memory.proportional >= memory.private_dirty);
        assert!(memory.anonymous > 0.0 && memory.private_dirty > 0.0);
        assert!(peak_mib(&pid).unwrap() >= memory.anonymous);
    }
}
