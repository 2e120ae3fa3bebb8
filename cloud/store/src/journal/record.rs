//! A record of the journal: one commit group, with its number and a checksum.
//!
//! A record is a head of 20 bytes (four bytes that mark it, the length of what follows, the number of the commit, a checksum
//! over the length, the number and what follows) and the changes in their order. Numbers are little endian. A change is a
//! byte for its kind, the table's name after its length in one byte, and one or two texts or bytes after their lengths in
//! four.

use std::borrow::Cow;

use crate::write::batch::{Batch, Change};

/// What marks the beginning of a record.
pub(super) const MARK: [u8; 4] = *b"\xF7wj1";

/// The length of the head.
pub(super) const HEAD_BYTES: usize = 20;

const PUT: u8 = 1;
const DELETE: u8 = 2;
const DELETE_PREFIX: u8 = 3;
const DELETE_RANGE: u8 = 4;

/// Writes a record; nothing when it would be larger than a record can be (4 GiB).
pub(super) fn encode(commit: u64, batches: &[Batch]) -> Option<Vec<u8>> {
    let about: usize = batches.iter().map(Batch::size_bytes).sum();
    let mut record = Vec::with_capacity(HEAD_BYTES + about);
    record.resize(HEAD_BYTES, 0);
    for change in batches.iter().flat_map(|batch| &batch.changes) {
        put_change(&mut record, change)?;
    }
    let len = u32::try_from(record.len() - HEAD_BYTES).ok()?;
    let (head, payload) = record.split_first_chunk_mut::<HEAD_BYTES>()?;
    *head = head_of(commit, len, payload);
    Some(record)
}

fn head_of(commit: u64, len: u32, payload: &[u8]) -> [u8; HEAD_BYTES] {
    let mut head = [0; HEAD_BYTES];
    let parts = [&MARK[..], &len.to_le_bytes(), &commit.to_le_bytes(), &checksum(commit, len, payload).to_le_bytes()];
    for (place, byte) in head.iter_mut().zip(parts.concat()) {
        *place = byte;
    }
    head
}

fn checksum(commit: u64, len: u32, payload: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&len.to_le_bytes());
    sum.update(&commit.to_le_bytes());
    sum.update(payload);
    sum.finalize()
}

fn put_change(out: &mut Vec<u8>, change: &Change) -> Option<()> {
    let (kind, first, second): (u8, &[u8], Option<&[u8]>) = match change {
        Change::Put(_, key, value) => (PUT, key.as_bytes(), Some(value)),
        Change::Delete(_, key) => (DELETE, key.as_bytes(), None),
        Change::DeletePrefix(_, prefix) => (DELETE_PREFIX, prefix.as_bytes(), None),
        Change::DeleteRange(_, from, to) => (DELETE_RANGE, from.as_bytes(), Some(to.as_bytes())),
        Change::TooLarge(..) => return None,
    };
    let table = change.table().as_bytes();
    out.push(kind);
    out.push(u8::try_from(table.len()).ok()?);
    out.extend_from_slice(table);
    for part in std::iter::once(first).chain(second) {
        out.extend_from_slice(&u32::try_from(part.len()).ok()?.to_le_bytes());
        out.extend_from_slice(part);
    }
    Some(())
}

/// A whole record at the beginning of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found<'a> {
    pub(super) commit: u64,
    pub(super) payload: &'a [u8],
}

/// The record that the bytes begin with, if it is whole.
pub(super) fn find(bytes: &[u8]) -> Option<Found<'_>> {
    let (mark, rest) = bytes.split_first_chunk::<4>()?;
    let (len, rest) = rest.split_first_chunk::<4>()?;
    let (commit, rest) = rest.split_first_chunk::<8>()?;
    let (sum, rest) = rest.split_first_chunk::<4>()?;
    let len = u32::from_le_bytes(*len);
    let commit = u64::from_le_bytes(*commit);
    let payload = rest.get(..usize::try_from(len).ok()?)?;
    let whole = *mark == MARK && u32::from_le_bytes(*sum) == checksum(commit, len, payload);
    whole.then_some(Found { commit, payload })
}

/// The changes of a record; nothing when it says what no record of this version says.
pub(super) fn decode(mut payload: &[u8]) -> Option<Batch> {
    let mut batch = Batch::new();
    while !payload.is_empty() {
        batch.changes.push(take_change(&mut payload)?);
    }
    Some(batch)
}

fn take_change(rest: &mut &[u8]) -> Option<Change> {
    let kind = *rest.split_off_first()?;
    let len = *rest.split_off_first()?;
    let table = Cow::Owned(text(rest.split_off(..usize::from(len))?)?);
    let mut part = || -> Option<&[u8]> {
        let len;
        (len, *rest) = rest.split_first_chunk::<4>()?;
        rest.split_off(..usize::try_from(u32::from_le_bytes(*len)).ok()?)
    };
    let first = text(part()?)?;
    Some(match kind {
        PUT => Change::Put(table, first, part()?.to_vec()),
        DELETE => Change::Delete(table, first),
        DELETE_PREFIX => Change::DeletePrefix(table, first),
        DELETE_RANGE => Change::DeleteRange(table, first, text(part()?)?),
        _ => return None,
    })
}

fn text(bytes: &[u8]) -> Option<String> {
    String::from_utf8(bytes.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Table;

    #[test]
    fn a_record_comes_back_and_no_part_of_it_passes_for_one() {
        let table = Table::new("rows");
        let mut batch = Batch::new();
        batch.put_bytes(table, "a", [1, 2, 3]);
        batch.delete(table, "é");
        let mut other = Batch::new();
        other.delete_prefix(table, "");
        other.delete_range(table, "a", "b");
        let record = encode(7, &[batch.clone(), other.clone()]).unwrap();
        let found = find(&record).unwrap();
        batch.append(other);
        assert_eq!((found.commit, decode(found.payload).unwrap().changes), (7, batch.changes));
        for at in 0..record.len() {
            assert_eq!(find(&record[..at]), None);
            for bit in 0..8 {
                let mut damaged = record.clone();
                damaged[at] ^= 1 << bit;
                assert_eq!(find(&damaged), None, "byte {at}, bit {bit}");
            }
        }
    }
}
