//! `workshop local env`: the variables with which any AWS client uses the embedded cloud.

use std::ffi::OsStr;
use std::path::Path;

use clap::{Args, ValueEnum};
use cloud_server::lifecycle::{self, LifecycleError, Status};
use cloud_server::{CloudKeys, FileError};
use serde_json::json;

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::session::embedded;
use crate::cli::ui::Ui;

/// Options of `workshop local env`.
#[derive(Debug, Args)]
pub(super) struct EnvArgs {
    /// The shell that is to read them [default: that of $SHELL, else sh]
    #[arg(long, value_enum, conflicts_with = "aws_config")]
    shell: Option<Shell>,
    /// Print a profile for ~/.aws/config instead, named workshop
    #[arg(long, visible_alias = "profile-file")]
    aws_config: bool,
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

impl Shell {
    /// The shell that `$SHELL` names; a POSIX one unless it is known for another language.
    fn of_variable(path: Option<&OsStr>) -> Self {
        let name = path.and_then(|path| Path::new(path).file_stem()).unwrap_or_default();
        match name.to_string_lossy().as_ref() {
            "fish" => Self::Fish,
            "pwsh" | "powershell" => Self::Powershell,
            _ => Self::Sh,
        }
    }
}

/// What would come between a client and these keys.
const UNSET: [&str; 2] = ["AWS_PROFILE", "AWS_SESSION_TOKEN"];

pub(super) async fn run(args: &EnvArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let data_dir = embedded::data_dir()?;
    let ready = match lifecycle::status(&data_dir).await? {
        Status::Running(ready) => ready,
        Status::Busy => return Err(LifecycleError::NotAnswering { lock: data_dir.lock() }.into()),
        Status::Stale(ready) => return Err(LifecycleError::Stale { pid: ready.pid, port: ready.port }.into()),
        Status::Stopped => return Err(LifecycleError::NotRunning.into()),
    };
    let keys = CloudKeys::read(&data_dir).map_err(LifecycleError::File)?.ok_or_else(|| no_keys(&data_dir.keys()))?;
    let endpoint = ready.endpoint();
    let region = global.region.clone().unwrap_or_default().to_string();
    if ui.is_json() {
        return ui.json(&json!({
            "endpoint": endpoint, "region": region,
            "accessKeyId": keys.access_key_id, "secretAccessKey": keys.secret_access_key,
        }));
    }
    if args.aws_config {
        return ui.result(profile(&endpoint, &region, &keys));
    }
    let shell = args.shell.unwrap_or_else(|| Shell::of_variable(std::env::var_os("SHELL").as_deref()));
    ui.result(lines(shell, &endpoint, &region, &keys))
}

/// A profile for `~/.aws/config`. `endpoint_url` is read by aws CLI 2.13 and 1.29, and SDKs of their time or later.
/// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>.
fn profile(endpoint: &str, region: &str, keys: &CloudKeys) -> String {
    let CloudKeys { access_key_id, secret_access_key } = keys;
    format!(
        "[profile workshop]\nendpoint_url = {endpoint}\nregion = {region}\naws_access_key_id = {access_key_id}\n\
         aws_secret_access_key = {secret_access_key}\ndisable_host_prefix_injection = true"
    )
}

fn no_keys(path: &Path) -> CliError {
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
        // Else the aws CLI and boto3 send StartSyncExecution and TestState to `sync-127.0.0.1`, which is nowhere.
        ("AWS_DISABLE_HOST_PREFIX_INJECTION", "true"),
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
    fn the_shell_is_that_of_its_variable() {
        let shell = |path: &str| Shell::of_variable(Some(OsStr::new(path)));
        assert_eq!(shell("/usr/bin/fish"), Shell::Fish);
        assert_eq!(shell("/usr/local/bin/pwsh"), Shell::Powershell);
        assert_eq!(shell("/bin/zsh"), Shell::Sh);
        assert_eq!(Shell::of_variable(None), Shell::Sh);
    }

    #[test]
    fn a_profile_has_all_that_a_client_needs() {
        let keys = CloudKeys { access_key_id: "AKIAA".to_owned(), secret_access_key: "abc".to_owned() };
        insta::assert_snapshot!(profile("http://127.0.0.1:4566", "us-east-1", &keys), @r"
        [profile workshop]
        endpoint_url = http://127.0.0.1:4566
        region = us-east-1
        aws_access_key_id = AKIAA
        aws_secret_access_key = abc
        disable_host_prefix_injection = true
        ");
    }

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
        export AWS_DISABLE_HOST_PREFIX_INJECTION=true
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
