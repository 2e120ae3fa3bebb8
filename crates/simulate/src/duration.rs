//! Durations as tests write and show them: `3h`, `1d 12h`, `250ms`.

use jiff::{SignedDuration, Span, SpanRelativeTo};

/// Reads a duration such as `90s`, `1h 30m` or `2d`; a day has 24 hours. `None` for what is none, or lies in the past.
pub fn parse_duration(text: &str) -> Option<SignedDuration> {
    let span: Span = text.trim().parse().ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    (!duration.is_negative()).then_some(duration)
}

/// A number of seconds as a duration; `None` for a negative one, or one beyond all calendars.
pub(crate) fn of_seconds(seconds: f64) -> Option<SignedDuration> {
    let duration = SignedDuration::try_from_secs_f64(seconds).ok()?;
    (!duration.is_negative()).then_some(duration)
}

/// A duration exactly, as [`parse_duration`] reads it: `1d 2h`, `3.5s`, `0s`.
pub fn shown_duration(duration: SignedDuration) -> String {
    let ms = duration.as_millis();
    let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
    let mut rest = ms.max(0);
    let mut parts = Vec::new();
    for (name, unit_ms) in units {
        let count = rest / unit_ms;
        rest %= unit_ms;
        if count > 0 {
            parts.push(format!("{count}{name}"));
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_read() {
        for text in ["0s", "250ms", "3s", "1h 30m", "2d 1s 5ms", "365d"] {
            let duration = parse_duration(text).unwrap();
            assert_eq!(shown_duration(duration), text);
        }
        assert_eq!(parse_duration("1w").map(shown_duration).as_deref(), Some("7d"));
        assert_eq!(of_seconds(1.5).map(shown_duration).as_deref(), Some("1s 500ms"));
    }

    #[test]
    fn the_rest_is_no_duration() {
        for text in ["", "soon", "-3s", "3", "1 month"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
        assert_eq!(of_seconds(-1.0), None);
    }
}
