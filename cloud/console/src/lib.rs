//! The embedded cloud's page in a browser, under `/_workshop/console/`: watch executions, start and stop them, see why they fail.
//!
//! # What it is for
//! [`Console::admit`] decides on a request's headers, [`Console::answer`] answers it: the page's files, which are in the
//! program, its JSON, and the stream of changes. What it shows it asks for as any client would, through the port [`Dispatch`]; what executions
//! wait for, and forks, come through [`ExecutionWaits`], histories in short through [`ExecutionHistories`], pictures from `graph`.
//!
//! # Who may use it
//! Whoever has the token that `workshop open` puts into the address ([`Access`]): it is exchanged for a cookie that no script can read
//! and no other page can have sent. What changes something needs the header [`CHANGE_HEADER`] as well. All answers forbid
//! scripts, styles and connections from elsewhere.
//!
//! # What it must not know
//! Any service, HTTP connections, where the data folder is.
//!
//! [`Dispatch`]: cloud_core::Dispatch
//! [`ExecutionHistories`]: cloud_core::ExecutionHistories
//! [`ExecutionWaits`]: cloud_core::ExecutionWaits

mod access;
mod api;
mod assets;
mod cloud;
mod console;
mod example_input;
mod history;
mod long_text;

pub use access::Access;
pub use cloud::Handles;
pub use console::{CHANGE_HEADER, Console, PREFIX, is_path};
