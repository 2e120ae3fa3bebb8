//! Landlock: which files a function may read and write, whoever it runs as, and that it signals nobody outside.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError,
    RulesetStatus, Scope, path_beneath_rules,
};

use super::orders::Orders;

/// The newest version whose rights are known here; older kernels keep what they can.
const VERSION: ABI = ABI::V6;

/// Devices that hold nothing.
const DEVICES: [&str; 6] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"];

/// Where functions keep temporary files.
const TMP: &str = "/tmp";

/// Whether this system has it.
pub(crate) fn is_available() -> bool {
    let required = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    required.handle_access(AccessFs::from_all(ABI::V1)).and_then(Ruleset::create).is_ok()
}

/// Restricts this thread, and whatever it starts.
pub(super) fn restrict(orders: &Orders) -> io::Result<()> {
    let readable = if orders.protection.has_namespaces() { vec![PathBuf::from("/")] } else { readable(orders)? };
    match enforce(&readable, &writable(orders)).map_err(io::Error::other)? {
        RulesetStatus::NotEnforced => Err(io::Error::other("this system has no Landlock")),
        RulesetStatus::PartiallyEnforced | RulesetStatus::FullyEnforced => Ok(()),
    }
}

fn enforce(readable: &[PathBuf], writable: &[PathBuf]) -> Result<RulesetStatus, RulesetError> {
    let all = AccessFs::from_all(VERSION);
    let devices = AccessFs::from_file(VERSION) & !AccessFs::Execute;
    let restricted = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(all)?
        .scope(Scope::from_all(VERSION))?
        .create()?
        .add_rules(path_beneath_rules(readable, AccessFs::from_read(VERSION)))?
        .add_rules(path_beneath_rules(writable, all))?
        .add_rules(path_beneath_rules(DEVICES, devices))?
        .restrict_self()?;
    Ok(restricted.ruleset)
}

/// Its own folder for temporary files. Where `/tmp` is not its own it is the machine's, for the many functions that name it,
/// unless the cloud's data are in there.
fn writable(orders: &Orders) -> Vec<PathBuf> {
    let shares_tmp = orders.protection.has_namespaces() || !orders.data_folder.starts_with(TMP);
    shares_tmp.then(|| PathBuf::from(TMP)).into_iter().chain(orders.tmp_folder.clone()).collect()
}

/// Everything but the cloud's data: what lies beside the path to them, at each step, and what is readable in them.
fn readable(orders: &Orders) -> io::Result<Vec<PathBuf>> {
    let mut paths = orders.readable.clone();
    paths.extend(orders.tmp_folder.clone());
    let mut below = orders.data_folder.as_path();
    while let Some(folder) = below.parent() {
        paths.extend(beside(folder, below)?);
        below = folder;
    }
    Ok(paths)
}

/// What is in a folder but one entry. A link is left out: what it points to has a path of its own.
fn beside(folder: &Path, entry: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        // Nobody of this user can list it.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut paths = Vec::new();
    for other in entries {
        let other = other?;
        if other.path() != entry && !other.file_type()?.is_symlink() {
            paths.push(other.path());
        }
    }
    Ok(paths)
}
