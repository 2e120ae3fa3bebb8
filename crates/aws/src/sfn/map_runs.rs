//! The children of Map Runs: executions of their own, which only their Map Run lists.

use crate::client::connect::Aws;
use crate::error::AwsError;
use crate::sfn::executions::Execution;

/// The executions that a Map Run has started, in the order of their starts. Express ones are not among them.
///
/// # Errors
/// The Map Run does not exist, or the call failed.
pub async fn children(aws: &Aws, map_run: &str) -> Result<Vec<Execution>, AwsError> {
    let mut found: Vec<Execution> = Vec::new();
    let mut token = None;
    loop {
        let call = aws.sfn.list_executions().map_run_arn(map_run).max_results(1000).set_next_token(token);
        let page = call.send().await.map_err(AwsError::from_sdk("Step Functions", "ListExecutions"))?;
        found.extend(page.executions().iter().map(Execution::of));
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            // They are listed newest first.
            found.reverse();
            found.sort_by_key(|child| child.start_date);
            return Ok(found);
        }
    }
}
