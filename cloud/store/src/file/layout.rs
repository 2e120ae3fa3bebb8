//! What stands where in the file, and how redb is set up for it.

use redb::{Builder, TableDefinition};

/// The name of the file in its folder.
pub(crate) const FILE_NAME: &str = "store.redb";

/// Where the format's version stands.
pub(crate) const FORMAT: TableDefinition<'_, &str, u64> = TableDefinition::new("format");
/// The key of the version in that table.
pub(crate) const VERSION_KEY: &str = "version";
/// The key of the number of the last commit that is in the file.
pub(crate) const COMMIT_KEY: &str = "commit";
/// The key that is there when the file may hold values without a frame, which version 2 wrote.
pub(crate) const UNFRAMED_KEY: &str = "unframed";

/// The key of about how many bytes deleted rows have left in the file.
pub(crate) const FREED_KEY: &str = "freed";

/// The page cache: large enough for the rows that are written together, small beside the cloud's 18 MB.
const CACHE_BYTES: usize = 2 << 20;

/// How the database is set up.
pub(crate) fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES);
    builder
}
