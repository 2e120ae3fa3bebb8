//! The pages of a redb file, read one by one: where they lie, and whether they are what their parent says.
//!
//! redb refuses a file, or panics, where a page is damaged. Its format is a tree of pages in which each one holds the checksums
//! (XXH3, 128 bits) of those below it, so what is whole can be told from what is not, and from what is older.

use std::io;

use twox_hash::XxHash3_128;

use crate::disk::OpenFile;

const PAGE_BYTES: u64 = 4096;
const SLOT_BYTES: usize = 128;
const HEADER_BYTES: usize = 64 + 2 * SLOT_BYTES;
/// The first byte of a page that holds rows, and of one that holds pages.
const LEAF: u8 = 1;
const BRANCH: u8 = 2;

/// A page by its number, with the checksum that its parent says it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageRef {
    number: u64,
    checksum: u128,
}

/// A tree: its root, if it has one, and how many rows are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Root {
    pub(super) page: Option<PageRef>,
    pub(super) rows: u64,
}

impl Root {
    /// From 33 bytes: whether there is a root, its number, its checksum, the rows; or without the first byte from 32.
    pub(super) fn parse(has_root: bool, bytes: &[u8]) -> Option<Self> {
        let number = number_at(bytes, 0)?;
        let checksum = u128::from_le_bytes(*bytes.get(8..24)?.first_chunk()?);
        Some(Self { page: has_root.then_some(PageRef { number, checksum }), rows: number_at(bytes, 24)? })
    }
}

/// How long the keys and values of a tree are, when all are as long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Widths {
    pub(super) key: Option<usize>,
    pub(super) value: Option<usize>,
}

/// A file of pages.
pub(super) struct Pages {
    file: OpenFile,
    region_header_pages: u64,
    region_data_pages: u64,
    /// The tree of tables.
    pub(super) tables: Root,
    /// Whether the last commit could not be read, and this is the one before.
    pub(super) is_older: bool,
}

/// A page that is what its parent says.
pub(super) enum Page {
    /// Rows.
    Leaf(Vec<(Vec<u8>, Vec<u8>)>),
    /// Pages.
    Branch(Vec<PageRef>),
}

impl Pages {
    /// Reads the header; nothing when no commit can be found in it.
    pub(super) fn open(file: OpenFile) -> io::Result<Option<Self>> {
        let mut header = [0; HEADER_BYTES];
        if file.len()? < HEADER_BYTES as u64 {
            return Ok(None);
        }
        file.read(0, &mut header)?;
        let primary = usize::from(header.get(9).is_some_and(|flags| flags & 1 != 0));
        let slots = [primary, 1 - primary].map(|slot| header.get(64 + slot * SLOT_BYTES..).and_then(tables_of_slot));
        let is_older = slots.first().is_some_and(Option::is_none);
        let found = slots.into_iter().flatten().next();
        let regions = (half_number_at(&header, 16), half_number_at(&header, 20));
        Ok(match (found, regions) {
            (Some(tables), (Some(header_pages), Some(data_pages))) => Some(Self {
                file,
                region_header_pages: header_pages.into(),
                region_data_pages: data_pages.into(),
                tables,
                is_older,
            }),
            _ => None,
        })
    }

    /// A page, unless it is not what its parent says.
    pub(super) fn page(&self, page: PageRef, widths: Widths) -> io::Result<Option<Page>> {
        // Twenty bits for the place in the region, twenty for the region, five at the top for the size as a power of two.
        let order = u32::try_from(page.number >> 59).unwrap_or_default();
        let index = page.number & ((1 << 20_u32.saturating_sub(order)) - 1);
        let region = (page.number >> 20) & ((1 << 20) - 1);
        let region_pages = self.region_header_pages + self.region_data_pages;
        let place = 1 + region * region_pages + self.region_header_pages + (index << order);
        let (Some(from), Some(len)) = (place.checked_mul(PAGE_BYTES), PAGE_BYTES.checked_shl(order)) else {
            return Ok(None);
        };
        let file_len = self.file.len()?;
        if order > 20 || from.checked_add(len).is_none_or(|to| to > file_len) {
            return Ok(None);
        }
        let mut bytes = vec![0; usize::try_from(len).map_err(io::Error::other)?];
        self.file.read(from, &mut bytes)?;
        Ok(parse(&bytes, page.checksum, widths))
    }
}

