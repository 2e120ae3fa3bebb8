//! Events and log lines in the order in which they happened, though a log tells later than the history. Pure.

use aws::history::HistoryEvent;
use aws::log_events::LogEvent;

/// Something to print.
#[derive(Debug)]
pub(super) enum Item {
    Event(HistoryEvent),
    /// A line of a function's log, by the function's name.
    Line(String, LogEvent),
}

/// What was read and is not printed yet.
#[derive(Debug, Default)]
pub(super) struct Held {
    events: Vec<HistoryEvent>,
    lines: Vec<(String, LogEvent)>,
}

impl Held {
    /// Adds what was read: events in the history's order.
    pub(super) fn add(&mut self, events: Vec<HistoryEvent>, lines: Vec<(String, LogEvent)>) {
        self.events.extend(events);
        self.lines.extend(lines);
        // Stable: lines of one millisecond stay in the order in which they came.
        self.lines.sort_by_key(|(_, line)| line.timestamp);
    }

    /// What happened up to a moment (milliseconds since 1970), in order; everything when there is none. What comes later is
    /// kept, because lines of an earlier moment may still be on their way.
    pub(super) fn take_until(&mut self, until_ms: Option<i64>) -> Vec<Item> {
        let is_due = |ms: i64| until_ms.is_none_or(|until| ms <= until);
        let events = self.events.iter().take_while(|event| is_due(event.timestamp.as_millisecond())).count();
        let lines = self.lines.iter().take_while(|(_, line)| is_due(line.timestamp)).count();
        let mut lines = self.lines.drain(..lines).peekable();
        let mut items = Vec::new();
        for event in self.events.drain(..events) {
            let ms = event.timestamp.as_millisecond();
            // What a function says in the millisecond in which it answers comes before its answer.
            let comes_first =
                |line: &(String, LogEvent)| line.1.timestamp < ms || (line.1.timestamp == ms && is_answer(&event));
            while let Some((function, line)) = lines.next_if(comes_first) {
                items.push(Item::Line(function, line));
            }
            items.push(Item::Event(event));
        }
        items.extend(lines.map(|(function, line)| Item::Line(function, line)));
        items
    }
}

/// Whether an event tells that a called function has ended.
fn is_answer(event: &HistoryEvent) -> bool {
    let kind = event.kind.as_str();
    let of_a_call = kind.starts_with("LambdaFunction") || (kind.starts_with("Task") && event.state.is_none());
    of_a_call && ["Succeeded", "Failed", "TimedOut"].iter().any(|end| kind.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::time::moment;

    fn event(id: i64, ms: i64, kind: &str) -> HistoryEvent {
        HistoryEvent {
            id,
            previous_event_id: id - 1,
            timestamp: moment::from_ms(ms),
            kind: kind.to_owned(),
            ..HistoryEvent::default()
        }
    }

    fn line(ms: i64, message: &str) -> (String, LogEvent) {
        let event = LogEvent {
            timestamp: ms,
            ingestion_time: ms,
            log_stream_name: "s".to_owned(),
            event_id: String::new(),
            message: message.to_owned(),
        };
        ("send".to_owned(), event)
    }

    fn shown(items: Vec<Item>) -> Vec<String> {
        let text = |item: Item| match item {
            Item::Event(event) => event.kind,
            Item::Line(_, line) => line.message,
        };
        items.into_iter().map(text).collect()
    }

    #[test]
    fn lines_stand_where_they_belong_in_time() {
        let mut held = Held::default();
        let events = vec![
            event(1, 0, "ExecutionStarted"),
            event(2, 10, "LambdaFunctionStarted"),
            event(3, 20, "LambdaFunctionSucceeded"),
            event(4, 20, "TaskStateExited"),
            event(5, 900, "PassStateEntered"),
        ];
        held.add(events, vec![]);
        assert_eq!(shown(held.take_until(Some(10))), ["ExecutionStarted", "LambdaFunctionStarted"]);
        assert!(held.take_until(Some(10)).is_empty());
        held.add(vec![], vec![line(20, "END"), line(12, "hello"), line(20, "after END")]);
        let all = shown(held.take_until(None));
        assert_eq!(
            all,
            ["hello", "END", "after END", "LambdaFunctionSucceeded", "TaskStateExited", "PassStateEntered"]
        );
        held.add(vec![], vec![line(5, "late")]);
        assert_eq!(shown(held.take_until(Some(10))), ["late"], "what comes too late is shown all the same");
    }
}
