//! Which processes descend from one, and how much memory they have, as `/proc` tells (proc(5)).

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};

/// How many processes of one sandbox are looked at: more than it may have.
const MAX_PROCESSES: usize = 4096;

/// More than the status of a process has, which is about 1,500 bytes.
const STATUS_BYTES: usize = 4096;

/// The processes that this one has started, and those that they have, parents before their children.
pub(crate) fn descendants(process: u32) -> Vec<u32> {
    if fs::exists(format!("/proc/{process}/task/{process}/children")).unwrap_or_default() {
        collect(process, children)
    } else {
        let parents = parents();
        collect(process, |parent| parents.get(&parent).cloned().unwrap_or_default())
    }
}

fn collect(process: u32, children: impl Fn(u32) -> Vec<u32>) -> Vec<u32> {
    let mut found = children(process);
    let mut next = 0;
    while let Some(parent) = found.get(next).copied().filter(|_| found.len() < MAX_PROCESSES) {
        found.extend(children(parent));
        next += 1;
    }
    found
}

/// The children of all threads of a process; none when it has ended.
pub(crate) fn children(process: u32) -> Vec<u32> {
    let mut found = Vec::new();
    let threads = add_children(process, &mut found);
    if threads > 1 {
        // A thread that ends hands its children to another, whose list may have been read just before. That list is read again.
        add_children(process, &mut found);
    }
    found
}

/// Adds the children that are on a thread's list now; gives how many threads there are.
fn add_children(process: u32, found: &mut Vec<u32>) -> usize {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return 0 };
    let threads: Vec<fs::DirEntry> = threads.flatten().collect();
    // The list of a thread that has ended meanwhile is gone.
    let lists = threads.iter().filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    for list in lists {
        for id in list.split_whitespace().filter_map(|id| id.parse().ok()) {
            if !found.contains(&id) {
                found.push(id);
            }
        }
    }
    threads.len()
}

/// The children of every process of the machine, for kernels that list none.
fn parents() -> BTreeMap<u32, Vec<u32>> {
    let mut by_parent: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let Ok(entries) = fs::read_dir("/proc") else { return by_parent };
    for id in entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()) {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok();
        if let Some(parent) = stat.as_deref().and_then(parent_of) {
            by_parent.entry(parent).or_default().push(id);
        }
    }
    by_parent
}

/// The parent in a process's `stat`; its name, in parentheses, may hold anything.
fn parent_of(stat: &str) -> Option<u32> {
    stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

/// The memory that a process has resident, in KiB; none when it has ended.
pub(crate) fn resident_kib(process: u32) -> Option<u64> {
    field_kib(&status(process).ok()?, "VmRSS:")
}

/// The most memory that a process has had resident, in KiB.
pub(crate) fn peak_kib(process: u32) -> Option<u64> {
    field_kib(&status(process).ok()?, "VmHWM:")
}

/// A process's share of what it has resident, in KiB: what it shares with others counts in parts.
pub(crate) fn proportional_kib(process: u32) -> Option<u64> {
    field_kib(&fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?, "Pss:")
}

/// What the system says of a process, read in one piece: each invocation asks for it.
fn status(process: u32) -> io::Result<String> {
    let mut text = String::with_capacity(STATUS_BYTES);
    // Its size, which `read_to_string` of a file asks for first, is 0.
    fs::File::open(format!("/proc/{process}/status"))?.take(u64::MAX).read_to_string(&mut text)?;
    Ok(text)
}

fn field_kib(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_proc_says() {
        assert_eq!(field_kib("VmPeak:\t  9 kB\nVmHWM:\t    3124 kB\nVmRSS:\t 5 kB\n", "VmHWM:"), Some(3124));
        assert_eq!(field_kib("Name:\tzombie\n", "VmHWM:"), None);
        assert_eq!(parent_of("12 (a) b (c) S 7 12 12 0"), Some(7));
        assert_eq!(parent_of("nonsense"), None);
    }

    #[test]
    fn both_ways_to_find_children_agree() {
        let own = std::process::id();
        let parents = parents();
        let parent = parents.iter().find(|(_, children)| children.contains(&own)).map(|(parent, _)| *parent);
        assert!(parent.is_some_and(|parent| descendants(parent).contains(&own)));
    }

    /// How many children are started from threads that end. In 1,500 times 20 looks some four children were missed when each
    /// list was read once.
    const STARTS: usize = 1_500;
    const LOOKS: usize = 20;

    #[test]
    #[allow(clippy::disallowed_methods, reason = "the test owns the processes")]
    fn a_child_is_seen_while_the_thread_that_started_it_ends() {
        for _ in 0..STARTS {
            let (sender, receiver) = std::sync::mpsc::channel();
            let thread = std::thread::spawn(move || {
                let child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
                sender.send(child).unwrap();
            });
            let mut child = receiver.recv().unwrap();
            let missed = (0..LOOKS).filter(|_| !children(std::process::id()).contains(&child.id())).count();
            thread.join().unwrap();
            child.kill().unwrap();
            child.wait().unwrap();
            assert_eq!(missed, 0);
        }
    }
}
