//! What a sandbox sees of the file system: everything read-only, the cloud's data covered, `/tmp` of its own.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::CWD;
use rustix::mount::{MountFlags, MoveMountFlags, OpenTreeFlags, mount, mount_remount, move_mount, open_tree};

use super::orders::Orders;

/// Where functions keep temporary files.
const TMP: &str = "/tmp";

/// A path, and what went wrong with it.
type Failure = (PathBuf, io::Error);

/// Arranges the mounts of this process's own mount namespace.
pub(super) fn arrange(orders: &Orders) -> Result<(), Failure> {
    let hidden = |path: &Path| path.starts_with(TMP) || path.starts_with(&orders.data_folder);
    let kept: Vec<(&PathBuf, OwnedFd)> = orders
        .readable
        .iter()
        .filter(|path| hidden(path))
        .map(|path| take(path).map(|tree| (path, tree)))
        .collect::<Result<_, _>>()?;
    make_read_only()?;
    cover(Path::new(TMP), &format!("mode=1777,size={},nr_inodes=65536", orders.tmp_bytes))?;
    make_folder(&orders.data_folder)?;
    cover(&orders.data_folder, "mode=0755,size=64k")?;
    for (path, tree) in &kept {
        put_back(path, tree)?;
    }
    protect(&orders.data_folder)?;
    // So that a folder which is not there any more, or is covered, is not where the program starts.
    std::env::set_current_dir("/").map_err(at(Path::new("/")))
}

/// Holds what is at a path, to be mounted where it was once that is covered.
fn take(path: &Path) -> Result<OwnedFd, Failure> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
    open_tree(CWD, path, flags).map_err(|error| (path.to_owned(), error.into()))
}

/// Mounts what was held, read-only, at its own path.
fn put_back(path: &Path, tree: &OwnedFd) -> Result<(), Failure> {
    let failed = |error: rustix::io::Errno| (path.to_owned(), error.into());
    let file: OwnedFd = tree.try_clone().map_err(at(path))?;
    let is_folder = fs::File::from(file).metadata().map_err(at(path))?.is_dir();
    if is_folder {
        make_folder(path)?;
    } else {
        path.parent().map_or(Ok(()), make_folder)?;
        fs::File::create(path).map_err(at(path))?;
    }
    move_mount(tree, "", CWD, path, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH).map_err(failed)?;
    protect(path)
}

/// Hides what is at a path under an empty folder in memory.
fn cover(path: &Path, options: &str) -> Result<(), Failure> {
    let options = std::ffi::CString::new(options).map_err(|error| (path.to_owned(), io::Error::other(error)))?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    mount("tmpfs", path, "tmpfs", flags, options.as_c_str()).map_err(|error| (path.to_owned(), error.into()))
}

/// Makes one mount read-only.
fn protect(path: &Path) -> Result<(), Failure> {
    let flags = MountFlags::BIND | MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NODEV;
    mount_remount(path, flags, "").map_err(|error| (path.to_owned(), error.into()))
}

fn make_folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(at(path))
}

fn at(path: &Path) -> impl Fn(io::Error) -> Failure + '_ {
    |error| (path.to_owned(), error)
}

/// Makes every mount read-only, whatever else it is.
fn make_read_only() -> Result<(), Failure> {
    let list = Path::new("/proc/self/mountinfo");
    let text = fs::read_to_string(list).map_err(at(list))?;
    for line in text.lines() {
        let Some((path, flags)) = mount_point(line) else { continue };
        if flags.contains(MountFlags::RDONLY) {
            continue;
        }
        match mount_remount(&path, MountFlags::BIND | MountFlags::RDONLY | flags, "") {
            // One that another mount hides, or that this user can't reach: nor can the function.
            Ok(()) | Err(rustix::io::Errno::NOENT | rustix::io::Errno::INVAL | rustix::io::Errno::ACCESS) => {}
            Err(error) => return Err((path, error.into())),
        }
    }
    Ok(())
}

/// The path of one line of `/proc/self/mountinfo` (proc(5)), and the flags that must stay.
fn mount_point(line: &str) -> Option<(PathBuf, MountFlags)> {
    let mut fields = line.split(' ').skip(4);
    let path = unescape(fields.next()?);
    let mut flags = MountFlags::empty();
    for option in fields.next()?.split(',') {
        flags |= match option {
            "ro" => MountFlags::RDONLY,
            "nosuid" => MountFlags::NOSUID,
            "nodev" => MountFlags::NODEV,
            "noexec" => MountFlags::NOEXEC,
            "noatime" => MountFlags::NOATIME,
            "nodiratime" => MountFlags::NODIRATIME,
            "relatime" => MountFlags::RELATIME,
            _ => MountFlags::empty(),
        };
    }
    Some((path, flags))
}

/// Paths have spaces and their like as octal numbers.
fn unescape(field: &str) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;

    let mut bytes = Vec::new();
    let mut rest = field.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let octal = others.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        match octal.and_then(|digits| u8::from_str_radix(digits, 8).ok()).filter(|_| *first == b'\\') {
            Some(byte) => {
                bytes.push(byte);
                rest = others.get(3..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_mounted_where() {
        let line =
            r"36 35 98:0 /mnt1 /mnt/with\040space\134 rw,noatime,nosuid master:1 - ext3 /dev/root rw,errors=continue";
        let (path, flags) = mount_point(line).unwrap();
        assert_eq!(path, Path::new(r"/mnt/with space\"));
        assert_eq!(flags, MountFlags::NOATIME | MountFlags::NOSUID);
        assert_eq!(mount_point("36 35"), None);
    }
}
