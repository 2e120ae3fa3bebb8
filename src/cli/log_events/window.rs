//! Which log lines are new: a window that reaches back far enough for late lines, and the ids seen within it. Pure.

use std::collections::{BTreeMap, BTreeSet};

use aws::log_events::LogEvent;

/// The part of a log that is still read, and what was seen of it.
///
/// Lines may arrive after newer ones, so each poll asks again for the last `overlap_ms` before the newest line. What was
/// seen is remembered by id for as long as the window can bring it again.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    start_ms: i64,
    overlap_ms: i64,
    newest_ms: i64,
    seen: BTreeSet<(i64, String)>,
    /// How often a line without an id was met in this poll, so that two equal lines stay two.
    nameless: BTreeMap<(i64, String), usize>,
}

impl Window {
    /// A window on everything from a moment on, in milliseconds since 1970.
    pub(crate) fn new(start_ms: i64, overlap_ms: i64) -> Self {
        Self { start_ms, overlap_ms, newest_ms: i64::MIN, seen: BTreeSet::new(), nameless: BTreeMap::new() }
    }

    /// From when on to ask.
    pub(crate) fn start_ms(&self) -> i64 {
        self.start_ms
    }

    /// Begins a poll, whose pages come from the start again.
    pub(crate) fn begin(&mut self) {
        self.nameless.clear();
    }

    /// Takes a page and gives its new lines, by time.
    pub(crate) fn take(&mut self, page: Vec<LogEvent>) -> Vec<LogEvent> {
        let mut new = Vec::new();
        for line in page {
            let id = if line.event_id.is_empty() { self.name(&line) } else { line.event_id.clone() };
            if self.seen.insert((line.timestamp, id)) {
                new.push(line);
            }
        }
        // Stable: lines of one millisecond stay in the order in which they came.
        new.sort_by_key(|line| line.timestamp);
        if let Some(last) = new.last() {
            self.newest_ms = self.newest_ms.max(last.timestamp);
        }
        new
    }

    /// An id for a line that has none: what it says, and the how many-th of its like it is in this poll.
    fn name(&mut self, line: &LogEvent) -> String {
        let text = format!("{}\n{}", line.log_stream_name, line.message);
        let count = self.nameless.entry((line.timestamp, text.clone())).or_default();
        *count += 1;
        format!("{count}\n{text}")
    }

    /// Moves on after the last page of a poll. Lines with a time in the future do not move it past the present.
    pub(crate) fn slide(&mut self, now_ms: i64) {
        let reach = self.newest_ms.min(now_ms).saturating_sub(self.overlap_ms);
        if reach > self.start_ms {
            self.start_ms = reach;
            self.seen = self.seen.split_off(&(reach, String::new()));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(id: usize, timestamp: i64) -> LogEvent {
        LogEvent {
            timestamp,
            ingestion_time: timestamp,
            log_stream_name: "s".to_owned(),
            event_id: format!("{id}"),
            message: format!("line {id}"),
        }
    }

    #[test]
    fn a_future_line_does_not_move_the_window_past_the_present() {
        let mut window = Window::new(0, 60_000);
        assert_eq!(window.take(vec![line(1, 9_000_000)]).len(), 1);
        window.slide(100_000);
        assert_eq!(window.start_ms(), 40_000);
        assert!(window.take(vec![line(1, 9_000_000)]).is_empty(), "it is still remembered");
        assert_eq!(window.take(vec![line(2, 50_000)]).len(), 1);
    }

    #[test]
    fn equal_lines_without_ids_stay_apart() {
        let nameless = || LogEvent { event_id: String::new(), ..line(1, 5) };
        let mut window = Window::new(0, 1_000);
        for fresh in [2, 0] {
            window.begin();
            assert_eq!(window.take(vec![nameless()]).len() + window.take(vec![nameless()]).len(), fresh);
        }
        window.begin();
        assert_eq!(window.take(vec![nameless(), nameless(), nameless()]).len(), 1);
    }

    #[test]
    fn what_is_remembered_stays_bounded() {
        let mut window = Window::new(0, 1_000);
        for id in 0..10_000_i64 {
            window.take(vec![line(usize::try_from(id).unwrap(), id * 10)]);
            window.slide(id * 10);
        }
        assert!(window.seen.len() <= 102, "{}", window.seen.len());
    }

    const OVERLAP_MS: i64 = 60_000;

    /// Lines in the order in which they arrive, each at most the overlap older than the newest before it; how many have
    /// arrived at each poll; and how long its pages are.
    fn arrivals() -> impl Strategy<Value = (Vec<i64>, Vec<(usize, usize)>)> {
        let lateness = prop::collection::vec((0..5_000_i64, 0..=OVERLAP_MS), 0..60);
        let polls = prop::collection::vec((0..20_usize, 1..7_usize), 1..20);
        (lateness, polls).prop_map(|(steps, polls)| {
            let mut clock = 1_000_000;
            let times = steps.into_iter().map(|(step, late)| {
                clock += step;
                clock - late
            });
            (times.collect(), polls)
        })
    }

    proptest! {
        #[test]
        fn every_line_is_given_exactly_once((times, polls) in arrivals()) {
            let mut window = Window::new(0, OVERLAP_MS);
            let lines: Vec<LogEvent> = times.iter().enumerate().map(|(id, time)| line(id, *time)).collect();
            let mut arrived = 0;
            let mut printed = Vec::new();
            for (more, page_size) in polls.into_iter().chain([(lines.len(), 3)]) {
                arrived = (arrived + more).min(lines.len());
                let mut there: Vec<LogEvent> =
                    lines[..arrived].iter().filter(|line| line.timestamp >= window.start_ms()).cloned().collect();
                there.sort();
                // An empty page in between, and the first page once more, as after a call that was tried again.
                let first = there.chunks(page_size).next().unwrap_or_default().to_vec();
                let pages = there.chunks(page_size).map(<[LogEvent]>::to_vec).chain([Vec::new(), first]);
                pages.for_each(|page| printed.extend(window.take(page)));
                window.slide(i64::MAX);
            }
            printed.sort();
            let mut wanted = lines;
            wanted.sort();
            prop_assert_eq!(printed, wanted);
        }
    }
}
