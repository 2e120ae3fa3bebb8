//! Puts the functions' zips, where they have been packaged, into the program, which can then deploy the lesson anywhere.
//!
//! Writes `carried.rs` with `CARRIED`: each function's key and its zip. Without zips the list is empty, and the program
//! says so when someone needs them.
//!
//! Writes `commit.rs` too, with `COMMIT` and `COMMIT_DATE`: what was built, as git knows it. No clock is asked, so that the
//! same commit makes the same program; outside a checkout both are unknown.
//!
//! Has the released program linked so that the embedded cloud, which runs for days, has little of it in memory.

use std::env;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() -> Result<(), Box<dyn Error>> {
    let functions = functions_dir()?;
    // Cargo builds again whenever a file that it watches is missing, so the folder must be there, even if empty.
    fs::create_dir_all(&functions)?;
    println!("cargo::rerun-if-env-changed=CARGO_TARGET_DIR");
    println!("cargo::rerun-if-changed={}", functions.display());
    let out_dir = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out_dir.join("carried.rs"), carried(&zips(&functions)?)?)?;
    fs::write(out_dir.join("commit.rs"), commit())?;
    link_small()
}

/// The system maps a program's file in pieces of 64 KiB around what is used. So what the embedded cloud uses stands together
/// (`link-order.ld`): of 28 MiB of code 3 are in memory then, not 13. And the program has its place in memory from the linker: with
/// a random one, 100,000 pointers are written at each start, which takes 2.4 MiB to read and 1.4 to write. What randomness is
/// against, code that writes where it should not, this program does not have: it is all safe Rust.
fn link_small() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|is| is == value);
    let is_known = is("TARGET", "x86_64-unknown-linux-gnu") && is("HOST", "x86_64-unknown-linux-gnu");
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let is_own_linker = env::var_os("RUSTC_LINKER").is_none() && !flags.contains("link");
    if !is("PROFILE", "release") || !is_known || !is_own_linker || !has_lld()? {
        return Ok(());
    }
    let order = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("src/link-order.ld");
    println!("cargo::rerun-if-changed={}", order.display());
    println!("cargo::rustc-link-arg-bins=-no-pie");
    println!("cargo::rustc-link-arg-bins=-Wl,-T,{}", order.display());
    Ok(())
}

/// Whether the compiler links with the LLD that it brings, as those of rustup do: other linkers may not know such scripts.
fn has_lld() -> Result<bool, Box<dyn Error>> {
    #[expect(clippy::disallowed_methods, reason = "a build script ends with its children")]
    let output = Command::new(env::var("RUSTC")?).args(["--print", "target-libdir"]).output()?;
    let libraries = PathBuf::from(String::from_utf8(output.stdout)?.trim());
    Ok(libraries.parent().is_some_and(|target| target.join("bin/gcc-ld/ld.lld").is_file()))
}

/// The code with the commit and its date.
fn commit() -> String {
    let known = git(&["log", "-1", "--date=short-local", "--format=%H %cd"]).filter(|_| is_own_checkout());
    // Git's own log of this checkout grows with each commit and each switch of branches.
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"]).filter(|log| Path::new(log).exists());
    if let (Some(_), Some(log)) = (&known, log) {
        println!("cargo::rerun-if-changed={log}");
    }
    let parts = known.as_deref().and_then(|known| known.split_once(' '));
    let (commit, date) = parts.map_or((None, None), |(commit, date)| (Some(commit), Some(date)));
    format!(
        "/// What it was built from.\npub(super) const COMMIT: Option<&str> = {commit:?};\n\
         /// That commit's date.\npub(super) const COMMIT_DATE: Option<&str> = {date:?};\n"
    )
}

/// Whether git knows these very sources, and not only a folder around them.
fn is_own_checkout() -> bool {
    let root = git(&["rev-parse", "--show-toplevel"]).and_then(|root| fs::canonicalize(root).ok());
    let here = env::var_os("CARGO_MANIFEST_DIR").and_then(|here| fs::canonicalize(here).ok());
    root.is_some() && root == here
}

/// What git answers; nothing where there is no git or no checkout.
fn git(arguments: &[&str]) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "a build script ends with its children")]
    let output = Command::new("git").args(arguments).env("TZ", "UTC").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned()).filter(|text| !text.is_empty())
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
