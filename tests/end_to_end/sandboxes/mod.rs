//! What functions may do to each other, to the cloud and to this machine: real processes, with each part of their sandboxes
//! and without it.

mod api;
mod cloud;
mod code;
mod ends;
mod files;
mod limits;
mod other_user;