/// The tree of tables that a commit says, if the commit is whole.
fn tables_of_slot(bytes: &[u8]) -> Option<Root> {
    let slot = bytes.get(..SLOT_BYTES)?;
    let checksum = u128::from_le_bytes(*slot.last_chunk()?);
    let is_whole = checksum == XxHash3_128::oneshot(slot.get(..SLOT_BYTES - 16)?);
    if is_whole { Root::parse(*slot.get(1)? != 0, slot.get(8..40)?) } else { None }
}

fn parse(bytes: &[u8], checksum: u128, widths: Widths) -> Option<Page> {
    let count = usize::from(u16::from_le_bytes(*bytes.get(2..4)?.first_chunk()?));
    let is_whole = |end: usize| bytes.get(..end).is_some_and(|used| XxHash3_128::oneshot(used) == checksum);
    match *bytes.first()? {
        LEAF => {
            let (keys, values) = ends_of_leaf(bytes, count, widths)?;
            if is_whole(*values.last()?) { rows(bytes, count, widths, &keys, &values).map(Page::Leaf) } else { None }
        }
        BRANCH => {
            let children = count + 1;
            let keys_at = 8 + children * 24;
            let end = match widths.key {
                Some(width) => keys_at + width * count,
                None => usize::try_from(half_number_at(bytes, keys_at + 4 * count.checked_sub(1)?)?).ok()?,
            };
            if !is_whole(end) {
                return None;
            }
            let child = |each: usize| {
                let checksum = u128::from_le_bytes(*bytes.get(8 + each * 16..)?.first_chunk()?);
                Some(PageRef { number: number_at(bytes, 8 + children * 16 + each * 8)?, checksum })
            };
            (0..children).map(child).collect::<Option<Vec<_>>>().map(Page::Branch)
        }
        _ => None,
    }
}

/// Where each key and each value ends.
fn ends_of_leaf(bytes: &[u8], count: usize, widths: Widths) -> Option<(Vec<usize>, Vec<usize>)> {
    let value_ends_at = if widths.key.is_none() { 4 + 4 * count } else { 4 };
    let from = first_key(count, widths);
    let ends = |width: Option<usize>, listed_at: usize, from: usize| {
        let end = |each: usize| match width {
            Some(width) => Some(from + width * (each + 1)),
            None => usize::try_from(half_number_at(bytes, listed_at + 4 * each)?).ok(),
        };
        (0..count).map(end).collect::<Option<Vec<_>>>()
    };
    let keys = ends(widths.key, 4, from)?;
    let values = ends(widths.value, value_ends_at, *keys.last()?)?;
    Some((keys, values))
}

fn first_key(count: usize, widths: Widths) -> usize {
    4 + [widths.key, widths.value].into_iter().filter(Option::is_none).count() * 4 * count
}

fn rows(
    bytes: &[u8],
    count: usize,
    widths: Widths,
    keys: &[usize],
    values: &[usize],
) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut key_from = first_key(count, widths);
    let mut value_from = *keys.last()?;
    let mut rows = Vec::with_capacity(count);
    for (key_to, value_to) in keys.iter().zip(values) {
        rows.push((bytes.get(key_from..*key_to)?.to_vec(), bytes.get(value_from..*value_to)?.to_vec()));
        key_from = *key_to;
        value_from = *value_to;
    }
    Some(rows)
}

pub(super) fn number_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

pub(super) fn half_number_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}
