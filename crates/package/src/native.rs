//! Native code among a folder's files: would Lambda load it?

use crate::error::PackageError;
use crate::options::Architecture;
use object::Endianness;
use object::elf::{self, FileHeader64};
use object::read::elf::FileHeader;
use std::collections::BTreeMap;

/// The folder with a package's native code for several platforms, of which it takes the right one (node-gyp-build).
const PREBUILDS: &str = "/prebuilds/";

/// What was found among a folder's files.
#[derive(Debug, Default)]
pub(crate) struct NativeModules {
    /// Files that Lambda can't load, and what they are for.
    unfit: BTreeMap<String, String>,
    /// Names of files that it can load.
    fit: Vec<String>,
}

impl NativeModules {
    /// Looks at a file, if its name says that it is native code: `x.node`, `x.so`, `x.so.1`.
    pub(crate) fn look_at(&mut self, name: &str, bytes: &[u8], wanted: Architecture) {
        let own_name = name.rsplit('/').next().unwrap_or(name);
        let is_native =
            [".node", ".so", ".dylib"].iter().any(|ending| own_name.ends_with(ending)) || own_name.contains(".so.");
        if !is_native {
            return;
        }
        match platform(bytes) {
            Some(found) if found != Platform::Linux(wanted) => {
                drop(self.unfit.insert(name.to_owned(), found.to_string()))
            }
            // What is no executable at all is data that happens to have such a name.
            Some(_) | None => self.fit.push(name.to_owned()),
        }
    }

    /// Refuses a file that can't be loaded, unless it is one of several that a package has for different platforms.
    pub(crate) fn check(&self, function: &str, architecture: Architecture) -> Result<(), PackageError> {
        let has_fitting = |name: &str| {
            let Some((package, _)) = name.split_once(PREBUILDS) else { return false };
            let prebuilds = format!("{package}{PREBUILDS}");
            self.fit.iter().any(|fit| fit.starts_with(&prebuilds))
        };
        match self.unfit.iter().find(|(name, _)| !name.ends_with(".dylib") && !has_fitting(name)) {
            None => Ok(()),
            Some((file, found)) => Err(PackageError::NativeModule {
                function: function.to_owned(),
                file: file.clone(),
                package: package(file),
                found: found.clone(),
                architecture,
            }),
        }
    }
}

/// What native code is for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Platform {
    Linux(Architecture),
    OtherProcessor,
    MacOs,
    Windows,
}

impl std::fmt::Display for Platform {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Linux(architecture) => write!(formatter, "Linux on {}", architecture.as_str()),
            Self::OtherProcessor => formatter.write_str("another processor"),
            Self::MacOs => formatter.write_str("macOS"),
            Self::Windows => formatter.write_str("Windows"),
        }
    }
}

/// By the file's first bytes: ELF, Mach-O of one or several processors, PE.
fn platform(bytes: &[u8]) -> Option<Platform> {
    match bytes.get(..4)? {
        [0x7f, b'E', b'L', b'F'] => {
            let Ok(header) = FileHeader64::<Endianness>::parse(bytes) else { return Some(Platform::OtherProcessor) };
            let machine = header.endian().map(|endian| header.e_machine(endian));
            Some(match machine {
                Ok(elf::EM_X86_64) => Platform::Linux(Architecture::X86_64),
                Ok(elf::EM_AARCH64) => Platform::Linux(Architecture::Arm64),
                _ => Platform::OtherProcessor,
            })
        }
        [0xcf | 0xce, 0xfa, 0xed, 0xfe] | [0xca, 0xfe, 0xba, 0xbe] => Some(Platform::MacOs),
        [b'M', b'Z', ..] => Some(Platform::Windows),
        _ => None,
    }
}

/// The package that a file belongs to: the folder's name after the last `node_modules`.
fn package(file: &str) -> Option<String> {
    let (_, rest) = file.rsplit_once("node_modules/")?;
    let mut parts = rest.split('/');
    let first = parts.next()?;
    match first.starts_with('@') {
        true => Some(format!("{first}/{}", parts.next()?)),
        false => Some(first.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elf(machine: u16) -> Vec<u8> {
        let mut bytes = vec![0; 64];
        bytes[..7].copy_from_slice(&[0x7f, b'E', b'L', b'F', 2, 1, 1]);
        bytes[18..20].copy_from_slice(&machine.to_le_bytes());
        bytes
    }

    #[track_caller]
    fn checked(files: &[(&str, &[u8])]) -> Result<(), String> {
        let mut modules = NativeModules::default();
        for (name, bytes) in files {
            modules.look_at(name, bytes, Architecture::Arm64);
        }
        modules.check("f", Architecture::Arm64).map_err(|error| error.to_string())
    }

    #[test]
    fn code_for_another_platform_is_refused() {
        let mac: &[u8] = &[0xcf, 0xfa, 0xed, 0xfe, 0, 0];
        for (bytes, found) in [(elf(62).as_slice(), "Linux on x86_64"), (mac, "macOS"), (b"MZ\0\0", "Windows")] {
            let error = checked(&[("node_modules/@s/p/build/a.node", bytes)]).unwrap_err();
            assert!(error.contains(found) && error.contains("@s/p"), "{error}");
        }
        assert_eq!(checked(&[("a.so.1", &elf(183)), ("data.so", b"text"), ("a.txt", &elf(62))]), Ok(()));
    }

    #[test]
    fn one_of_several_prebuilt_ones_is_enough() {
        let arm = elf(183);
        let intel = elf(62);
        let files = [
            ("node_modules/p/prebuilds/linux-x64/a.node", intel.as_slice()),
            ("node_modules/p/prebuilds/linux-arm64/a.node", &arm),
        ];
        assert_eq!(checked(&files), Ok(()));
        assert!(checked(&files[..1]).is_err());
    }
}
