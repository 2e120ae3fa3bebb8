//! What a power cut leaves.

use fastrand::Rng;

use super::state::State;
use super::stored::{Change, Stored};

/// Disks write sectors of this size whole or not at all.
const SECTOR_BYTES: usize = 512;

/// The state of the disk after a power cut.
pub(super) fn after(state: &State, seed: u64) -> State {
    let mut random = Rng::with_seed(seed);
    let mut names = state.durable_names.clone();
    let kept = random.usize(..=state.pending_names.len());
    for change in state.pending_names.iter().take(kept) {
        change.apply(&mut names);
    }
    let fate = Fate::of(&mut random);
    let files = state.files.iter().map(|file| file_after(file, fate, &mut random)).collect();
    State { files, names: names.clone(), durable_names: names, ..State::default() }
}

/// What becomes of all writes together. The two ends are as likely in life as all that lies between.
#[derive(Debug, Clone, Copy)]
enum Fate {
    AllKept,
    AllLost,
    EachItsOwn,
}

impl Fate {
    fn of(random: &mut Rng) -> Self {
        match random.u8(..8) {
            0 => Self::AllKept,
            1 => Self::AllLost,
            _ => Self::EachItsOwn,
        }
    }
}

fn file_after(file: &Stored, fate: Fate, random: &mut Rng) -> Stored {
    let mut bytes = file.durable.clone();
    for change in &file.pending {
        match fate {
            Fate::AllKept => change.apply(&mut bytes),
            Fate::AllLost => {}
            Fate::EachItsOwn => apply_in_part(change, &mut bytes, random),
        }
    }
    Stored { now: bytes.clone(), durable: bytes, pending: Vec::new() }
}

fn apply_in_part(change: &Change, bytes: &mut Vec<u8>, random: &mut Rng) {
    match (random.u8(..4), change) {
        (0, _) => {}
        (1, _) | (_, Change::SetLen(_)) => change.apply(bytes),
        (2, Change::Write(at, data)) => {
            // The first sectors of it.
            let sectors = sectors(*at, data);
            let kept = random.usize(..=sectors.len());
            for (at, data) in sectors.into_iter().take(kept) {
                Change::Write(at, data.to_vec()).apply(bytes);
            }
        }
        (_, Change::Write(at, data)) => {
            // Any of its sectors.
            for (at, data) in sectors(*at, data) {
                if random.bool() {
                    Change::Write(at, data.to_vec()).apply(bytes);
                }
            }
        }
    }
}

/// A write in pieces that end where sectors end.
fn sectors(at: usize, data: &[u8]) -> Vec<(usize, &[u8])> {
    let mut pieces = Vec::new();
    let mut at = at;
    let mut rest = data;
    while !rest.is_empty() {
        let len = (SECTOR_BYTES - at % SECTOR_BYTES).min(rest.len());
        let (piece, after) = rest.split_at(len);
        pieces.push((at, piece));
        at += len;
        rest = after;
    }
    pieces
}
