//! Waits for changes of files, as the system tells of them.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;

use super::snapshot::Snapshot;
use crate::cli::error::CliError;
use aws::clock;

/// It is taken up after so many of these times in any case.
const MAX_ROUNDS: usize = 20;

/// Receives the events of files in folders.
pub(crate) struct FolderWatcher {
    watcher: RecommendedWatcher,
    events: mpsc::UnboundedReceiver<()>,
    folders: BTreeSet<PathBuf>,
    /// A change is taken up once nothing has changed for this long.
    quiet_time: Duration,
}

impl FolderWatcher {
    /// Watches nothing yet. `quiet_time` is how long nothing must have changed before a change is taken up.
    pub(crate) fn new(quiet_time: Duration) -> Result<Self, CliError> {
        let (sender, events) = mpsc::unbounded_channel();
        let on_event = move |event: notify::Result<notify::Event>| {
            // Reading opens files, which is an event too. An error means that something may have been missed.
            if !event.is_ok_and(|event| event.kind.is_access()) {
                // Nobody listens any more once the command ends.
                let _ = sender.send(());
            }
        };
        let watcher = notify::recommended_watcher(on_event).map_err(|error| CliError::unwatched(None, &error))?;
        Ok(Self { watcher, events, folders: BTreeSet::new(), quiet_time })
    }

    /// Watches these folders from now on; what is gone is forgotten.
    pub(crate) fn watch(&mut self, folders: &BTreeSet<PathBuf>) -> Result<(), CliError> {
        self.folders.retain(|folder| folders.contains(folder) && folder.is_dir());
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            if self.folders.insert(folder.clone()) {
                self.watcher
                    .watch(folder, RecursiveMode::NonRecursive)
                    .map_err(|error| CliError::unwatched(Some(folder), &error))?;
            }
        }
        Ok(())
    }

    /// Waits until files are not as they were seen, and takes up what they are once nothing changes: a file that is being written is
    /// empty for a moment.
    pub(crate) async fn next_change(
        &mut self,
        mut snapshot: impl FnMut() -> Snapshot,
        known: &mut Snapshot,
    ) -> Result<Vec<PathBuf>, CliError> {
        let mut is_quiet = false;
        loop {
            let now = snapshot();
            self.watch(now.folders())?;
            let changed = now.changed_since(known);
            if changed.is_empty() {
                self.until_something_happens().await;
            } else if is_quiet {
                *known = now;
                return Ok(changed);
            }
            self.until_quiet().await;
            is_quiet = true;
        }
    }

    async fn until_something_happens(&mut self) {
        if self.events.recv().await.is_none() {
            std::future::pending().await
        }
    }

    /// Waits until nothing happens for a moment.
    async fn until_quiet(&mut self) {
        for _ in 0..MAX_ROUNDS {
            while self.events.try_recv().is_ok() {}
            tokio::select! {
                Some(()) = self.events.recv() => {}
                () = clock::sleep(self.quiet_time) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_taken_up_once_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let files = BTreeSet::from([file.clone()]);
        let look = || Snapshot::of(&files, &BTreeSet::new());
        std::fs::write(&file, "old").unwrap();
        let mut known = look();
        // As another program does that writes it: it is empty at the first look, and whole at the next.
        std::fs::write(&file, "").unwrap();
        let mut looks = 0;
        let looked = || {
            looks += 1;
            let seen = look();
            std::fs::write(&file, "new").unwrap();
            seen
        };
        let mut watcher = FolderWatcher::new(Duration::from_millis(1)).unwrap();
        let changed = watcher.next_change(looked, &mut known).await.unwrap();
        assert_eq!((changed, known), (vec![file.clone()], look()));
        assert_eq!(looks, 2);
    }
}
