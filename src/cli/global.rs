//! The options that every command takes.

use clap::{Args, ValueEnum};

use model::names::{DEFAULT_REGION, Region, StageName};

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// The stage: one separate deployment of the service [default: the service file's, dev]
    #[arg(short, long, global = true, value_name = "NAME", env = "WORKSHOP_STAGE", value_parser = StageName::parse)]
    pub(crate) stage: Option<StageName>,
    /// The AWS region; without it, that of the environment, else of the profile, else the default one
    #[arg(short, long, global = true, value_name = "REGION", value_parser = Region::parse, help = region_help())]
    pub(crate) region: Option<Region>,
    /// The profile of your AWS configuration files, whose credentials come before keys in the environment
    #[arg(long, alias = "aws-profile", global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Use the embedded cloud on this machine; it is started when needed
    #[arg(long, global = true, env = "WORKSHOP_LOCAL", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) local: bool,
    /// Print the result as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = ColorWhen::Auto, value_name = "WHEN")]
    pub(crate) color: ColorWhen,
    /// Say more: every step with its time, and on stderr each call to AWS with its status, duration and request id
    #[arg(long, global = true)]
    pub(crate) verbose: bool,
}

impl Global {
    /// Another command for the same stack and cloud, as it would be typed.
    pub(crate) fn command(&self, name: &str) -> String {
        let mut command = format!("workshop {name}");
        if self.local {
            command.push_str(" --local");
        }
        let options = [
            ("stage", self.stage.as_ref().map(ToString::to_string)),
            ("region", self.region.as_ref().map(ToString::to_string)),
            ("profile", self.profile.clone()),
        ];
        for (option, value) in options {
            command.extend(value.map(|value| format!(" --{option} {value}")));
        }
        command
    }
}

/// When output has colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

fn region_help() -> String {
    format!("The AWS region [default: AWS_REGION, the profile's, else {DEFAULT_REGION}]")
}
