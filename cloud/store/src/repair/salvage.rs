//! Everything that is whole in a file some of whose pages are damaged: the trees are walked from their roots, and a page that
//! is not what its parent says is passed over with all that hangs from it.

use std::io;
use std::ops::Bound;

use redb::TableHandle;

use super::pages::{Page, PageRef, Pages, Root, Widths, half_number_at, number_at};
use crate::StoreError;
use crate::disk::Folder;
use crate::error;
use crate::file::{COMMIT_KEY, FILE_NAME, FORMAT, UNFRAMED_KEY, VERSION_KEY};
use crate::format::UNFRAMED_VERSION;

/// How deep a tree may be. Each level holds more than a hundred times what the one below it does.
const LEVELS: u32 = 24;

/// A table that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundTable {
    pub(super) name: String,
    root: Root,
    widths: Widths,
}

impl FoundTable {
    /// How many rows it had.
    pub(super) fn rows(&self) -> u64 {
        self.root.rows
    }
}

/// What can be found in the file.
pub(super) struct Found {
    pages: Pages,
    /// The tables of services.
    pub(super) tables: Vec<FoundTable>,
    /// Whether it may hold values that version 2 wrote.
    pub(super) has_unframed: bool,
    /// The number of the last commit in it, if it can be read.
    pub(super) commit: Option<u64>,
    /// What the whole file lacks, a sentence each.
    pub(super) damage: Vec<String>,
}

impl Found {
    /// Looks for the tables of the store in a folder; nothing when the file's beginning can't be read. Others can't open it
    /// meanwhile.
    pub(super) fn in_folder(folder: &dyn Folder) -> Result<Option<Self>, StoreError> {
        let path = folder.path().join(FILE_NAME);
        let failed = |reason: io::Error| error::open(&path, reason.into());
        let file = folder.open(FILE_NAME).map_err(failed)?;
        // Where files have no locks there is nothing to wait for.
        if !file.try_lock_range(Bound::Unbounded, Bound::Unbounded).unwrap_or(true) {
            return Err(StoreError::InUse { path });
        }
        let pages = Pages::open(file).map_err(failed)?;
        pages.map(Self::open).transpose().map_err(failed)
    }

    fn open(pages: Pages) -> io::Result<Self> {
        let mut damage = Vec::new();
        if pages.is_older {
            damage.push("Its last commit can't be read; the one before was taken.".to_owned());
        }
        let mut tables = Vec::new();
        let listed = walk(&pages, pages.tables, Widths::default(), &mut |name, table| {
            tables.extend(parse_table(name, table));
            Ok::<(), io::Error>(())
        })?;
        if listed > 0 {
            damage.push("The list of its tables is damaged: some may be missing.".to_owned());
        }
        let mut found = Self { pages, tables: Vec::new(), has_unframed: false, commit: None, damage };
        let mut has_version = false;
        for table in tables {
            if table.name != FORMAT.name() {
                found.tables.push(table);
                continue;
            }
            let mut commit = 0;
            let mut has_unframed = false;
            let lost = found.rows(&table, &mut |key, value| {
                let number = number_at(value, 0).unwrap_or_default();
                has_version |= key == VERSION_KEY.as_bytes();
                has_unframed |= key == UNFRAMED_KEY.as_bytes();
                has_unframed |= key == VERSION_KEY.as_bytes() && number == UNFRAMED_VERSION;
                if key == COMMIT_KEY.as_bytes() {
                    commit = number;
                }
                Ok::<(), io::Error>(())
            })?;
            found.has_unframed = has_unframed;
            found.commit = (lost == 0).then_some(commit);
        }
        if !has_version {
            found.damage.push("Its table `format` can't be read.".to_owned());
        }
        Ok(found)
    }

    /// Whether the last commit could not be read, and this is the one before.
    pub(super) fn is_older(&self) -> bool {
        self.pages.is_older
    }

    /// Calls `each` with the rows of a table that can be read. Gives how many pages could not.
    pub(super) fn rows<E: From<io::Error>>(
        &self,
        table: &FoundTable,
        each: &mut impl FnMut(&[u8], &[u8]) -> Result<(), E>,
    ) -> Result<u64, E> {
        walk(&self.pages, table.root, table.widths, each)
    }
}

/// A table as the list says it: a byte for its kind, its length, its root, the widths of keys and values.
fn parse_table(name: &[u8], table: &[u8]) -> Option<FoundTable> {
    let width = |at: usize| -> Option<Option<usize>> {
        let width = usize::try_from(half_number_at(table, at + 1)?).ok()?;
        Some((*table.get(at)? != 0).then_some(width))
    };
    let root = Root::parse(*table.get(9)? != 0, table.get(10..42)?)?;
    let widths = Widths { key: width(42)?, value: width(47)? };
    let name = String::from_utf8(name.to_vec()).ok()?;
    Some(FoundTable { name, root: Root { rows: number_at(table, 1)?, ..root }, widths })
}

/// Calls `each` with the rows of a tree, in order. Gives how many pages are not what their parents say.
fn walk<E: From<io::Error>>(
    pages: &Pages,
    root: Root,
    widths: Widths,
    each: &mut impl FnMut(&[u8], &[u8]) -> Result<(), E>,
) -> Result<u64, E> {
    let mut lost = 0;
    let mut waiting: Vec<(PageRef, u32)> = root.page.into_iter().map(|page| (page, 0)).collect();
    while let Some((page, level)) = waiting.pop() {
        match pages.page(page, widths)? {
            Some(Page::Leaf(rows)) => {
                for (key, value) in rows {
                    each(&key, &value)?;
                }
            }
            Some(Page::Branch(children)) if level < LEVELS => {
                waiting.extend(children.into_iter().rev().map(|child| (child, level + 1)));
            }
            Some(Page::Branch(_)) | None => lost += 1,
        }
    }
    Ok(lost)
}
