//! The archive of models: an index in plain text, then each service's text, compressed.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use flate2::{Decompress, FlushDecompress, Status};

use crate::service::Service;

/// How an archive begins; the number is that of its format.
const MAGIC: &str = "workshop-api-models 1 ";
/// What the dictionary is called in the index.
const DICTIONARY: &str = "-";

/// The models of many services.
///
/// It begins with a line that names what it was made from, then a line for each service: `name compressed-bytes bytes`. The
/// first is the dictionary `-`. An empty line ends the index; then come the services in the same order, each a raw DEFLATE stream
/// that begins with the dictionary's text as its preset dictionary. Their text is described at [`Service`].
#[derive(Debug, Default)]
pub struct Archive {
    /// All of it; what is a part of the program is not copied.
    bytes: Cow<'static, [u8]>,
    source: String,
    dictionary: Vec<u8>,
    entries: Vec<Entry>,
}

/// A service of an archive, which is unpacked when it is asked for.
#[derive(Debug)]
struct Entry {
    name: String,
    /// Where it is in the archive, and how long its text is.
    packed: Range<usize>,
    text_bytes: usize,
    service: OnceLock<Option<Service>>,
}

/// Why an archive can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the API models can't be read: {}", self.0)
    }
}

impl std::error::Error for Unreadable {}

impl Archive {
    /// Reads the index of an archive and unpacks its dictionary.
    ///
    /// # Errors
    /// When it is no archive, or not of this format.
    pub fn read(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Self, Unreadable> {
        let bytes = bytes.into();
        let end =
            bytes.windows(2).position(|pair| pair == b"\n\n").ok_or_else(|| unreadable("its index does not end"))?;
        let index = bytes.get(..end).and_then(|index| std::str::from_utf8(index).ok());
        let mut lines = index.ok_or_else(|| unreadable("its index is no text"))?.lines();
        let source = lines.next().and_then(|line| line.strip_prefix(MAGIC));
        let source = source.ok_or_else(|| unreadable("it is of another format"))?.to_owned();
        let mut dictionary = Vec::new();
        let mut entries = Vec::new();
        let mut at = end + 2;
        for line in lines {
            let (name, packed_bytes, text_bytes) = entry(line).ok_or_else(|| unreadable(line))?;
            let packed = at..at.saturating_add(packed_bytes);
            at = packed.end;
            let held = bytes.get(packed.clone()).ok_or_else(|| unreadable("it is cut off"))?;
            if name == DICTIONARY {
                dictionary = unpack(held, text_bytes, &[]).ok_or_else(|| unreadable("its dictionary"))?;
            } else {
                entries.push(Entry { name: name.to_owned(), packed, text_bytes, service: OnceLock::new() });
            }
        }
        Ok(Self { bytes, source, dictionary, entries })
    }

    /// What it was made from, such as `botocore 1.44.8`.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names of all services that tasks call, in order.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name.as_str()).filter(|name| !name.contains(':'))
    }

    /// A service by its name.
    pub fn service(&self, name: &str) -> Option<&Service> {
        let at = self.entries.binary_search_by(|entry| entry.name.as_str().cmp(name)).ok()?;
        let entry = self.entries.get(at)?;
        let unpacked = entry.service.get_or_init(|| {
            let text = unpack(self.bytes.get(entry.packed.clone())?, entry.text_bytes, &self.dictionary)?;
            Service::read(String::from_utf8(text).ok()?)
        });
        unpacked.as_ref()
    }
}

fn unreadable(why: &str) -> Unreadable {
    Unreadable(why.to_owned())
}

fn entry(line: &str) -> Option<(&str, usize, usize)> {
    let mut words = line.split(' ');
    let entry = (words.next()?, words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    words.next().is_none().then_some(entry)
}

/// Unpacks a raw DEFLATE stream whose length is known.
fn unpack(packed: &[u8], bytes: usize, dictionary: &[u8]) -> Option<Vec<u8>> {
    let mut stream = Decompress::new(false);
    if !dictionary.is_empty() {
        stream.set_dictionary(dictionary).ok()?;
    }
    let mut text = Vec::with_capacity(bytes);
    let status = stream.decompress_vec(packed, &mut text, FlushDecompress::Finish).ok()?;
    (status == Status::StreamEnd && text.len() == bytes).then_some(text)
}
