//! Tests of what is stored: its form, what a restart finds, what of it can't be read, and a disk that takes nothing.

mod formats;
pub(super) mod full_disk;
mod restart;
mod unreadable;
