//! What clients send: in every form that HTTP/1.1 has for a request and its body.

use super::seed::Seed;

/// Raw bytes of the cloud's owner, who waits for the answers.
const OWNER: u8 = 0;
/// The same, in pieces of 61 bytes, who says that there is no more.
const IN_PIECES: u8 = 0b1100;
/// Raw bytes of another user.
const OTHER: u8 = 0b10_0000;
/// The owner, who goes away in the middle of an answer.
const AWAY: u8 = 0b100_0000;
/// Choices of requests instead of bytes.
const MADE_UP: u8 = 1;

const HOST: &str = "Host: localhost:4566\r\n";
const DEFINITION: &str = r#"{\"StartAt\":\"W\",\"States\":{\"W\":{\"Type\":\"Wait\",\"Seconds\":5,\"Next\":\"P\"},\"P\":{\"Type\":\"Pass\",\"End\":true}}}"#;
const TRUST: &str = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%5B%22lambda.amazonaws.com%22%2C%22states.amazonaws.com%22%5D%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";

/// The seeds.
pub(super) fn seeds() -> Vec<Seed> {
    let list = states("ListStateMachines", "{}");
    let pipelined = [list.as_str(), &lambda("GET", "/2015-03-31/functions", ""), &list, &iam("Action=ListRoles")].concat();
    let large = logs("PutLogEvents", &format!(r#"{{"logGroupName":"g","logStreamName":"s","logEvents":[{{"timestamp":1767225600000,"message":"{}"}}]}}"#, "x".repeat(3_000)));
    vec![
        seed("content-length", OWNER, &list),
        seed("pipelined", OWNER, &pipelined),
        seed("pieces", IN_PIECES, &pipelined),
        seed("other-user", OTHER, &list),
        seed("goes-away", AWAY, &pipelined),
        seed("chunked", OWNER, &chunked(&["{", "}"], "")),
        seed("chunked-trailers", IN_PIECES, &chunked(&["{\"maxResults\"", ":10}"], "X-Checksum: abc\r\n")),
        seed("chunk-extension", OWNER, &chunked(&["{}"], "").replace("2\r\n{}", "2;name=value\r\n{}")),
        seed("expect", OWNER, &list.replace("Content-Length", "Expect: 100-continue\r\nContent-Length")),
        seed("expect-refused", OWNER, "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 50000\r\n\r\n"),
        seed("absolute-form", OWNER, &list.replace("POST / ", "POST http://localhost:4566/?a=b ")),
        seed("upgrade", OWNER, &list.replace("Content-Length", "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\nContent-Length")),
        seed("connect", OWNER, "CONNECT localhost:4566 HTTP/1.1\r\nHost: localhost:4566\r\n\r\n"),
        seed("http2", OWNER, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        seed("http10", OWNER, &list.replace("HTTP/1.1", "HTTP/1.0")),
        seed("close", OWNER, &list.replace("Content-Length", "Connection: close\r\nContent-Length")),
        seed("head", OWNER, &format!("HEAD /_workshop/health HTTP/1.1\r\n{HOST}\r\n{list}")),
        seed("options", OWNER, &format!("OPTIONS * HTTP/1.1\r\n{HOST}Origin: https://example.com\r\nAccess-Control-Request-Method: POST\r\n\r\n")),
        seed("both-lengths", OWNER, &list.replace("Content-Length", "Transfer-Encoding: chunked\r\nContent-Length")),
        seed("two-lengths", OWNER, &list.replace("Content-Length", "Content-Length: 2\r\nContent-Length")),
        seed("too-large", OWNER, &list.replace("Content-Length: 2", "Content-Length: 1048577")),
        seed("foreign-host", OWNER, &list.replace("localhost:4566", "example.com")),
        seed("endpoint", OWNER, "GET /dev/start?x=%20&y HTTP/1.1\r\nHost: abc.execute-api.localhost:4566\r\nCookie: a=b\r\n\r\n"),
        seed("admin", OWNER, &format!("GET /_workshop/health HTTP/1.1\r\n{HOST}\r\nPOST /_workshop/time HTTP/1.1\r\n{HOST}x-workshop: 1\r\nContent-Length: 2\r\n\r\n{{}}")),
        seed("signed", OWNER, SIGNED),
        seed("large", IN_PIECES, &[logs("CreateLogGroup", r#"{"logGroupName":"g"}"#), logs("CreateLogStream", r#"{"logGroupName":"g","logStreamName":"s"}"#), large, logs("FilterLogEvents", r#"{"logGroupName":"g","filterPattern":"x"}"#)].concat()),
        seed("lesson", OWNER, &lesson()),
        ("made-up", [vec![MADE_UP], (0_u8..250).map(|byte| byte.wrapping_mul(37)).collect()].concat()),
        ("made-up-pieces", [vec![MADE_UP | IN_PIECES], (0_u8..250).map(|byte| byte.wrapping_mul(101)).collect()].concat()),
    ]
}

/// A state machine and an API with a function, made and used on one connection.
fn lesson() -> String {
    let role = "arn:aws:iam::000000000000:role/all";
    let machine = "arn:aws:states:us-east-1:000000000000:stateMachine:m";
    let function = "arn:aws:lambda:us-east-1:000000000000:function:send";
    // A stored zip with an empty `bootstrap`.
    let zip = "UEsDBBQAAAAAAAAAIQAAAAAAAAAAAAAAAAAJAAAAYm9vdHN0cmFwUEsBAhQDFAAAAAAAAAAhAAAAAAAAAAAAAAAAAAkAAAAAAAAAAAAAAO2BAAAAAGJvb3RzdHJhcFBLBQYAAAAAAQABADcAAAAnAAAAAAA=";
    [
        iam(&format!("Action=CreateRole&Version=2010-05-08&RoleName=all&AssumeRolePolicyDocument={TRUST}")),
        lambda("POST", "/2015-03-31/functions", &format!(r#"{{"FunctionName":"send","Role":"{role}","Runtime":"provided.al2023","Handler":"bootstrap","Code":{{"ZipFile":"{zip}"}}}}"#)),
        lambda("POST", "/2015-03-31/functions/send/invocations", r#"{"to":"you"}"#),
        states("CreateStateMachine", &format!(r#"{{"name":"m","roleArn":"{role}","definition":"{DEFINITION}"}}"#)),
        states("StartExecution", &format!(r#"{{"stateMachineArn":"{machine}","name":"e","input":"{{}}"}}"#)),
        states("GetExecutionHistory", r#"{"executionArn":"arn:aws:states:us-east-1:000000000000:execution:m:e"}"#),
        rest("apigateway", "POST", "/v2/apis", &format!(r#"{{"name":"a","protocolType":"HTTP","target":"{function}"}}"#)),
        rest("apigateway", "GET", "/v2/apis", ""),
    ]
    .concat()
}

/// ListStateMachines, signed at the cloud's start with its own key.
const SIGNED: &str = "POST / HTTP/1.1\r\nHost: localhost:4566\r\nX-Amz-Date: 20260101T000000Z\r\n\
    X-Amz-Target: AWSStepFunctions.ListStateMachines\r\n\
    Authorization: AWS4-HMAC-SHA256 Credential=AKIAOWN/20260101/us-east-1/states/aws4_request, \
    SignedHeaders=host;x-amz-date;x-amz-target, \
    Signature=cfa6b3a30193d571251d25d94afbc59120ef0c895c57e2589a5686bde4f6e7b5\r\n\
    Content-Length: 2\r\n\r\n{}";

fn seed(name: &'static str, habits: u8, wire: &str) -> Seed {
    (name, [&[habits], wire.as_bytes()].concat())
}

fn signed(service: &str) -> String {
    format!("Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=x\r\n")
}

fn request(line: &str, service: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("{line} HTTP/1.1\r\n{HOST}{}{headers}Content-Length: {length}\r\n\r\n{body}", signed(service))
}

fn states(operation: &str, body: &str) -> String {
    let headers = format!("X-Amz-Target: AWSStepFunctions.{operation}\r\nContent-Type: application/x-amz-json-1.0\r\n");
    request("POST /", "states", &headers, body)
}

fn logs(operation: &str, body: &str) -> String {
    request("POST /", "logs", &format!("X-Amz-Target: Logs_20140328.{operation}\r\n"), body)
}

fn iam(form: &str) -> String {
    request("POST /", "iam", "Content-Type: application/x-www-form-urlencoded\r\n", form)
}

fn lambda(method: &str, path: &str, body: &str) -> String {
    rest("lambda", method, path, body)
}

fn rest(service: &str, method: &str, path: &str, body: &str) -> String {
    request(&format!("{method} {path}"), service, "Content-Type: application/json\r\n", body)
}

fn chunked(pieces: &[&str], trailers: &str) -> String {
    let body: String = pieces.iter().map(|piece| format!("{:x}\r\n{piece}\r\n", piece.len())).collect();
    let head = states("ListStateMachines", "").replace("Content-Length: 0", "Transfer-Encoding: chunked");
    format!("{head}{body}0\r\n{trailers}\r\n")
}
