//! What a cloud answered on one connection: whole answers, one after the other, none of them a failure.

use crate::habits::Habits;

/// The most headers of an answer.
const MAX_HEADERS: usize = 64;

/// Panics when the bytes are not whole answers, or one of them tells of a failure of the cloud.
pub(crate) fn check(mut bytes: &[u8], sent: &[u8], habits: Habits) {
    while !bytes.is_empty() {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut answer = httparse::Response::new(&mut headers);
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(2_000)]);
        let parsed = answer.parse(bytes);
        let Ok(httparse::Status::Complete(head)) = parsed else {
            if parsed == Ok(httparse::Status::Partial) && may_be_cut(sent, habits) {
                return;
            }
            panic!("no whole answer ({parsed:?}): {shown}\nto {}", String::from_utf8_lossy(sent));
        };
        let code = answer.code.unwrap_or_default();
        let header = |name: &str| {
            let found = answer.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
            found.and_then(|header| std::str::from_utf8(header.value).ok())
        };
        // 501: not there yet. What an API answers is its integration's affair.
        let is_failure = code >= 500 && code != 501 && header("apigw-requestid").is_none();
        assert!(!is_failure, "{shown}\nto {}", String::from_utf8_lossy(sent));
        assert!(header("transfer-encoding").is_none(), "every body's length is known: {shown}");
        let length: usize = header("content-length").map_or(0, |length| length.parse().expect("a length"));
        bytes = &bytes[head..];
        // The answer to a HEAD has a length and no body.
        if !bytes.is_empty() && !bytes.starts_with(b"HTTP/1.") {
            if bytes.len() < length && may_be_cut(sent, habits) {
                return;
            }
            assert!(bytes.len() >= length, "an answer is cut: {shown}\nto {}", String::from_utf8_lossy(sent));
            bytes = &bytes[length..];
        }
    }
}

/// Whether hyper 1.12 may end the connection without writing what still waits for its client: when that one says that it sends
/// nothing more, when a request asked to go on in another protocol, and when the chunks of a body are broken.
fn may_be_cut(sent: &[u8], habits: Habits) -> bool {
    let has = |name: &[u8]| sent.windows(name.len()).any(|bytes| bytes.eq_ignore_ascii_case(name));
    habits.shuts_down() || has(b"\nupgrade:") || has(b"\ntransfer-encoding:")
}
