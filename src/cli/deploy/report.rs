//! What is deployed, as people read it and as JSON.

use std::fmt::Write;

use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::session::addresses;
use crate::cli::ui::Ui;
use deploy::{Deployed, Report};

/// The same with URLs that resolve on this machine.
pub(crate) async fn callable(mut report: Report, global: &Global) -> Report {
    for endpoint in &mut report.endpoints {
        endpoint.url = addresses::callable(&endpoint.url, global).await;
    }
    report
}

/// Prints what is deployed.
///
/// # Errors
/// stdout can't be written.
pub(crate) fn print(report: &Report, ui: &Ui) -> Result<(), CliError> {
    if ui.is_json() { ui.json(report) } else { ui.result(text(report, ui.is_verbose()).trim_end()) }
}

fn text(report: &Report, verbose: bool) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "service: {}", report.service);
    let _ = writeln!(text, "stage: {}", report.stage);
    let _ = writeln!(text, "region: {}", report.region);
    if verbose {
        let _ = writeln!(text, "account: {}", report.account);
    }
    let _ = writeln!(text, "stack: {}", report.stack);
    match report.endpoints.as_slice() {
        [] => {}
        [only] => {
            let _ = writeln!(text, "endpoint: {} - {}", only.method, only.url);
        }
        several => {
            text.push_str("endpoints:\n");
            for endpoint in several {
                let _ = writeln!(text, "  {} - {}", endpoint.method, endpoint.url);
            }
        }
    }
    list(&mut text, "functions", &report.functions, verbose);
    list(&mut text, "activities", &report.activities, verbose);
    list(&mut text, "state machines", &report.state_machines, verbose);
    if verbose {
        list(&mut text, "log groups", &report.log_groups, verbose);
    }
    if !report.console.is_empty() {
        text.push_str("console:\n");
        for link in &report.console {
            let _ = writeln!(text, "  {}: {}", link.what, link.url);
        }
    }
    if !report.missing.is_empty() {
        text.push_str("missing:\n");
        for missing in &report.missing {
            let _ = writeln!(text, "  {missing}");
        }
    }
    text
}

fn list(text: &mut String, title: &str, things: &[Deployed], verbose: bool) {
    if things.is_empty() {
        return;
    }
    let _ = writeln!(text, "{title}:");
    for thing in things {
        let _ = writeln!(text, "  {}: {}", thing.key, if verbose { &thing.arn } else { &thing.name });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        serde_json::from_value(serde_json::json!({
            "service": "shop", "stage": "dev", "region": "eu-west-1", "account": "123456789012", "stack": "shop-dev",
            "deployed": "partly",
            "endpoints": [{"method": "POST", "path": "/start", "url": "https://a1.execute-api.eu-west-1.amazonaws.com/dev/start"}],
            "functions": [{"key": "send", "name": "shop-dev-send", "arn": "arn:aws:lambda:eu-west-1:1:function:shop-dev-send"}],
            "stateMachines": [], "logGroups": [],
            "missing": ["state machine flow"], "leftovers": [],
            "console": [{"what": "function send", "url": "https://eu-west-1.console.aws.amazon.com/lambda"}],
        }))
        .unwrap()
    }

    #[test]
    fn info_reads_as_sls_has_it() {
        insta::assert_snapshot!(text(&report(), false), @r"
        service: shop
        stage: dev
        region: eu-west-1
        stack: shop-dev
        endpoint: POST - https://a1.execute-api.eu-west-1.amazonaws.com/dev/start
        functions:
          send: shop-dev-send
        console:
          function send: https://eu-west-1.console.aws.amazon.com/lambda
        missing:
          state machine flow
        ");
        insta::assert_snapshot!(text(&report(), true), @r"
        service: shop
        stage: dev
        region: eu-west-1
        account: 123456789012
        stack: shop-dev
        endpoint: POST - https://a1.execute-api.eu-west-1.amazonaws.com/dev/start
        functions:
          send: arn:aws:lambda:eu-west-1:1:function:shop-dev-send
        console:
          function send: https://eu-west-1.console.aws.amazon.com/lambda
        missing:
          state machine flow
        ");
    }
}
