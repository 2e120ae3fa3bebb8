//! A function that does nothing but say what it takes: the time from an event's arrival to its answer.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Instant;

use super::Failure;

/// Answers every event of a Runtime API with `{"own_us": NUMBER}`, the microseconds from the event to the answer.
pub(super) fn run(api: &str) -> Result<(), Failure> {
    let stream = TcpStream::connect(api)?;
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let next = format!("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: {api}\r\n\r\n");
    loop {
        stream.get_mut().write_all(next.as_bytes())?;
        let id = read(&mut stream)?;
        let begun = now();
        let id = id.ok_or("an event has no id")?;
        let body = format!("{{\"own_us\":{:.1}}}", begun.elapsed().as_secs_f64() * 1e6);
        let answer = format!(
            "POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nHost: {api}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.get_mut().write_all(answer.as_bytes())?;
        read(&mut stream)?;
    }
}

/// Reads one answer of the Runtime API; gives the request id in it.
fn read(stream: &mut BufReader<TcpStream>) -> Result<Option<String>, Failure> {
    let mut length = 0;
    let mut id = None;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Err("the Runtime API has ended".into());
        }
        let Some((name, value)) = line.trim_end().split_once(':') else {
            if line.trim_end().is_empty() {
                break;
            }
            continue;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse()?;
        } else if name.eq_ignore_ascii_case("lambda-runtime-aws-request-id") {
            id = Some(value.trim().to_owned());
        }
    }
    std::io::copy(&mut stream.by_ref().take(length), &mut std::io::sink())?;
    Ok(id)
}

#[allow(clippy::disallowed_methods, reason = "a program for the bench measures time")]
fn now() -> Instant {
    Instant::now()
}
