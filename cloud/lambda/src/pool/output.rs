//! What a function writes to stdout and stderr: cut into log events, and how much of it a second.

use std::time::Duration;

use jiff::Timestamp;

/// The longest event CloudWatch Logs takes; a longer line becomes several events.
pub(crate) const MAX_EVENT_BYTES: usize = 256 * 1024;

/// How much of an invocation's log `X-Amz-Log-Result` carries: its last 4 KB.
const TAIL_BYTES: usize = 4096;

/// What a line counts beside its bytes: about what it takes of the store.
pub(crate) const LINE_OVERHEAD_BYTES: usize = 256;

/// How much output of one sandbox is taken a second once the burst is used up: 2 MiB, or about 8,000 short lines. AWS documents
/// no such rate. Who writes more waits.
const OUTPUT_BYTES_PER_S: u64 = 2 << 20;

/// How much output is taken without a pause: 8 MiB, or about 32,000 short lines.
const OUTPUT_BURST_BYTES: u64 = 8 << 20;

/// How much output is taken a second. Bytes that were written are taken whole; whoever took too many pauses afterwards.
#[derive(Debug)]
pub(crate) struct OutputRate {
    /// What was taken and not paid for by time yet, in bytes.
    taken_bytes: u64,
    since: Timestamp,
}

impl OutputRate {
    /// Nothing was taken yet.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { taken_bytes: 0, since: now }
    }

    /// Counts what was taken.
    pub(crate) fn take(&mut self, size_bytes: usize, now: Timestamp) {
        self.pass(now);
        self.taken_bytes = self.taken_bytes.saturating_add(u64::try_from(size_bytes).unwrap_or(u64::MAX));
    }

    /// How long nothing more is taken.
    pub(crate) fn pause(&mut self, now: Timestamp) -> Duration {
        self.pass(now);
        let excess_bytes = self.taken_bytes.saturating_sub(OUTPUT_BURST_BYTES);
        Duration::from_micros(excess_bytes.saturating_mul(1_000_000) / OUTPUT_BYTES_PER_S)
    }

    /// A clock that was set back pays for nothing.
    fn pass(&mut self, now: Timestamp) {
        let passed = Duration::try_from(now.duration_since(self.since)).unwrap_or_default();
        let paid_bytes = passed.as_micros().saturating_mul(u128::from(OUTPUT_BYTES_PER_S)) / 1_000_000;
        self.taken_bytes = self.taken_bytes.saturating_sub(u64::try_from(paid_bytes).unwrap_or(u64::MAX));
        self.since = now;
    }
}

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
    fn a_burst_is_taken_at_once_and_the_rest_at_the_rate() {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let at = |ms: i64| start + jiff::SignedDuration::from_millis(ms);
        let mut rate = OutputRate::new(start);
        rate.take(8 << 20, start);
        assert_eq!(rate.pause(start), Duration::ZERO);
        rate.take(1 << 20, start);
        assert_eq!(rate.pause(start), Duration::from_millis(500));
        assert_eq!(rate.pause(at(400)), Duration::from_millis(100));
        assert_eq!(rate.pause(at(500)), Duration::ZERO);
        // Time in which nothing was written brings the burst back, and no more.
        rate.take(0, at(100_000));
        rate.take(10 << 20, at(100_000));
        assert_eq!(rate.pause(at(100_000)), Duration::from_secs(1));
        assert_eq!(rate.pause(at(0)), Duration::from_secs(1));
    }

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
