//! The endpoint's answers in its first seconds, when API Gateway does not know a new route, or a new permission, everywhere:
//! which of them are worth another try, and for how long.

use std::time::Duration;

use serde_json::{Map, Value};

use aws::http::Answer;

/// An answer of API Gateway itself, after which the same request may succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Early {
    /// It does not know the API, the stage or the route: no function has run.
    NotFound,
    /// It may not invoke the function yet, or the function failed, or gave no answer in time: perhaps one has run.
    Unclear {
        /// 500 or 503.
        status: u16,
    },
}

impl Early {
    /// What an answer is; none when it is the function's, or another try does not help. API Gateway's own have a message and
    /// nothing else.
    pub(super) fn of(answer: &Answer) -> Option<Self> {
        let body: Map<String, Value> = serde_json::from_str(&answer.body).ok()?;
        let message = body.get("message").and_then(Value::as_str).filter(|_| body.len() == 1)?;
        match (answer.status, message) {
            (404, "Not Found") => Some(Self::NotFound),
            (500, "Internal Server Error") | (503, "Service Unavailable") => {
                Some(Self::Unclear { status: answer.status })
            }
            _ => None,
        }
    }

    /// For how long it is tried again. A function that fails each time should not run often for nothing.
    fn budget(self) -> Duration {
        match self {
            Self::NotFound => Duration::from_secs(30),
            Self::Unclear { .. } => Duration::from_secs(10),
        }
    }

    /// What to say about it.
    fn sentence(self) -> String {
        let (answer, reason) = match self {
            Self::NotFound => ("404 Not Found".to_owned(), "a new route"),
            Self::Unclear { status } => (status.to_string(), "a new permission to invoke the function"),
        };
        let seconds = self.budget().as_secs();
        format!(
            "The endpoint answers {answer}: AWS knows {reason} only after some seconds. Trying again for {seconds} s."
        )
    }
}

/// What to do about an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It is the answer.
    Take,
    /// Say this, if it is news, and try again after a pause.
    TryAgain(Option<String>, Duration),
}

/// The tries of one command. Pure: it says how long to wait, its owner waits.
#[derive(Debug)]
pub(super) struct Tries {
    /// Whether a second try cannot start a second execution.
    is_repeatable: bool,
    tried: u32,
    waited: Duration,
    /// What was said last.
    said: Option<Early>,
    /// The status of an earlier answer after which an execution may have been started.
    unclear: Option<u16>,
}

impl Tries {
    /// The execution has the task's name. Standard executions have names of their own for 90 days, so a second try starts
    /// none; express ones may share a name.
    pub(super) fn new(is_repeatable: bool) -> Self {
        Self { is_repeatable, tried: 0, waited: Duration::ZERO, said: None, unclear: None }
    }

    /// Takes an answer in, which came `elapsed` after the first try.
    pub(super) fn next(&mut self, answer: &Answer, elapsed: Duration) -> Next {
        let again = Early::of(answer).filter(|early| self.is_repeatable || *early == Early::NotFound);
        let Some(early) = again else { return Next::Take };
        let pause = Duration::from_millis(2000.min(500 << self.tried.min(2)));
        if self.waited.max(elapsed) + pause > early.budget() {
            return Next::Take;
        }
        self.tried += 1;
        self.waited += pause;
        if let Early::Unclear { status } = early {
            self.unclear = Some(status);
        }
        let is_news = self.said.replace(early) != Some(early);
        Next::TryAgain(is_news.then(|| early.sentence()), pause)
    }

    /// The status of an earlier answer of this command after which an execution may have been started.
    pub(super) fn may_have_started(&self) -> Option<u16> {
        self.unclear
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.to_owned() }
    }

    fn not_found() -> Answer {
        answer(404, r#"{"message":"Not Found"}"#)
    }

    fn failed() -> Answer {
        answer(500, r#"{"message":"Internal Server Error"}"#)
    }

    /// How long it is waited in all for one answer that stays, and how often it is tried again.
    fn waits(tries: &mut Tries, answer: &Answer) -> (u128, usize) {
        let pauses: Vec<Duration> = std::iter::from_fn(|| match tries.next(answer, Duration::ZERO) {
            Next::Take => None,
            Next::TryAgain(_, pause) => Some(pause),
        })
        .collect();
        (pauses.iter().sum::<Duration>().as_millis(), pauses.len())
    }

    #[test]
    fn only_answers_of_api_gateway_itself_are_early() {
        assert_eq!(Early::of(&not_found()), Some(Early::NotFound));
        assert_eq!(Early::of(&failed()), Some(Early::Unclear { status: 500 }));
        assert_eq!(
            Early::of(&answer(503, r#"{"message":"Service Unavailable"}"#)),
            Some(Early::Unclear { status: 503 })
        );
        for (status, body) in [
            (404, r#"{"message":"There is no such task"}"#),
            (404, r#"{"error":"unknown","message":"Not Found"}"#),
            (500, r#"{"error":"failed","message":"Internal Server Error"}"#),
            (500, "Internal Server Error"),
            (429, r#"{"message":"Too Many Requests"}"#),
            (200, r#"{"message":"Not Found"}"#),
        ] {
            assert_eq!(Early::of(&answer(status, body)), None, "{status} {body}");
        }
    }

    #[test]
    fn it_is_said_once_and_given_up_within_the_budget() {
        let mut tries = Tries::new(true);
        let Next::TryAgain(said, _) = tries.next(&not_found(), Duration::ZERO) else { panic!("it is tried again") };
        insta::assert_snapshot!(said.unwrap(), @"The endpoint answers 404 Not Found: AWS knows a new route only after some seconds. Trying again for 30 s.");
        assert!(matches!(tries.next(&not_found(), Duration::ZERO), Next::TryAgain(None, _)));
        let Next::TryAgain(said, _) = tries.next(&failed(), Duration::ZERO) else { panic!("it is tried again") };
        insta::assert_snapshot!(said.unwrap(), @"The endpoint answers 500: AWS knows a new permission to invoke the function only after some seconds. Trying again for 10 s.");
        assert_eq!(waits(&mut Tries::new(true), &not_found()), (29_500, 16));
        assert_eq!(waits(&mut Tries::new(true), &failed()), (9_500, 6));
        assert_eq!(
            Tries::new(true).next(&failed(), Duration::from_secs(29)),
            Next::Take,
            "the time that calls take counts"
        );
    }

    #[test]
    fn nothing_is_started_twice() {
        let mut tries = Tries::new(false);
        assert_eq!(tries.next(&failed(), Duration::ZERO), Next::Take, "an express execution may have been started");
        assert!(matches!(tries.next(&not_found(), Duration::ZERO), Next::TryAgain(..)), "nothing has run");
        assert_eq!(tries.may_have_started(), None);
        let mut tries = Tries::new(true);
        assert!(matches!(tries.next(&not_found(), Duration::ZERO), Next::TryAgain(..)));
        assert_eq!(tries.may_have_started(), None);
        assert!(matches!(tries.next(&failed(), Duration::ZERO), Next::TryAgain(..)));
        assert_eq!(tries.may_have_started(), Some(500));
    }
}
