//! The `workshop` command: parse, run, exit code; nothing else.

mod clock;
mod local;

fn main() {}
