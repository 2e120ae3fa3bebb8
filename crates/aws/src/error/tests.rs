//! Peers that fail in every way: what the SDK reports, and how it is classified.

use std::time::Duration;

use jiff::SignedDuration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{AwsError, AwsErrorKind};
use crate::client::timeouts::CallTimeout;
use crate::clock;
use crate::peer::{clients, http, json, peer, serve};

/// A call to Step Functions that fails.
async fn failed_at(endpoint: String, limit: CallTimeout) -> AwsError {
    let call = clients(endpoint, limit).await.sfn.list_state_machines().send().await;
    AwsError::from_sdk("Step Functions", "ListStateMachines")(call.unwrap_err())
}

async fn failed(says: String) -> AwsError {
    failed_at(format!("http://{}", peer(says).await), CallTimeout::PerOperation).await
}

#[tokio::test]
async fn a_service_that_is_not_well_is_known_by_its_status() {
    let html = "<html><body><h1>502 Bad Gateway</h1></body></html>";
    for says in [
        http("502 Bad Gateway", "Content-Type: text/html\r\n", html),
        http("503 Service Unavailable", "", ""),
        http("504 Gateway Timeout", "Content-Type: text/plain\r\n", "upstream request timeout"),
        json("500 Internal Server Error", "InternalServerError", "An internal error occurred."),
        json("500 Internal Server Error", "SomethingNew", "?"),
    ] {
        let error = failed(says.clone()).await;
        assert_eq!(error.kind, AwsErrorKind::ServiceFault, "{says}: {}", error.message);
        assert!(!error.message.is_empty());
    }
    let error = failed(http("503 Service Unavailable", "", "")).await;
    insta::assert_snapshot!(error.message, @"HTTP status 503, and no message");
    let busy = failed(http("429 Too Many Requests", "", "")).await;
    assert_eq!(busy.kind, AwsErrorKind::Throttled, "{}", busy.message);
}

#[tokio::test]
async fn an_html_page_is_no_answer_in_any_protocol() {
    let says = http("502 Bad Gateway", "Content-Type: text/html\r\n", "<html>Bad Gateway</html>");
    let aws = clients(format!("http://{}", peer(says).await), CallTimeout::PerOperation).await;
    let query = aws.iam.get_role().role_name("r").send().await.map_err(AwsError::from_sdk("IAM", "GetRole"));
    let rest = aws.lambda.get_function().function_name("f").send().await;
    let rest = rest.map_err(AwsError::from_sdk("Lambda", "GetFunction"));
    assert_eq!(query.unwrap_err().kind, AwsErrorKind::ServiceFault);
    assert_eq!(rest.unwrap_err().kind, AwsErrorKind::ServiceFault);
    assert_eq!(aws.account().await.unwrap_err().kind, AwsErrorKind::ServiceFault);
}

#[tokio::test]
async fn connections_that_break_are_lost() {
    let cut = "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: 1000\r\n\r\n{\"stateM";
    for says in ["", "HTTP/1.1 200 OK\r\nContent-", cut] {
        let error = failed(says.to_owned()).await;
        assert_eq!(error.kind, AwsErrorKind::ConnectionLost, "{says:?}: {}", error.message);
    }
    let reset = serve(|mut stream| async move {
        let _ = stream.read(&mut [0; 1]).await;
        // What was sent and not read is answered with a reset.
        drop(stream);
    });
    let error = failed_at(format!("http://{}", reset.await), CallTimeout::PerOperation).await;
    assert_eq!(error.kind, AwsErrorKind::ConnectionLost, "{}", error.message);
}

