//! Zips of functions: in the ways that tools pack them, and damaged ones.

use std::io::{Cursor, Write as _};

use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use super::seed::Seed;

/// The bytes of a zip follow.
const RAW: u8 = 0;
/// Choices of entries follow.
const MADE_UP: u8 = 1;

/// The seeds.
pub(super) fn seeds() -> Vec<Seed> {
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).unix_permissions(0o755);
    let deflated = stored.compression_method(CompressionMethod::Deflated);
    let plain = one(stored);
    vec![
        seed("stored", plain.clone()),
        seed("deflated", one(deflated)),
        seed("zip64", one(deflated.large_file(true))),
        seed("streamed", streamed(deflated)),
        seed("links", links(stored)),
        seed("nested", nested(deflated)),
        seed("comment", commented(stored)),
        seed("wrong-checksum", changed(&plain, b"#!/bin/sh", b"#!/bin/sx")),
        seed("outside", changed(&plain, b"bootstrap", b"../../abc")),
        seed("other-name-inside", changed(&plain[..60], b"bootstrap", b"bootstrip")),
        seed("cut", plain[..plain.len() - 5].to_vec()),
        seed("before", [b"#!/bin/sh\nexit\n".as_slice(), &plain].concat()),
        seed("twice", [plain.clone(), plain.clone()].concat()),
        seed("empty", ZipWriter::new(Cursor::new(Vec::new())).finish().expect("memory").into_inner()),
        ("made-up", [vec![MADE_UP], (0_u8..200).map(|byte| byte.wrapping_mul(29)).collect()].concat()),
    ]
}

fn seed(name: &'static str, zip: Vec<u8>) -> Seed {
    (name, [vec![RAW], zip].concat())
}

fn made(make: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>) -> zip::result::ZipResult<()>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    make(&mut writer).expect("memory takes it");
    writer.finish().expect("memory takes it").into_inner()
}

fn one(options: SimpleFileOptions) -> Vec<u8> {
    made(|zip| {
        zip.start_file("bootstrap", options)?;
        Ok(zip.write_all(&b"#!/bin/sh\necho hello\n".repeat(20))?)
    })
}

/// As a tool writes it that can't go back: sizes come behind the bytes.
fn streamed(options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new_stream(Vec::new());
    writer.start_file("bootstrap", options).expect("memory takes it");
    writer.write_all(&b"#!/bin/sh\n".repeat(20)).expect("memory takes it");
    StreamWriter::into_inner(writer.finish().expect("memory takes it"))
}

fn links(options: SimpleFileOptions) -> Vec<u8> {
    made(|zip| {
        zip.start_file("lib/libx.so.1.2", options)?;
        zip.write_all(b"\x7fELF")?;
        zip.add_symlink("lib/libx.so", "libx.so.1.2", options)?;
        zip.add_symlink("bin/run", "../lib/libx.so", options)
    })
}

fn nested(options: SimpleFileOptions) -> Vec<u8> {
    made(|zip| {
        zip.add_directory("node_modules/", options)?;
        zip.add_directory("node_modules/a/b/c", options)?;
        zip.start_file("node_modules/a/b/c/index.mjs", options.unix_permissions(0o644))?;
        zip.write_all(b"export default 1\n")?;
        zip.start_file("./handler.js", options)?;
        Ok(zip.write_all(b"exports.handler = async () => 1\n")?)
    })
}

fn commented(options: SimpleFileOptions) -> Vec<u8> {
    made(|zip| {
        zip.set_comment("PK\u{5}\u{6} of a tool").expect("a short comment");
        zip.start_file("\u{e4}.py", options)?;
        Ok(zip.write_all(b"def f(e, c): return 1\n")?)
    })
}

/// The zip with some of its bytes changed, wherever they are.
fn changed(zip: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut zip = zip.to_vec();
    let mut place = 0;
    while let Some(found) = zip[place..].windows(from.len()).position(|window| window == from) {
        place += found;
        zip[place..place + to.len()].copy_from_slice(to);
        place += to.len();
    }
    zip
}
