//! Would Lambda run this executable? Read from the file itself, before anything is uploaded.

use crate::artefact::GlibcVersion;
use crate::error::ExecutableProblem;
use crate::options::Architecture;
use object::elf::{self, FileHeader64};
use object::read::elf::{FileHeader, SectionHeader};
use object::{Endianness, FileKind};
use std::io;

/// Lambda's limit for a zip that is uploaded directly.
pub(crate) const MAX_ZIPPED_BYTES: u64 = 52_428_800;
/// Lambda's limit for a function's unpacked code.
pub(crate) const MAX_UNZIPPED_BYTES: u64 = 262_144_000;

/// Checks format, processor and C library. Gives the newest glibc that is needed, if any.
pub(crate) fn check(bytes: &[u8], wanted: Architecture) -> Result<Option<GlibcVersion>, ExecutableProblem> {
    let not_elf = |found: String| ExecutableProblem::NotElf { found, wanted };
    match FileKind::parse(bytes) {
        Ok(FileKind::Elf64 | FileKind::Elf32) => {}
        Ok(other) => return Err(not_elf(format!("a {other:?} file"))),
        Err(_) => return Err(not_elf(String::from("no executable of a known kind"))),
    }
    let broken = |error: object::Error| not_elf(format!("a broken ELF file ({error})"));
    let header = FileHeader64::<Endianness>::parse(bytes).map_err(|_| not_elf(String::from("a 32-bit executable")))?;
    let endian = header.endian().map_err(broken)?;
    check_kind(header.e_type(endian)).map_err(not_elf)?;
    check_machine(header.e_machine(endian), wanted)?;
    let newest = newest_glibc(header, endian, bytes).map_err(broken)?;
    match newest {
        Some(needed) if needed > GlibcVersion::OF_AL2023 => Err(ExecutableProblem::Glibc { needed, wanted }),
        _ => Ok(newest),
    }
}

/// The newest glibc whose symbols an executable of any processor needs; none for one that needs no glibc.
///
/// # Errors
/// Bytes that are no 64-bit ELF file.
pub fn needed_glibc(executable: &[u8]) -> io::Result<Option<GlibcVersion>> {
    let newest = || {
        let header = FileHeader64::<Endianness>::parse(executable)?;
        newest_glibc(header, header.endian()?, executable)
    };
    newest().map_err(|error: object::Error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))
}

/// Checks Lambda's limits.
pub(crate) fn check_sizes(size_bytes: u64, unzipped_bytes: u64) -> Result<(), ExecutableProblem> {
    let limits = [("executable", unzipped_bytes, MAX_UNZIPPED_BYTES), ("zip", size_bytes, MAX_ZIPPED_BYTES)];
    match limits.into_iter().find(|(_, size, limit)| size > limit) {
        Some((what, size_bytes, limit_bytes)) => Err(ExecutableProblem::TooLarge { what, size_bytes, limit_bytes }),
        None => Ok(()),
    }
}

fn check_kind(kind: elf::FileType) -> Result<(), String> {
    match kind {
        elf::ET_EXEC | elf::ET_DYN => Ok(()),
        elf::ET_REL => Err(String::from("an object file")),
        _ => Err(String::from("an ELF file of another kind")),
    }
}

fn check_machine(machine: elf::Machine, wanted: Architecture) -> Result<(), ExecutableProblem> {
    let found = match machine {
        elf::EM_X86_64 if wanted == Architecture::X86_64 => return Ok(()),
        elf::EM_AARCH64 if wanted == Architecture::Arm64 => return Ok(()),
        elf::EM_X86_64 => String::from("x86_64"),
        elf::EM_AARCH64 => String::from("arm64"),
        other => format!("ELF machine {}", other.0),
    };
    Err(ExecutableProblem::Architecture { found, wanted })
}

/// The versions that the dynamic linker looks for are listed in `.gnu.version_r`; a static executable has no such
/// section. A version that only weak references need may be missing, so it does not count.
fn newest_glibc(
    header: &FileHeader64<Endianness>,
    endian: Endianness,
    bytes: &[u8],
) -> object::Result<Option<GlibcVersion>> {
    let sections = header.sections(endian, bytes)?;
    let mut newest = None;
    for section in sections.iter() {
        let Some((mut libraries, strings)) = section.gnu_verneed(endian, bytes)? else {
            continue;
        };
        let strings = sections.strings(endian, bytes, strings)?;
        while let Some((_, mut versions)) = libraries.next()? {
            while let Some(version) = versions.next()? {
                if version.vna_flags.get(endian).0 & elf::VER_FLG_WEAK.0 == 0 {
                    newest = newest.max(glibc_version(version.name(endian, strings)?));
                }
            }
        }
    }
    Ok(newest)
}

