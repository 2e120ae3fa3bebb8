//! What this system lets the cloud keep functions apart with: found out once, by making a sandbox in which nothing happens.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tokio::sync::OnceCell;

use super::process::{ProcessEvent, Processes};
use crate::supervisor::{self, Namespaces, Orders, Protection};

/// How large the file system in memory of a trial may become.
const TRIAL_BYTES: u64 = 1 << 20;

/// A part that can be left out, for tests of what is left without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Namespaces of mounts, processes and IPC.
    Namespaces,
    /// Landlock.
    Landlock,
}

impl Part {
    /// The parts in a list of names with commas; others are left out.
    #[must_use]
    pub fn list(names: &str) -> Vec<Self> {
        let part = |name: &str| match name.trim() {
            "namespaces" => Some(Self::Namespaces),
            "landlock" => Some(Self::Landlock),
            _ => None,
        };
        names.split(',').filter_map(part).collect()
    }
}

/// What functions are kept apart with, once it is known.
#[derive(Debug)]
pub(crate) struct Protections {
    data_folder: PathBuf,
    without: Vec<Part>,
    found: OnceCell<Protection>,
}

impl Protections {
    /// Nothing is tried yet. The data of the cloud are in `data_folder`; these parts are not used.
    pub(crate) fn new(data_folder: PathBuf, without: Vec<Part>) -> Self {
        Self { data_folder, without, found: OnceCell::new() }
    }

    /// What can be used; tried out when this is asked first.
    pub(crate) async fn find(&self, processes: &Processes) -> Protection {
        *self.found.get_or_init(|| self.try_out(processes)).await
    }

    /// Tries the strongest protection first.
    async fn try_out(&self, processes: &Processes) -> Protection {
        let landlock = !self.without.contains(&Part::Landlock) && supervisor::has_landlock();
        if !self.without.contains(&Part::Namespaces) {
            let is_root = rustix::process::geteuid().is_root();
            let privileged = is_root.then_some(Namespaces::Privileged);
            for namespaces in privileged.into_iter().chain([Namespaces::InUserNamespace]) {
                let protection = Protection { namespaces, landlock };
                if self.holds(processes, protection).await {
                    return protection;
                }
            }
        }
        let protection = Protection { namespaces: Namespaces::None, landlock };
        if landlock && self.holds(processes, protection).await { protection } else { Protection::NONE }
    }

    /// Whether a program runs behind this protection.
    async fn holds(&self, processes: &Processes, protection: Protection) -> bool {
        let orders = Orders {
            program: PathBuf::from("/bin/sh"),
            arguments: vec!["-c".into(), ":".into()],
            folder: PathBuf::from("/"),
            variables: std::collections::BTreeMap::new(),
            protection,
            data_folder: self.data_folder.clone(),
            readable: Vec::new(),
            tmp_folder: None,
            tmp_bytes: TRIAL_BYTES,
        };
        let started = processes.supervisor(protection.namespaces);
        let mut process = match started.and_then(|supervisor| processes.start(supervisor, &orders, u32::MAX)) {
            Ok((process, _)) => process,
            Err(error) => {
                tracing::warn!(error = %error, "no sandbox could be tried out");
                return false;
            }
        };
        match process.end().await {
            ProcessEvent::Exited(status) if status.success() => true,
            event => {
                // Usual: containers and some distributions forbid parts of it. What is used is told at the end.
                tracing::debug!(protection = ?protection, event = ?event, "a protection can't be had");
                false
            }
        }
    }
}

/// What functions are kept apart with, for a person.
pub(crate) fn describe(protection: Protection, data_folder: &Path) -> String {
    let mut text = match protection.namespaces {
        Namespaces::Privileged => "mount, process and IPC namespaces, ".to_owned(),
        Namespaces::InUserNamespace => "user, mount, process and IPC namespaces, ".to_owned(),
        Namespaces::None => String::new(),
    };
    if protection.landlock {
        text.push_str("Landlock, ");
    }
    text.push_str("process groups and limits; memory is watched");
    if !protection.has_namespaces() {
        let missing = if protection.landlock && !data_folder.starts_with("/tmp") {
            "no namespaces here: functions share this machine's /tmp"
        } else if protection.landlock {
            "no namespaces here: functions write to $TMPDIR only"
        } else {
            "no namespaces and no Landlock here: functions read and write what you may"
        };
        let _ = write!(text, " ({missing})");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_used_and_what_is_missing() {
        let text = |namespaces, landlock| describe(Protection { namespaces, landlock }, Path::new("/data"));
        insta::assert_snapshot!(text(Namespaces::InUserNamespace, true), @"user, mount, process and IPC namespaces, Landlock, process groups and limits; memory is watched");
        insta::assert_snapshot!(text(Namespaces::None, true), @"Landlock, process groups and limits; memory is watched (no namespaces here: functions share this machine's /tmp)");
        insta::assert_snapshot!(text(Namespaces::None, false), @"process groups and limits; memory is watched (no namespaces and no Landlock here: functions read and write what you may)");
    }

    #[test]
    fn parts_are_named() {
        assert_eq!(Part::list("landlock,namespaces, x"), [Part::Landlock, Part::Namespaces]);
        assert_eq!(Part::list(""), []);
    }
}
