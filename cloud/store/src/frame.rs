//! How a value is stored: with a checksum over its table, its key and itself, and compressed when that makes it smaller.
//!
//! A framed value is one byte that says how it is packed, four bytes of checksum (CRC-32, little endian) over that byte, the
//! table's name, the key and what follows, and the packed value. A compressed one begins with its length (four bytes, little
//! endian), and goes on with an LZ4 block.

use std::borrow::Cow;

/// How large a row may be, in bytes before it is packed: 64 MiB. No service has use for one that comes near, so a larger one is a
/// fault, which is better told than kept in memory.
pub const ROW_BYTES: usize = 64 << 20;

/// Values below this many bytes are not worth compressing.
const COMPRESSED_FROM_BYTES: usize = 200;

const PLAIN: u8 = 1;
const LZ4: u8 = 2;
const HEAD_BYTES: usize = 5;

/// What a wrong checksum says.
pub(crate) const WRONG_CHECKSUM: &str = "its checksum is wrong";

/// The value as it is stored.
pub(crate) fn encode(table: &str, key: &[u8], value: &[u8]) -> Vec<u8> {
    if value.len() >= COMPRESSED_FROM_BYTES
        && let Ok(len) = u32::try_from(value.len())
    {
        let compressed = lz4_flex::block::compress(value);
        if compressed.len() + 4 < value.len() - value.len() / 8 {
            return seal(LZ4, table, key, &len.to_le_bytes(), &compressed);
        }
    }
    seal(PLAIN, table, key, &[], value)
}

fn seal(packing: u8, table: &str, key: &[u8], first: &[u8], rest: &[u8]) -> Vec<u8> {
    let sum = checksum(packing, table.as_bytes(), key, &[first, rest]);
    let mut framed = Vec::with_capacity(HEAD_BYTES + first.len() + rest.len());
    framed.push(packing);
    framed.extend_from_slice(&sum.to_le_bytes());
    framed.extend_from_slice(first);
    framed.extend_from_slice(rest);
    framed
}

/// Whether a value in a file that version 2 wrote to is one of its own: JSON never begins as a frame does.
pub(crate) fn is_unframed(value: &[u8]) -> bool {
    !matches!(value.first(), Some(&(PLAIN | LZ4)))
}

/// The value that was stored.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn decode<'a>(table: &str, key: &[u8], framed: &'a [u8]) -> Result<Cow<'a, [u8]>, String> {
    let Some((head, packed)) = framed.split_first_chunk::<HEAD_BYTES>() else {
        return Err("it is cut".to_owned());
    };
    let [packing, sum @ ..] = *head;
    if u32::from_le_bytes(sum) != checksum(packing, table.as_bytes(), key, &[packed]) {
        return Err(WRONG_CHECKSUM.to_owned());
    }
    match (packing, packed.split_first_chunk::<4>()) {
        (PLAIN, _) => Ok(Cow::Borrowed(packed)),
        (LZ4, Some((len, compressed))) => {
            let len = usize::try_from(u32::from_le_bytes(*len)).unwrap_or(usize::MAX);
            if len > ROW_BYTES {
                return Err(format!("it says that it has {len} bytes, and no row has more than {ROW_BYTES}"));
            }
            lz4_flex::block::decompress(compressed, len).map(Cow::Owned).map_err(|reason| reason.to_string())
        }
        _ => Err(format!("it is packed in a way ({packing}) that this workshop does not know")),
    }
}

fn checksum(packing: u8, table: &[u8], key: &[u8], packed: &[&[u8]]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    // The lengths keep a table's name and a key apart from what follows them.
    sum.update(&[packing]);
    sum.update(&(table.len() as u64).to_le_bytes());
    sum.update(table);
    sum.update(&(key.len() as u64).to_le_bytes());
    sum.update(key);
    for part in packed {
        sum.update(part);
    }
    sum.finalize()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_framed_comes_back_and_a_flipped_bit_is_seen(
            value in prop_oneof![prop::collection::vec(any::<u8>(), 0..600), prop::collection::vec(0_u8..3, 0..2000)],
            at in any::<prop::sample::Index>(),
            bit in 0_u8..8,
        ) {
            let mut framed = encode("table", b"key", &value);
            prop_assert_eq!(decode("table", b"key", &framed), Ok(Cow::Borrowed(&value[..])));
            prop_assert!(decode("table", b"kez", &framed).is_err());
            prop_assert!(decode("tablf", b"key", &framed).is_err());
            let at = at.index(framed.len());
            framed[at] ^= 1 << bit;
            prop_assert!(decode("table", b"key", &framed).is_err());
            prop_assert!(decode("table", b"key", &framed[..at]).is_err());
        }
    }

    #[test]
    fn text_gets_smaller() {
        let text =
            serde_json::to_vec(&vec![serde_json::json!({ "name": "ten passes", "status": "RUNNING" }); 40]).unwrap();
        assert!(encode("table", b"key", &text).len() * 4 < text.len());
    }
}
