//! `workshop deploy --watch`: which files a deployment is made of, when they change, and a deployment for each change.

pub(super) mod command;
mod files;
