//! The options that every command takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use model::names::{DEFAULT_REGION, Region, StageName};

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// The stage: one separate deployment of the service [default: the service file's, dev]
    #[arg(short, long, global = true, value_name = "NAME", env = "WORKSHOP_STAGE", value_parser = StageName::parse)]
    pub(crate) stage: Option<StageName>,
    /// The AWS region; without it, that of the service file, else of the environment, else of the profile, else the default one
    #[arg(short, long, global = true, value_name = "REGION", value_parser = Region::parse, help = region_help())]
    pub(crate) region: Option<Region>,
    /// The profile of your AWS configuration files, whose credentials come before keys in the environment
    #[arg(long, alias = "aws-profile", global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Use the embedded cloud on this machine; it is started when needed
    #[arg(long, global = true, env = "WORKSHOP_LOCAL", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) local: bool,
    /// The service file, instead of the one that is looked for: a service.toml or serverless.yml
    #[arg(short, long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// A value for `${param:NAME}` in serverless.yml; may be repeated
    #[arg(long = "param", global = true, value_name = "NAME=VALUE", value_parser = Parameter::parse)]
    pub(crate) parameters: Vec<Parameter>,
    /// Print the result as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Another way to write `--json`, which users of other tools type
    #[arg(long, global = true, value_enum, value_name = "FORMAT", hide = true)]
    pub(crate) output: Option<OutputFormat>,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = ColorWhen::Auto, value_name = "WHEN")]
    pub(crate) color: ColorWhen,
    /// Say more: every step with its time, and on stderr each call to AWS with its status, duration and request id
    #[arg(long, short_alias = 'v', global = true)]
    pub(crate) verbose: bool,
}

impl Global {
    /// Makes `--output json` what `--json` is.
    pub(crate) fn take_output(&mut self) {
        self.json |= self.output.take() == Some(OutputFormat::Json);
    }

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
        command.extend(self.config.iter().map(|file| format!(" --config {}", file.display())));
        // Values may be secrets.
        command.extend(self.parameters.iter().map(|it| format!(" --param {}=...", it.name)));
        command
    }
}

/// A parameter of the service file with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl Parameter {
    fn parse(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok(Self { name: name.to_owned(), value: value.to_owned() }),
            _ => Err("write NAME=VALUE".to_owned()),
        }
    }
}

/// The form of results, as other tools name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// As `--json`.
    Json,
    /// For people.
    Text,
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
    format!("The AWS region [default: the service file's, AWS_REGION, the profile's, else {DEFAULT_REGION}]")
}
