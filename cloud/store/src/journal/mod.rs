//! The journal: where a commit group is durable first. Two files take turns; what one holds is in the store's file before it is
//! written over.

mod record;
mod replay;

use std::io;
use std::sync::Arc;

use crate::disk::{Folder, OpenFile};
use crate::write::batch::Batch;

pub(crate) use replay::{Replay, replay};

/// The names of the two files.
pub(crate) const NAMES: [&str; 2] = ["journal-0.log", "journal-1.log"];

/// How far a file is lengthened at a time, with zeros. A sync of bytes that were there before costs less than one that must also
/// store a new length.
const ROOM_BYTES: u64 = 256 << 10;

/// A file that is longer than this is cut when its turn comes.
const KEPT_BYTES: u64 = 16 << 20;

/// The journal, open for writing.
#[derive(Debug)]
pub(crate) struct Journal {
    folder: Arc<dyn Folder>,
    files: [Option<JournalFile>; 2],
    /// Which of the two is written to.
    current: usize,
    /// The number of the last commit that is in it.
    last: u64,
}

#[derive(Debug)]
struct JournalFile {
    file: OpenFile,
    /// Where the next record begins.
    end: u64,
    /// How long the file is.
    len: u64,
    /// Whether a write failed: what may lie behind the end must go before the next.
    must_be_cut: bool,
    /// Whether its name was made durable.
    is_named: bool,
}

impl Journal {
    /// A journal whose last commit has a number. Its files are written over from their beginnings: what they hold is in the
    /// store's file.
    pub(crate) fn new(folder: Arc<dyn Folder>, last: u64) -> Self {
        Self { folder, files: [None, None], current: 0, last }
    }

    /// Makes a commit durable and says its number. After a failure nothing of it is left.
    pub(crate) fn append(&mut self, batches: &[Batch]) -> io::Result<u64> {
        let commit = self.last + 1;
        let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, "the changes are more than one record can hold");
        let record = record::encode(commit, batches).ok_or_else(too_large)?;
        let [first, second] = &mut self.files;
        let (place, name) = if self.current == 0 { (first, NAMES[0]) } else { (second, NAMES[1]) };
        let file = match place {
            Some(file) => file,
            None => place.insert(JournalFile::open(&*self.folder, name)?),
        };
        file.append(record, &*self.folder)?;
        self.last = commit;
        Ok(commit)
    }

    /// Goes on in the other file, from its beginning: what that one holds is in the store's file.
    pub(crate) fn switch(&mut self) {
        self.current = 1 - self.current;
        if let Some(Some(file)) = self.files.get_mut(self.current) {
            file.end = 0;
            if file.len > KEPT_BYTES {
                file.must_be_cut = true;
            }
        }
    }

    /// Cuts both files to nothing, when all that they hold is in the store's file.
    pub(crate) fn clear(&mut self) {
        for file in self.files.iter_mut().flatten() {
            file.end = 0;
            file.must_be_cut = true;
            if let Err(reason) = file.cut_if_needed() {
                // It is tried again before the next write.
                tracing::debug!(error = %reason, "the journal could not be cut");
            }
        }
    }

    /// Removes both files, when all that they hold is in the store's file.
    pub(crate) fn remove(self) {
        let Self { folder, files, .. } = self;
        drop(files);
        for name in NAMES.into_iter().filter(|name| folder.exists(name)) {
            if let Err(reason) = folder.remove(name) {
                // The next opening passes over what is in it.
                tracing::debug!(error = %reason, name, "an empty journal could not be removed");
            }
        }
    }
}

impl JournalFile {
    fn open(folder: &dyn Folder, name: &str) -> io::Result<Self> {
        let file = folder.open_or_create(name)?;
        let len = file.len()?;
        Ok(Self { file, end: 0, len, must_be_cut: false, is_named: false })
    }

    fn append(&mut self, record: Vec<u8>, folder: &dyn Folder) -> io::Result<()> {
        self.cut_if_needed()?;
        let end = self.end + record.len() as u64;
        let written = self.write(record, end).and_then(|()| self.name(folder));
        if let Err(failure) = written {
            self.must_be_cut = true;
            if let Err(reason) = self.cut_if_needed() {
                // It is tried again, and told, before the next write.
                tracing::warn!(error = %reason, "what is left of a failed write could not be cut off the journal");
            }
            return Err(failure);
        }
        self.end = end;
        Ok(())
    }

    fn write(&mut self, mut record: Vec<u8>, end: u64) -> io::Result<()> {
        let len = end.next_multiple_of(ROOM_BYTES);
        let grows = len > self.len;
        if grows {
            let with_room = usize::try_from(len - self.end).map_err(io::Error::other)?;
            record.resize(with_room, 0);
        }
        self.file.write(self.end, &record)?;
        self.file.sync_data()?;
        if grows {
            self.len = len;
        }
        Ok(())
    }

    fn name(&mut self, folder: &dyn Folder) -> io::Result<()> {
        if !self.is_named {
            folder.sync()?;
            self.is_named = true;
        }
        Ok(())
    }

    /// Takes what lies behind the end away.
    fn cut_if_needed(&mut self) -> io::Result<()> {
        if self.must_be_cut {
            self.file.set_len(self.end)?;
            self.file.sync_data()?;
            self.len = self.end;
            self.must_be_cut = false;
        }
        Ok(())
    }
}
