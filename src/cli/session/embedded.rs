//! The embedded cloud as the command line sees it: where its folder is, and what is said of one that runs.

use aws::LocalKeys;
use cloud_server::lifecycle::{LifecycleError, Running};
use cloud_server::{CloudKeys, DataDir, Ready};

use super::cloud_time;
use crate::cli::error::{CliError, ErrorKind};

/// The folder of the embedded cloud, as the environment gives it.
///
/// # Errors
/// No variable names a folder.
pub(crate) fn data_dir() -> Result<DataDir, CliError> {
    DataDir::from_environment(|name| std::env::var_os(name)).ok_or_else(|| {
        CliError::new(ErrorKind::Failed, "There is no folder to keep the embedded cloud's state in: HOME is not set.")
            .try_this("Set WORKSHOP_HOME to a folder that you may write to.")
    })
}

/// The keys of the cloud in this folder, with which commands sign: where the system does not tell whose a connection is, any
/// others are refused. None for a cloud that an earlier workshop started.
///
/// # Errors
/// They can't be read.
pub(crate) fn keys(data_dir: &DataDir) -> Result<Option<LocalKeys>, CliError> {
    let keys = CloudKeys::read(data_dir).map_err(LifecycleError::File)?;
    Ok(keys.map(|CloudKeys { access_key_id, secret_access_key }| LocalKeys { access_key_id, secret_access_key }))
}

/// The address of the page of the cloud that runs at an endpoint, with the secret that opens it.
///
/// # Errors
/// Its keys can't be read, or it is one that an earlier workshop started, which has none.
pub(crate) fn console(endpoint: &str, view: &str) -> Result<String, CliError> {
    let keys = CloudKeys::read(&data_dir()?).map_err(LifecycleError::File)?;
    let port = endpoint.rsplit(':').next().and_then(|port| port.parse().ok());
    let url = keys.zip(port).map(|(keys, port)| cloud_server::console_url(&keys, port, view));
    url.ok_or_else(|| {
        CliError::new(
            ErrorKind::Failed,
            "The embedded cloud that runs was started by an earlier workshop and has no page.",
        )
        .try_this("Stop it with `workshop local stop`; the next command starts it again.")
    })
}

/// How to see what is in it.
pub(crate) const IN_A_BROWSER: &str = "`workshop open --local` shows it in a browser.";

/// What is said of a cloud that runs.
pub(crate) fn started(running: &Running) -> String {
    let Ready { pid, port, default_port_taken, last_port_taken } = running.ready;
    let endpoint = running.ready.endpoint();
    let how = if running.ran_already { "runs already" } else { "runs" };
    let taken = match last_port_taken {
        Some(last) => format!(
            " Port {last}, which it had before, is taken by another program: URLs of HTTP APIs have the port {port} now."
        ),
        None if default_port_taken => " Port 4566 is taken by another program.".to_owned(),
        None => String::new(),
    };
    let time = running
        .time
        .as_ref()
        .and_then(|time| cloud_time::sentence("Its clock", time))
        .map(|it| format!(" {it}"))
        .unwrap_or_default();
    format!("The embedded cloud {how} at {endpoint} (process {pid}).{taken}{time}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_told() {
        let ready = Ready { pid: 42, port: 4567, default_port_taken: true, last_port_taken: Some(4570) };
        insta::assert_snapshot!(started(&Running { ready, ran_already: false, time: None }), @"The embedded cloud runs at http://127.0.0.1:4567 (process 42). Port 4570, which it had before, is taken by another program: URLs of HTTP APIs have the port 4567 now.");
        let ready = Ready { pid: 42, port: 4567, default_port_taken: true, last_port_taken: None };
        insta::assert_snapshot!(started(&Running { ready, ran_already: false, time: None }), @"The embedded cloud runs at http://127.0.0.1:4567 (process 42). Port 4566 is taken by another program.");
    }
}