fn glibc_version(name: &[u8]) -> Option<GlibcVersion> {
    let name = std::str::from_utf8(name).ok()?.strip_prefix("GLIBC_")?;
    match name {
        // Packed relocations: no number in the name, but only glibc 2.36 and newer loads them.
        "ABI_DT_RELR" => Some(GlibcVersion::new(2, 36)),
        _ => GlibcVersion::parse(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// This test's own executable: a real one, for this machine.
    fn own() -> Vec<u8> {
        std::fs::read(std::env::current_exe().unwrap()).unwrap()
    }

    fn other(architecture: Architecture) -> Architecture {
        match architecture {
            Architecture::X86_64 => Architecture::Arm64,
            Architecture::Arm64 => Architecture::X86_64,
        }
    }

    /// Gives a version of this executable another name of the same length.
    fn renamed(from: &str, to: &str) -> Vec<u8> {
        let mut bytes = own();
        let from = [from.as_bytes(), &[0]].concat();
        let positions: Vec<_> = bytes
            .windows(from.len())
            .enumerate()
            .filter(|(_, window)| *window == from)
            .map(|(position, _)| position)
            .collect();
        assert!(!positions.is_empty(), "the executable has no such version");
        for position in positions {
            bytes[position..position + to.len()].copy_from_slice(to.as_bytes());
        }
        bytes
    }

    #[test]
    fn a_real_executable_passes_and_names_its_glibc() {
        let newest = check(&own(), Architecture::of_this_machine()).unwrap();
        assert!(newest.is_some_and(|version| version >= GlibcVersion::new(2, 2)), "{newest:?}");
        assert_eq!(needed_glibc(&own()).unwrap(), newest);
        assert!(needed_glibc(b"#!/bin/sh\n").is_err());
    }

    #[test]
    fn another_processor_is_refused() {
        let wanted = other(Architecture::of_this_machine());
        let problem = check(&own(), wanted).unwrap_err();
        let found = String::from(Architecture::of_this_machine().as_str());
        assert_eq!(problem, ExecutableProblem::Architecture { found, wanted });
    }

    #[test]
    fn a_newer_glibc_is_refused() {
        let newest = check(&own(), Architecture::of_this_machine()).unwrap().unwrap();
        let name = format!("GLIBC_{newest}");
        // The same number of characters: a version this far away does not exist yet.
        let newer = format!("GLIBC_{}", "9.99.99".get(..newest.to_string().len()).unwrap());
        let problem = check(&renamed(&name, &newer), Architecture::of_this_machine()).unwrap_err();
        assert!(matches!(problem, ExecutableProblem::Glibc { .. }), "{problem:?}");
    }

    #[test]
    fn what_is_no_executable_is_refused() {
        let mut object_file = own();
        object_file[16..18].copy_from_slice(&elf::ET_REL.0.to_le_bytes());
        let mut truncated = own();
        truncated.truncate(100);
        let pe = b"MZ".iter().copied().chain([0; 200]).collect();
        for bytes in [Vec::new(), b"#!/bin/sh\necho hello\n".to_vec(), truncated, object_file, pe] {
            let problem = check(&bytes, Architecture::of_this_machine()).unwrap_err();
            assert!(matches!(problem, ExecutableProblem::NotElf { .. }), "{problem:?}");
        }
    }

    #[test]
    fn version_names_become_versions() {
        assert_eq!(glibc_version(b"GLIBC_2.34"), Some(GlibcVersion::OF_AL2023));
        assert_eq!(glibc_version(b"GLIBC_ABI_DT_RELR"), Some(GlibcVersion::new(2, 36)));
        assert_eq!(glibc_version(b"GCC_3.0"), None);
        assert_eq!(glibc_version(b"GLIBC_PRIVATE"), None);
    }

    #[test]
    fn lambdas_limits_hold() {
        assert_eq!(check_sizes(MAX_ZIPPED_BYTES, MAX_UNZIPPED_BYTES), Ok(()));
        let zip = check_sizes(MAX_ZIPPED_BYTES + 1, 1).unwrap_err();
        assert!(matches!(zip, ExecutableProblem::TooLarge { what: "zip", .. }));
        let executable = check_sizes(1, MAX_UNZIPPED_BYTES + 1).unwrap_err();
        assert!(matches!(executable, ExecutableProblem::TooLarge { what: "executable", .. }));
    }
}
