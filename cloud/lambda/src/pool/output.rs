//! What a function writes to stdout and stderr, cut into log events.

/// The longest event CloudWatch Logs takes; a longer line becomes several events.
pub(crate) const MAX_EVENT_BYTES: usize = 256 * 1024;

/// How much of an invocation's log `X-Amz-Log-Result` carries: its last 4 KB.
const TAIL_BYTES: usize = 4096;

/// Cuts a stream of bytes into lines, each with its newline as Lambda logs them.
#[derive(Debug, Default)]
pub(crate) struct LineSplitter {
    partial: Vec<u8>,
}

impl LineSplitter {
    /// Adds bytes; gives the lines that are complete now.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.partial.extend_from_slice(piece);
            while self.partial.len() > MAX_EVENT_BYTES {
                lines.push(self.take_full_event());
            }
            if self.partial.ends_with(b"\n") {
                lines.extend(self.flush());
            }
        }
        lines
    }

    /// What was written without a newline so far: an event of its own once the invocation has ended.
    pub(crate) fn flush(&mut self) -> Option<String> {
        let bytes = std::mem::take(&mut self.partial);
        (!bytes.is_empty()).then(|| text(&bytes))
    }

    /// Cuts one event's worth off a line that is too long, not inside a UTF-8 character.
    fn take_full_event(&mut self) -> String {
        let mut cut = MAX_EVENT_BYTES;
        let continues = |index: usize| self.partial.get(index).is_some_and(|byte| byte & 0xC0 == 0x80);
        while cut > MAX_EVENT_BYTES - 4 && continues(cut) {
            cut -= 1;
        }
        let rest = self.partial.split_off(cut);
        let event = std::mem::replace(&mut self.partial, rest);
        text(&event)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The last 4 KB of one invocation's log.
#[derive(Debug, Default)]
pub(crate) struct LogTail {
    bytes: Vec<u8>,
}

impl LogTail {
    /// Adds one event's text, as a line of its own.
    pub(crate) fn push(&mut self, message: &str) {
        self.bytes.extend_from_slice(message.as_bytes());
        if !message.ends_with('\n') {
            self.bytes.push(b'\n');
        }
        if self.bytes.len() > 4 * TAIL_BYTES {
            self.cut();
        }
    }

    /// The tail, which is empty again afterwards.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        self.cut();
        std::mem::take(&mut self.bytes)
    }

    fn cut(&mut self) {
        let surplus = self.bytes.len().saturating_sub(TAIL_BYTES);
        self.bytes.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cuts_lines_and_keeps_what_has_no_newline() {
        let mut lines = LineSplitter::default();
        assert_eq!(lines.push(b"one\ntw"), ["one\n"]);
        assert_eq!(lines.push(b"o\n\nthree"), ["two\n", "\n"]);
        assert_eq!(lines.flush().as_deref(), Some("three"));
        assert_eq!(lines.flush(), None);
    }

    #[test]
    fn splits_long_lines_between_characters() {
        let mut lines = LineSplitter::default();
        let long = format!("{}é tail\n", "x".repeat(MAX_EVENT_BYTES - 1));
        let events = lines.push(long.as_bytes());
        assert_eq!(events.len(), 2);
        assert_eq!(events[0].len(), MAX_EVENT_BYTES - 1);
        assert_eq!(events[1], "é tail\n");
    }

    #[test]
    fn tail_keeps_the_last_4_kb() {
        let mut tail = LogTail::default();
        (0..10_000).for_each(|number| tail.push(&format!("{number}\n")));
        let bytes = tail.take();
        assert_eq!(bytes.len(), 4096);
        assert!(bytes.ends_with(b"9998\n9999\n"));
        assert!(tail.take().is_empty());
    }

    proptest! {
        #[test]
        fn no_byte_is_lost_however_it_arrives(pieces in prop::collection::vec("[a-z\n]{0,20}", 0..20)) {
            let mut lines = LineSplitter::default();
            let mut seen = String::new();
            for piece in &pieces {
                for line in lines.push(piece.as_bytes()) {
                    prop_assert!(line.ends_with('\n'));
                    seen.push_str(&line);
                }
            }
            seen.extend(lines.flush());
            prop_assert_eq!(seen, pieces.concat());
        }
    }
}
