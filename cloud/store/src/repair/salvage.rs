//! Reading all that can be read of a table whose pages are damaged in places.
//!
//! A scan ends at a damaged page. Two scans, one from each end, find all but what lies between the first such page and the last;
//! scans from keys in between find what lies between two of them.

use std::ops::{Bound, ControlFlow};

use super::RepairedTable;
use crate::StoreError;
use crate::file::new_file::NewFile;
use crate::read::range::{ByteBounds, Direction, is_empty};
use crate::read::stored_table::StoredTable;
use crate::read::view::View;
use crate::repair::check::DamagedRow;

/// How many keys in between are tried for a table.
const PROBES: usize = 512;

/// How many bytes of a key are looked at to find one in between.
const PROBED_BYTES: usize = 24;

/// Copies what can be read of a table.
pub(super) fn table(view: &View, name: &str, new: &mut NewFile<'_>) -> Result<RepairedTable, StoreError> {
    let mut salvage = Salvage { view, name, new, kept: 0, lost: Vec::new(), failure: None };
    let mut gaps: Vec<ByteBounds> = Vec::new();
    let all = (Bound::Unbounded, Bound::Unbounded);
    gaps.extend(salvage.copy_from_both_ends(all)?);
    for _ in 0..PROBES {
        // The widest gap is not known; the one that waits longest is as good.
        if gaps.is_empty() {
            break;
        }
        let gap = gaps.remove(0);
        let Some(middle) = between(&gap) else {
            continue;
        };
        for part in [(gap.0, Bound::Excluded(middle.clone())), (Bound::Included(middle), gap.1)] {
            gaps.extend(salvage.copy_from_both_ends(part)?);
        }
    }
    let Salvage { kept, lost, .. } = salvage;
    let said = StoredTable::open(view, name).ok().and_then(|table| table.rows_in_file());
    let rows_lost = said.map(|said| said.saturating_sub(kept).max(lost.len() as u64));
    Ok(RepairedTable { name: name.to_owned(), rows_kept: kept, rows_lost, lost })
}

struct Salvage<'a, 'b> {
    view: &'a View,
    name: &'a str,
    new: &'a mut NewFile<'b>,
    kept: u64,
    lost: Vec<DamagedRow>,
    failure: Option<StoreError>,
}

impl Salvage<'_, '_> {
    /// Copies what lies between two bounds, from both ends until a damaged page. Gives what lies between these pages.
    fn copy_from_both_ends(&mut self, bounds: ByteBounds) -> Result<Option<ByteBounds>, StoreError> {
        let (low, is_all) = self.copy_from_one_end(&bounds, Direction::Forward)?;
        if is_all {
            return Ok(None);
        }
        let rest = (low.map_or(bounds.0, Bound::Excluded), bounds.1);
        if is_empty(&rest.0, &rest.1) {
            return Ok(None);
        }
        let (high, is_all) = self.copy_from_one_end(&rest, Direction::Reverse)?;
        let rest = (rest.0, high.map_or(rest.1, Bound::Excluded));
        Ok((!is_all && !is_empty(&rest.0, &rest.1)).then_some(rest))
    }

    /// Copies until a damaged page. Gives the last key, and whether there was no such page.
    fn copy_from_one_end(
        &mut self,
        bounds: &ByteBounds,
        direction: Direction,
    ) -> Result<(Option<Vec<u8>>, bool), StoreError> {
        let mut last = None;
        let scanned = StoredTable::open(self.view, self.name).and_then(|table| {
            table.scan(bounds.clone(), direction, |key, value| {
                last = Some(key.to_owned());
                match self.new.put(self.name, key, value) {
                    Ok(Ok(())) => self.kept += 1,
                    Ok(Err(reason)) => {
                        let key = String::from_utf8_lossy(key).into_owned();
                        self.lost.push(DamagedRow { key, reason });
                    }
                    Err(failure) => {
                        self.failure = Some(failure);
                        return ControlFlow::Break(());
                    }
                }
                ControlFlow::Continue(())
            })
        });
        match self.failure.take() {
            Some(failure) => Err(failure),
            None => Ok((last, scanned.is_ok())),
        }
    }
}

/// A key halfway between two, as numbers of so many bytes; nothing when there is none.
fn between((low, high): &ByteBounds) -> Option<Vec<u8>> {
    let digits = |bound: &Bound<Vec<u8>>, missing: u8| -> Vec<u8> {
        match bound {
            Bound::Included(key) | Bound::Excluded(key) => {
                key.iter().copied().chain(std::iter::repeat(0)).take(PROBED_BYTES).collect()
            }
            Bound::Unbounded => vec![missing; PROBED_BYTES],
        }
    };
    let from = digits(low, 0);
    let to = digits(high, u8::MAX);
    let mut carry = 0_u16;
    // The sum, from the last digit; then half of it, from the first.
    let mut sum: Vec<u16> = vec![0; PROBED_BYTES];
    for ((place, low), high) in sum.iter_mut().zip(&from).zip(&to).rev() {
        let digit = u16::from(*low) + u16::from(*high) + carry;
        *place = digit % 256;
        carry = digit / 256;
    }
    let mut rest = carry;
    let mut middle = Vec::with_capacity(PROBED_BYTES);
    for digit in sum {
        let value = rest * 256 + digit;
        middle.push(u8::try_from(value / 2).ok()?);
        rest = value % 2;
    }
    (middle > from && middle < to).then_some(middle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_between_lies_in_between() {
        let key = |text: &str| Bound::Excluded(text.as_bytes().to_vec());
        let middle = between(&(key("executions/0001"), key("executions/0009"))).unwrap();
        assert!(middle.as_slice() > b"executions/0001".as_slice() && middle.as_slice() < b"executions/0009".as_slice());
        assert_eq!(between(&(Bound::Unbounded, Bound::Unbounded)).unwrap().first(), Some(&127));
        assert_eq!(between(&(key("a"), key("a"))), None);
    }
}
