//! The environment a function's process gets: what AWS sets and what the function asks for, nothing of this machine.

use std::collections::BTreeMap;
use std::fmt;

use crate::model::LoggingConfig;

/// Names that Lambda keeps for itself (Lambda developer guide, "Defined runtime environment variables").
const RESERVED: [&str; 21] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_MAX_CONCURRENCY",
    "AWS_LAMBDA_METADATA_API",
    "AWS_LAMBDA_METADATA_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

/// What the environment of a function's process is made from.
#[derive(Debug, Clone)]
pub(crate) struct Environment<'a> {
    /// Function name, without version.
    pub(crate) function_name: &'a str,
    /// `$LATEST` or a version number.
    pub(crate) version: &'a str,
    /// Configured memory, in MB.
    pub(crate) memory_size_mb: u32,
    /// The handler, as configured.
    pub(crate) handler: &'a str,
    /// The runtime's name, such as `python3.12`.
    pub(crate) runtime: &'a str,
    /// The function's region.
    pub(crate) region: &'a str,
    /// What the function calls AWS with.
    pub(crate) credentials: &'a FunctionCredentials,
    /// The function's log group.
    pub(crate) log_group: &'a str,
    /// This sandbox's log stream.
    pub(crate) log_stream: &'a str,
    /// The folder with the function's code.
    pub(crate) task_root: &'a str,
    /// `host:port` of this sandbox's Runtime API.
    pub(crate) runtime_api: &'a str,
    /// Base URL of this cloud, for the SDKs inside functions.
    pub(crate) endpoint_url: &'a str,
    /// What it logs.
    pub(crate) logging: &'a LoggingConfig,
    /// Variables of its program that the function's own may replace, and those that they may not.
    pub(crate) program_defaults: &'a [(&'static str, String)],
    pub(crate) program_fixed: &'a [(&'static str, String)],
    /// The function's own variables.
    pub(crate) own: &'a BTreeMap<String, String>,
}

/// What a function calls AWS with.
#[derive(Clone)]
pub(crate) struct FunctionCredentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) session_token: String,
}

impl fmt::Debug for FunctionCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FunctionCredentials")
    }
}

/// The names among these that Lambda reserves, in their order.
pub(crate) fn reserved<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    names.filter(|name| RESERVED.contains(name)).collect()
}

impl Environment<'_> {
    /// Every variable of the process. The function's own win over the cloud's defaults (`TZ`, `PATH`, the endpoint), not
    /// over what Lambda reserves.
    pub(crate) fn variables(&self) -> BTreeMap<String, String> {
        let defaults = [
            ("TZ", ":UTC".to_owned()),
            ("LANG", "en_US.UTF-8".to_owned()),
            ("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin".to_owned()),
            ("AWS_ENDPOINT_URL", self.endpoint_url.to_owned()),
        ];
        let fixed = [
            ("_HANDLER", self.handler.to_owned()),
            ("AWS_ACCESS_KEY_ID", self.credentials.access_key_id.clone()),
            ("AWS_SECRET_ACCESS_KEY", self.credentials.secret_access_key.clone()),
            ("AWS_SESSION_TOKEN", self.credentials.session_token.clone()),
            ("AWS_REGION", self.region.to_owned()),
            ("AWS_DEFAULT_REGION", self.region.to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", self.memory_size_mb.to_string()),
            ("AWS_LAMBDA_FUNCTION_NAME", self.function_name.to_owned()),
            ("AWS_LAMBDA_FUNCTION_VERSION", self.version.to_owned()),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
            ("AWS_LAMBDA_LOG_GROUP_NAME", self.log_group.to_owned()),
            ("AWS_LAMBDA_LOG_STREAM_NAME", self.log_stream.to_owned()),
            ("AWS_LAMBDA_RUNTIME_API", self.runtime_api.to_owned()),
            ("LAMBDA_TASK_ROOT", self.task_root.to_owned()),
        ];
        let named = |(name, value): (&str, String)| (name.to_owned(), value);
        let mut variables: BTreeMap<_, _> = defaults.into_iter().map(named).collect();
        variables.extend(self.program_defaults.iter().cloned().map(named));
        variables.extend(self.own.iter().map(|(name, value)| (name.clone(), value.clone())));
        variables.extend(fixed.into_iter().map(named));
        if let Some(level) = self.logging.application_level() {
            variables.insert("AWS_LAMBDA_LOG_FORMAT".to_owned(), self.logging.format.to_string());
            variables.insert("AWS_LAMBDA_LOG_LEVEL".to_owned(), level.to_string());
        }
        variables.extend(self.program_fixed.iter().cloned().map(named));
        // AWS sets it for the runtimes that it brings itself only.
        if !self.runtime.starts_with("provided") {
            variables.insert("AWS_EXECUTION_ENV".to_owned(), format!("AWS_Lambda_{}", self.runtime));
        }
        variables
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_aws_sets_and_the_functions_own() {
        let own = BTreeMap::from([
            ("STATE_MACHINE_ARN".to_owned(), "arn".to_owned()),
            ("TZ".to_owned(), "Europe/Paris".to_owned()),
            ("AWS_REGION".to_owned(), "nowhere".to_owned()),
        ]);
        let environment = Environment {
            function_name: "stack-sendEmail",
            version: "$LATEST",
            memory_size_mb: 128,
            handler: "bootstrap",
            runtime: "provided.al2023",
            region: "us-east-1",
            credentials: &FunctionCredentials {
                access_key_id: "ASIATEST".to_owned(),
                secret_access_key: "secret".to_owned(),
                session_token: "token".to_owned(),
            },
            log_group: "/aws/lambda/stack-sendEmail",
            log_stream: "2026/01/02/[$LATEST]00000000000000000000000000000000",
            task_root: "/data/functions/abc",
            runtime_api: "127.0.0.1:9001",
            endpoint_url: "http://127.0.0.1:4566",
            logging: &LoggingConfig::default(),
            program_defaults: &[("TZ", ":UTC".to_owned())],
            program_fixed: &[],
            own: &own,
        };
        let shown: Vec<String> =
            environment.variables().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let python = Environment { runtime: "python3.12", ..environment }.variables();
        assert_eq!(python.get("AWS_EXECUTION_ENV").map(String::as_str), Some("AWS_Lambda_python3.12"));
        insta::assert_snapshot!(shown.join("\n"), @"
        AWS_ACCESS_KEY_ID=ASIATEST
        AWS_DEFAULT_REGION=us-east-1
        AWS_ENDPOINT_URL=http://127.0.0.1:4566
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128
        AWS_LAMBDA_FUNCTION_NAME=stack-sendEmail
        AWS_LAMBDA_FUNCTION_VERSION=$LATEST
        AWS_LAMBDA_INITIALIZATION_TYPE=on-demand
        AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/stack-sendEmail
        AWS_LAMBDA_LOG_STREAM_NAME=2026/01/02/[$LATEST]00000000000000000000000000000000
        AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001
        AWS_REGION=us-east-1
        AWS_SECRET_ACCESS_KEY=secret
        AWS_SESSION_TOKEN=token
        LAMBDA_TASK_ROOT=/data/functions/abc
        LANG=en_US.UTF-8
        PATH=/usr/local/bin:/usr/bin/:/bin:/opt/bin
        STATE_MACHINE_ARN=arn
        TZ=Europe/Paris
        _HANDLER=bootstrap
        ");
    }

    #[test]
    fn names_the_reserved_ones() {
        assert_eq!(reserved(["A", "AWS_REGION", "_HANDLER"].into_iter()), ["AWS_REGION", "_HANDLER"]);
    }
}
