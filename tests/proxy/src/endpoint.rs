//! The endpoints of HTTP APIs behind the proxy: their addresses in answers become the proxy's, and their first calls get
//! what API Gateway answers while it does not know something new everywhere.

use crate::wire::Request;

/// The name that is in front of the port in an embedded cloud's endpoints.
const HOST: &str = ".execute-api.localhost:";

/// What a call of an endpoint gets instead of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Early {
    /// 404: the endpoint does not know its API, stage or route. Nothing is done.
    NotFound,
    /// 500: the API may not invoke the function yet. Nothing is done.
    NotAllowed,
    /// 500, although the function has done its work.
    Lost,
}

impl Early {
    /// Whether the cloud does what is asked.
    pub(crate) fn is_done(self) -> bool {
        self == Self::Lost
    }

    /// The answer of API Gateway itself.
    pub(crate) fn answer(self) -> Vec<u8> {
        let (status, body) = match self {
            Self::NotFound => ("404 Not Found", r#"{"message":"Not Found"}"#),
            Self::NotAllowed | Self::Lost => ("500 Internal Server Error", r#"{"message":"Internal Server Error"}"#),
        };
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n\
             {body}"
        )
        .into_bytes()
    }
}

/// Whether a request is for an endpoint.
pub(crate) fn is_called(request: &Request) -> bool {
    request.header("host").is_some_and(|host| host.contains(HOST))
}

/// An answer in which endpoints are at another port.
pub(crate) fn moved(answer: &[u8], from: u16, to: u16) -> Vec<u8> {
    let text = String::from_utf8_lossy(answer);
    let from = format!("{HOST}{from}");
    let to = format!("{HOST}{to}");
    let Some((head, body)) = text.split_once("\r\n\r\n").filter(|(_, body)| body.contains(&from)) else {
        return answer.to_vec();
    };
    let body = body.replace(&from, &to);
    let kept = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("content-length:"));
    let head = kept.collect::<Vec<_>>().join("\r\n");
    format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}