#[tokio::test]
async fn nobody_and_silence_are_told_apart() {
    let port = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap().port();
    let error = failed_at(format!("http://127.0.0.1:{port}"), CallTimeout::PerOperation).await;
    assert_eq!(error.kind, AwsErrorKind::Unreachable, "{}", error.message);
    let silent = serve(|stream| async move {
        let _stream = stream;
        std::future::pending::<()>().await;
    });
    let limit = CallTimeout::Fixed(Duration::from_millis(50));
    let error = failed_at(format!("http://{}", silent.await), limit).await;
    assert_eq!(error.kind, AwsErrorKind::TimedOut, "{}", error.message);
    let stalls = serve(|mut stream| async move {
        let _ = stream.read(&mut [0; 65_536]).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{").await;
        std::future::pending::<()>().await;
    });
    let error = failed_at(format!("http://{}", stalls.await), limit).await;
    assert_eq!(error.kind, AwsErrorKind::TimedOut, "{}", error.message);
    let error = failed_at("http://nowhere.invalid".to_owned(), CallTimeout::PerOperation).await;
    assert_eq!(error.kind, AwsErrorKind::UnknownHost, "{}", error.message);
}

#[tokio::test]
async fn what_is_no_service_is_seen_through() {
    let page = http("200 OK", "Content-Type: text/html\r\n", "<html>Sign in to the guests' network</html>");
    let error = failed(page).await;
    assert_eq!(error.kind, AwsErrorKind::UnexpectedResponse, "{}", error.message);
    let proxy = failed(http("407 Proxy Authentication Required", "Content-Type: text/html\r\n", "<html></html>")).await;
    assert_eq!(proxy.kind, AwsErrorKind::UnexpectedResponse, "{}", proxy.message);
    let plain = peer(http("400 Bad Request", "", "no TLS here")).await;
    let error = failed_at(format!("https://{plain}"), CallTimeout::PerOperation).await;
    assert_eq!(error.kind, AwsErrorKind::TlsFailed, "{}", error.message);
}

#[tokio::test]
async fn a_full_quota_is_no_reason_to_wait() {
    for code in ["StateMachineLimitExceeded", "ServiceQuotaExceededException", "LimitExceededException"] {
        assert_eq!(failed(json("400 Bad Request", code, "full")).await.kind, AwsErrorKind::QuotaExceeded, "{code}");
    }
    for code in ["ThrottledException", "PriorRequestNotComplete", "TooManyRequestsException"] {
        assert_eq!(failed(json("400 Bad Request", code, "slower")).await.kind, AwsErrorKind::Throttled, "{code}");
    }
}

#[tokio::test]
async fn a_wrong_clock_is_measured_by_the_answer() {
    let date = |hours: i64| {
        let theirs = clock::now() + SignedDuration::from_hours(hours);
        format!("Date: {}\r\n", theirs.strftime("%a, %d %b %Y %H:%M:%S GMT"))
    };
    let body = r#"{"__type": "RequestExpired", "message": "Request has expired."}"#;
    let error = failed(http("400 Bad Request", &date(2), body)).await;
    let AwsErrorKind::WrongClock { ahead_s: Some(ahead_s) } = error.kind else { panic!("{:?}", error.kind) };
    assert!((-7205..=-7195).contains(&ahead_s), "{ahead_s}");
    let error = failed(http("400 Bad Request", &date(0), body)).await;
    assert_eq!(error.kind, AwsErrorKind::ExpiredCredentials, "the clock is right");
}

/// One attempt at an upload may take longer than at other calls, however short the limit for those.
#[tokio::test]
async fn an_upload_has_time() {
    let mut seen = Vec::new();
    for size in [10, 15_000] {
        let silent =
            serve(|mut stream| async move { while stream.read(&mut [0; 65_536]).await.is_ok_and(|n| n > 0) {} });
        let aws = clients(format!("http://{}", silent.await), CallTimeout::PerOperation).await;
        let quick = aws_smithy_types::timeout::TimeoutConfig::builder()
            .operation_attempt_timeout(Duration::from_millis(20))
            .build();
        let once = aws_sdk_lambda::config::Builder::new()
            .retry_config(aws_sdk_lambda::config::retry::RetryConfig::disabled())
            .timeout_config(quick);
        let zip = aws_smithy_types::Blob::new(vec![0; size]);
        let call = aws.lambda.update_function_code().function_name("f").zip_file(zip).customize().config_override(once);
        let error = AwsError::from_sdk("Lambda", "UpdateFunctionCode")(call.send().await.unwrap_err());
        assert_eq!(error.kind, AwsErrorKind::TimedOut, "{}", error.message);
        seen.push(error.message);
    }
    insta::assert_snapshot!(seen.join("\n"), @r"
    request has timed out: operation attempt timeout (single attempt) occurred after 20ms
    request has timed out: operation attempt timeout (single attempt) occurred after 220ms
    ");
}
