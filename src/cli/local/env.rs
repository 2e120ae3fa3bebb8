//! `workshop local env`: the variables with which any AWS client uses the embedded cloud.

use clap::{Args, ValueEnum};
use cloud_server::lifecycle::{self, LifecycleError, Status};
use cloud_server::{CloudKeys, FileError};
use serde_json::json;

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::session::embedded;
use crate::cli::ui::Ui;
use model::names::Region;

/// Options of `workshop local env`.
#[derive(Debug, Args)]
pub(super) struct EnvArgs {
    /// The shell that is to read them
    #[arg(long, value_enum, default_value_t = Shell::Sh)]
    shell: Shell,
}

/// How a shell sets a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shell {
    /// bash, zsh, dash and every other POSIX shell
    Sh,
    /// fish
    Fish,
    /// PowerShell
    Powershell,
}

/// What would come between a client and these keys.
const UNSET: [&str; 2] = ["AWS_PROFILE", "AWS_SESSION_TOKEN"];

pub(super) async fn run(args: &EnvArgs, ui: &Ui) -> Result<(), CliError> {
    let data_dir = embedded::data_dir()?;
    let ready = match lifecycle::status(&data_dir).await? {
        Status::Running(ready) => ready,
        Status::Busy => return Err(LifecycleError::NotAnswering { lock: data_dir.lock() }.into()),
        Status::Stale(ready) => return Err(LifecycleError::Stale { pid: ready.pid, port: ready.port }.into()),
        Status::Stopped => return Err(LifecycleError::NotRunning.into()),
    };
    let keys = CloudKeys::read(&data_dir).map_err(LifecycleError::File)?.ok_or_else(|| no_keys(&data_dir.keys()))?;
    let endpoint = ready.endpoint();
    let region = Region::default().to_string();
    if ui.is_json() {
        return ui.json(&json!({
            "endpoint": endpoint, "region": region,
            "accessKeyId": keys.access_key_id, "secretAccessKey": keys.secret_access_key,
        }));
    }
    ui.result(lines(args.shell, &endpoint, &region, &keys))
}

fn no_keys(path: &std::path::Path) -> CliError {
    let missing = FileError::new(path, std::io::Error::from(std::io::ErrorKind::NotFound));
    CliError::new(
        ErrorKind::Failed,
        "The embedded cloud that runs has no keys of its own: an earlier workshop started it.",
    )
    .because(missing)
    .try_this("Run `workshop local stop`, then `workshop local start`.")
}

/// The lines that a shell reads. None of the values has a character that a shell would read as anything but itself.
fn lines(shell: Shell, endpoint: &str, region: &str, keys: &CloudKeys) -> String {
    let set = [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", &keys.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", &keys.secret_access_key),
        ("AWS_REGION", region),
        ("AWS_DEFAULT_REGION", region),
    ];
    let set = set.map(|(name, value)| match shell {
        Shell::Sh => format!("export {name}={value}"),
        Shell::Fish => format!("set -gx {name} {value}"),
        Shell::Powershell => format!("$env:{name} = '{value}'"),
    });
    let unset = UNSET.map(|name| match shell {
        Shell::Sh => format!("unset {name}"),
        Shell::Fish => format!("set -e {name}"),
        Shell::Powershell => format!("Remove-Item Env:{name} -ErrorAction SilentlyContinue"),
    });
    [set.as_slice(), unset.as_slice()].concat().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shell_reads_its_own_lines() {
        let keys = CloudKeys { access_key_id: "AKIAA".to_owned(), secret_access_key: "abc".to_owned() };
        let shown = |shell| lines(shell, "http://127.0.0.1:4566", "us-east-1", &keys);
        insta::assert_snapshot!(shown(Shell::Sh), @r"
        export AWS_ENDPOINT_URL=http://127.0.0.1:4566
        export AWS_ACCESS_KEY_ID=AKIAA
        export AWS_SECRET_ACCESS_KEY=abc
        export AWS_REGION=us-east-1
        export AWS_DEFAULT_REGION=us-east-1
        unset AWS_PROFILE
        unset AWS_SESSION_TOKEN
        ");
        let first_and_last = |shell| {
            let text = shown(shell);
            [text.lines().next().unwrap_or_default(), text.lines().last().unwrap_or_default()].join("\n")
        };
        insta::assert_snapshot!(first_and_last(Shell::Fish), @r"
        set -gx AWS_ENDPOINT_URL http://127.0.0.1:4566
        set -e AWS_SESSION_TOKEN
        ");
        insta::assert_snapshot!(first_and_last(Shell::Powershell), @r"
        $env:AWS_ENDPOINT_URL = 'http://127.0.0.1:4566'
        Remove-Item Env:AWS_SESSION_TOKEN -ErrorAction SilentlyContinue
        ");
    }
}
