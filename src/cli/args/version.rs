//! What `workshop --version` says.

use serde_json::{Value, json};

include!(concat!(env!("OUT_DIR"), "/commit.rs"));

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// One line; with more wanted, also which commit it was built from, and that commit's date in UTC.
pub(super) fn text(is_verbose: bool) -> String {
    let known = |value: Option<&str>| value.unwrap_or("unknown").to_owned();
    match is_verbose {
        true => format!("workshop {VERSION}\ncommit {}\ndate {}", known(COMMIT), known(COMMIT_DATE)),
        false => format!("workshop {VERSION}"),
    }
}

/// The same for programs.
pub(super) fn json() -> Value {
    json!({"version": VERSION, "commit": COMMIT, "date": COMMIT_DATE})
}
