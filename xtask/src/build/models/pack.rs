//! The archive of all services, and the dictionary that makes it small.

use flate2::{Compress, Compression, FlushCompress};
use std::collections::{BTreeMap, BTreeSet};

/// As much as DEFLATE looks back.
const DICTIONARY_BYTES: usize = 32_000;

/// The archive as `api_models::Archive` reads it.
pub(super) fn archive(source: &str, services: &BTreeMap<String, String>) -> Vec<u8> {
    let dictionary = dictionary(services.values());
    let mut index = format!("workshop-api-models 1 {source}\n");
    let mut packed = Vec::new();
    let mut add = |name: &str, text: &[u8], dictionary: &[u8]| {
        let bytes = pack(text, dictionary);
        index.push_str(&format!("{name} {} {}\n", bytes.len(), text.len()));
        packed.extend(bytes);
    };
    add("-", dictionary.as_bytes(), &[]);
    for (name, text) in services {
        add(name, text.as_bytes(), dictionary.as_bytes());
    }
    [index.as_bytes(), b"\n", &packed].concat()
}

/// The members that occur in most services, the most frequent at the end: what is near is cheapest to point at.
fn dictionary<'a>(texts: impl Iterator<Item = &'a String>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for text in texts {
        let words: BTreeSet<&str> = text.split(['\n', ' ']).map(without_number).filter(|word| word.len() > 4).collect();
        words.into_iter().for_each(|word| *counts.entry(word).or_default() += 1);
    }
    let mut words: Vec<(usize, &str)> = counts
        .into_iter()
        .filter(|(_, count)| *count > 3)
        .map(|(word, count)| (count * (word.len() - 2), word))
        .collect();
    words.sort_unstable_by(|one, other| other.cmp(one));
    let mut taken = Vec::new();
    let mut bytes = 0;
    for (_, word) in words {
        bytes += word.len() + 1;
        if bytes > DICTIONARY_BYTES {
            break;
        }
        taken.push(word);
    }
    taken.reverse();
    taken.join(" ")
}

/// `Tags:l.S7` as it stands in every service, whatever the number.
fn without_number(word: &str) -> &str {
    let end = word.rfind(|character: char| !character.is_ascii_digit()).map_or(0, |at| at + 1);
    let is_reference = word.get(..end).is_some_and(|head| head.ends_with(['S', 'e', '~']) && head.contains(':'));
    if is_reference { word.get(..end).unwrap_or(word) } else { word }
}

fn pack(text: &[u8], dictionary: &[u8]) -> Vec<u8> {
    let mut stream = Compress::new(Compression::best(), false);
    if !dictionary.is_empty() {
        // It can only fail on a stream that has begun.
        let _checksum = stream.set_dictionary(dictionary);
    }
    let mut packed = Vec::with_capacity(text.len() + 1024);
    // There is room for all of it, whatever it is.
    let _status = stream.compress_vec(text, &mut packed, FlushCompress::Finish);
    packed
}

#[cfg(test)]
mod tests {
    use super::*;
    use api_models::Archive;

    #[test]
    fn what_is_packed_is_read() {
        let texts = ["a", "b", "c", "d"].map(|name| {
            let text = format!("Id {name}\nget S1 S0\nlist - S0\n\nStateMachineArn!:s(1,256) Tags:l.S1\nTagKey:s");
            (name.to_owned(), text)
        });
        let services = BTreeMap::from(texts);
        let archive = Archive::read(archive("botocore 1.2.3", &services)).unwrap();
        assert_eq!(archive.source(), "botocore 1.2.3");
        assert_eq!(archive.services().collect::<Vec<_>>(), ["a", "b", "c", "d"]);
        let service = archive.service("c").unwrap();
        assert_eq!(service.id(), "Id c");
        assert_eq!(service.operations().map(|operation| operation.action()).collect::<Vec<_>>(), ["get", "list"]);
        assert!(service.operation("list").unwrap().input().is_none());
        assert!(archive.service("e").is_none());
        assert!(Archive::read(b"something else\n\n".as_slice()).is_err());
    }
}
