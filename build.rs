//! Puts the functions' zips, where they have been packaged, into the program, which can then deploy the lesson anywhere.
//!
//! Writes `carried.rs` with `CARRIED`: each function's key and its zip. Without zips the list is empty, and the program
//! says so when someone needs them.

use std::env;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let functions = functions_dir()?;
    // Cargo builds again whenever a file that it watches is missing, so the folder must be there, even if empty.
    fs::create_dir_all(&functions)?;
    println!("cargo::rerun-if-env-changed=CARGO_TARGET_DIR");
    println!("cargo::rerun-if-changed={}", functions.display());
    let out_dir = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out_dir.join("carried.rs"), carried(&zips(&functions)?)?)?;
    Ok(())
}

/// Where `workshop_package::functions_dir` puts them.
fn functions_dir() -> Result<PathBuf, env::VarError> {
    let project = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let target = env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty());
    let target = target.map_or_else(|| project.join("target"), |dir| project.join(dir));
    Ok(target.join("functions"))
}

fn zips(functions: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut zips = Vec::new();
    for entry in fs::read_dir(functions)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "zip") {
            zips.push(path);
        }
    }
    zips.sort();
    Ok(zips)
}

fn carried(zips: &[PathBuf]) -> Result<String, std::fmt::Error> {
    let mut code =
        String::from("/// Each function's key and its zip.\npub(crate) static CARRIED: &[(&str, &[u8])] = &[\n");
    for zip in zips {
        let name = zip.file_stem().unwrap_or_default().to_string_lossy();
        let path = zip.display().to_string();
        writeln!(code, "    ({name:?}, include_bytes!({path:?})),")?;
    }
    code.push_str("];\n");
    Ok(code)
}
