//! Reading the journal: which commits it holds after the last that is in the store's file.
//!
//! A record that is not whole at the end is one that was being written when the power went: nobody was told that it is
//! durable, and it is passed over. One that is not whole with a later one behind it is damage, and so is a commit that is missing
//! between two others.

use std::collections::BTreeMap;
use std::io;

use super::NAMES;
use super::record::{self, HEAD_BYTES, MARK};
use crate::disk::Folder;
use crate::write::batch::Batch;

/// What the journal holds beyond the store's file.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    /// The changes of each commit, by its number; without a gap when there is no damage.
    pub(crate) commits: BTreeMap<u64, Batch>,
    /// What is wrong with it.
    pub(crate) damage: Vec<Damage>,
}

/// A place of the journal that does not hold what it held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Damage {
    /// The name of the file.
    pub(crate) name: &'static str,
    /// What is wrong.
    pub(crate) reason: String,
}

/// Reads both files. `stored` is the number of the last commit that is in the store's file. Where something is damaged it goes on
/// with what is whole behind it.
///
/// # Errors
/// When a file can't be read.
pub(crate) fn replay(folder: &dyn Folder, stored: u64) -> io::Result<Replay> {
    let mut replay = Replay::default();
    let mut files = BTreeMap::new();
    for name in NAMES.into_iter().filter(|name| folder.exists(name)) {
        read_file(name, &read_bytes(folder, name)?, stored, &mut replay, &mut files);
    }
    let mut expected = stored + 1;
    for commit in replay.commits.keys() {
        if *commit != expected {
            let name = files.get(commit).copied().unwrap_or(NAMES[0]);
            let reason = format!("change {commit} follows on {}", expected - 1);
            replay.damage.push(Damage { name, reason });
        }
        expected = commit + 1;
    }
    Ok(replay)
}

fn read_bytes(folder: &dyn Folder, name: &str) -> io::Result<Vec<u8>> {
    let file = folder.open(name)?;
    let mut bytes = vec![0; usize::try_from(file.len()?).map_err(io::Error::other)?];
    file.read(0, &mut bytes)?;
    Ok(bytes)
}

fn read_file(
    name: &'static str,
    bytes: &[u8],
    stored: u64,
    replay: &mut Replay,
    files: &mut BTreeMap<u64, &'static str>,
) {
    let mut at = 0;
    while let Some((from, found)) = next_record(bytes, at) {
        // What was there before the file was written over has smaller numbers.
        let is_left_over = found.commit <= stored || replay.commits.contains_key(&found.commit);
        if !is_left_over {
            if from != at {
                let reason =
                    format!("what stands at byte {at} is no change, and change {} comes after it", found.commit);
                replay.damage.push(Damage { name, reason });
            }
            match record::decode(found.payload) {
                Some(batch) => {
                    replay.commits.insert(found.commit, batch);
                    files.insert(found.commit, name);
                }
                None => {
                    let reason = format!("change {} says what this workshop does not know", found.commit);
                    replay.damage.push(Damage { name, reason });
                }
            }
        }
        at = from + HEAD_BYTES + found.payload.len();
    }
}

/// The next whole record, at a place or behind it.
fn next_record(bytes: &[u8], at: usize) -> Option<(usize, record::Found<'_>)> {
    let mut from = at;
    loop {
        if let Some(found) = bytes.get(from..).and_then(record::find) {
            return Some((from, found));
        }
        // The mark begins with a byte that is not in any UTF-8 text.
        let rest = bytes.get(from + 1..)?;
        from += 1 + rest.iter().position(|byte| *byte == MARK[0])?;
    }
}
