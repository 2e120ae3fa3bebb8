//! JSON with whatever deceives written as `\u` escapes: the same value, and the same text on a terminal and in a pipe.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::text::is_deceptive;

/// Takes JSON as its serializer writes it, and passes it on piece by piece: a result may be large.
struct Escaping<W: Write>(BufWriter<W>);

/// Writes a value in one line.
pub(super) fn line(out: impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut out = Escaping(BufWriter::new(out));
    serde_json::to_writer(&mut out, value)?;
    out.end_line()
}

/// Writes a value, indented.
pub(super) fn indented(out: impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut out = Escaping(BufWriter::new(out));
    serde_json::to_writer_pretty(&mut out, value)?;
    out.end_line()
}

impl<W: Write> Escaping<W> {
    fn end_line(mut self) -> io::Result<()> {
        self.0.write_all(b"\n")?;
        self.0.flush()
    }
}

impl<W: Write> Write for Escaping<W> {
    /// Takes a piece of the text: the serializer cuts none inside of a character. Characters outside of texts are none that
    /// deceive.
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let text = str::from_utf8(piece).map_err(io::Error::other)?;
        let mut rest = text;
        while let Some((at, character)) = rest.char_indices().find(|(_, character)| is_deceptive(*character)) {
            self.0.write_all(rest.get(..at).unwrap_or_default().as_bytes())?;
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                write!(self.0, "\\u{unit:04x}")?;
            }
            rest = rest.get(at + character.len_utf8()..).unwrap_or_default();
        }
        self.0.write_all(rest.as_bytes())?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_same_value_without_what_deceives() {
        let value = serde_json::json!({"a": "\u{1b}[2J\u{9b}\u{7f}\u{202e}\u{e0041}\u{feff}é\n"});
        let mut written = Vec::new();
        line(&mut written, &value).unwrap();
        let text = String::from_utf8(written).unwrap();
        assert_eq!(text, "{\"a\":\"\\u001b[2J\\u009b\\u007f\\u202e\\udb40\\udc41\\ufeffé\\n\"}\n");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }

    #[test]
    fn a_stream_that_takes_no_more_is_told_as_such() {
        let mut room = [0; 4];
        let failed = indented(room.as_mut_slice(), &"longer than that").unwrap_err();
        assert_eq!(failed.kind(), io::ErrorKind::WriteZero);
    }
}
