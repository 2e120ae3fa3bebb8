//! `cargo xtask bench build [PROFILE]`: what a fresh build of the program costs, and one after a change in each crate.

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::{process, project, say};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// One build.
struct Row {
    what: String,
    wall: Duration,
    /// What all compilers used together; not known everywhere.
    cpu: Option<Duration>,
}

/// Builds into a folder of its own under the target folder, with a profile (`quick` unless one is named).
pub(super) fn run(profile: Option<&str>) -> Result<(), Failure> {
    let profile = profile.unwrap_or("quick");
    let target = project::target_dir().join("bench-build");
    if target.exists() {
        fs::remove_dir_all(&target).map_err(|error| Failure::file(&target, &error))?;
    }
    let bench = Bench { profile, target };
    let mut rows = vec![bench.build(String::from("fresh"))?, bench.build(String::from("unchanged"))?];
    for (name, root) in crates()? {
        touch(&root)?;
        rows.push(bench.build(format!("a change in {name}"))?);
    }
    fs::remove_dir_all(&bench.target).map_err(|error| Failure::file(&bench.target, &error))?;
    say::line(&table(profile, &rows));
    Ok(())
}

struct Bench<'a> {
    profile: &'a str,
    target: PathBuf,
}

impl Bench<'_> {
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
    fn build(&self, what: String) -> Result<Row, Failure> {
        say::progress(&format!("{}: {what}", self.profile));
        let mut command =
            cargo(&["build", "--quiet", "--profile", self.profile, "--package", "workshop", "--target-dir"]);
        let before = children_cpu();
        let begun = Instant::now();
        process::run(command.arg(&self.target))?;
        let wall = begun.elapsed();
        let cpu = children_cpu().zip(before).map(|(after, before)| after.saturating_sub(before));
        Ok(Row { what, wall, cpu })
    }
}

/// What the children that have ended used, with theirs: user and system time.
fn children_cpu() -> Option<Duration> {
    // Fields 16 and 17 of proc_pid_stat(5), in hundredths of a second; the name before them may hold spaces.
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(13..15)?.iter().filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Some(Duration::from_millis(ticks * 10))
}

/// The crates that the program is made of: name and root file.
fn crates() -> Result<Vec<(String, PathBuf)>, Failure> {
    let metadata = process::output(&mut cargo(&["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Value =
        serde_json::from_str(&metadata).map_err(|error| Failure::new(format!("cargo metadata: {error}")))?;
    let mut crates = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let wanted = package["targets"].as_array().into_iter().flatten().find(|target| {
            let kind = target["kind"][0].as_str().unwrap_or_default();
            kind == "lib" || (kind == "bin" && name == "workshop")
        });
        if let Some(root) = wanted.and_then(|target| target["src_path"].as_str()).filter(|_| is_part(name)) {
            crates.push((String::from(name), PathBuf::from(root)));
        }
    }
    crates.sort();
    Ok(crates)
}

fn is_part(name: &str) -> bool {
    !["xtask", "workshop-proxy"].contains(&name)
}

/// Makes a file look changed.
#[expect(clippy::disallowed_methods, reason = "cargo compares times")]
fn touch(path: &Path) -> Result<(), Failure> {
    let touched = fs::File::options().append(true).open(path).and_then(|file| file.set_modified(SystemTime::now()));
    touched.map_err(|error| Failure::file(path, &error))
}

fn table(profile: &str, rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.what.len()).max().unwrap_or_default().max(profile.len());
    let mut lines = vec![format!("{profile:width$} {:>9} {:>9}", "wall", "CPU")];
    for row in rows {
        let cpu = row.cpu.map_or_else(|| String::from("-"), |cpu| format!("{:.1} s", cpu.as_secs_f64()));
        lines.push(format!("{:width$} {:>9} {cpu:>9}", row.what, format!("{:.1} s", row.wall.as_secs_f64())));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_stand_below_each_other() {
        let row = |what: &str, ms, cpu: Option<u64>| Row {
            what: String::from(what),
            wall: Duration::from_millis(ms),
            cpu: cpu.map(Duration::from_millis),
        };
        let table = table("quick", &[row("fresh", 61_040, Some(100_000)), row("a change in asl", 2_500, None)]);
        assert_eq!(
            table,
            "quick                wall       CPU\n\
             fresh              61.0 s   100.0 s\n\
             a change in asl     2.5 s         -"
        );
    }

    #[test]
    fn the_program_is_among_its_crates() {
        let crates = crates().unwrap();
        assert!(crates.iter().any(|(name, root)| name == "workshop" && root.ends_with("src/main.rs")), "{crates:?}");
        assert!(crates.iter().all(|(name, _)| name != "xtask"), "{crates:?}");
    }
}
