//! Makes the fixtures of the version of today, once, when a version is new: `cargo run -p cloud-store --example fixtures`.
//! One is a file that was closed, the other one whose process was killed.

use std::path::Path;

use cloud_store::{Batch, Store, Table, format};
use serde_json::json;

/// What `tests/format.rs` finds in them.
const ROWS: Table = Table::new("rows");

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let closed = folder.join(format!("version-{}.redb", format::VERSION));
    let killed = folder.join(format!("version-{}-killed.redb", format::VERSION));
    let journal = folder.join(format!("version-{}-killed.log", format::VERSION));
    if closed.exists() || killed.exists() {
        return Err("The fixtures of this version are there, and stay as they are.".into());
    }
    let made = tempfile::tempdir()?;
    let store = Store::open(made.path())?;
    for (key, value) in [("a", json!({ "name": "first" })), ("b", json!([1, "é", null]))] {
        let mut batch = Batch::new();
        batch.put(ROWS, key, &value)?;
        store.commit(batch).await?;
    }
    // Memory goes to the file only when the store is idle or ends: here everything is in the journal.
    std::fs::copy(store.path(), killed)?;
    std::fs::copy(made.path().join("journal-0.log"), journal)?;
    let file = store.path().to_owned();
    drop(store);
    std::fs::copy(file, closed)?;
    Ok(())
}
