//! `workshop completions`, and the words that a shell asks the program for when TAB is pressed.

mod names;

use std::ffi::OsString;

use clap::{Args, Command, ValueEnum};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::{Bash, EnvCompleter, Fish, Powershell, Zsh};

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::ui::Ui;

/// Set by the scripts: the shell that asks for words.
const ASKED_BY: &str = "_WORKSHOP_COMPLETE";

/// In a folder of `$fpath`, zsh runs the script as the function `_workshop` at the first TAB, which is to be answered too.
const ZSH_AUTOLOADED: &str =
    r#"if [[ "${funcstack[1]-}" == _workshop ]]; then _clap_dynamic_completer_workshop "$@"; fi"#;

/// Options of `workshop completions`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  source <(workshop completions bash)            in ~/.bashrc
  source <(workshop completions zsh)             in ~/.zshrc, below compinit
  workshop completions fish | source             in ~/.config/fish/config.fish
  workshop completions powershell | Out-String | Invoke-Expression
                                                 in $PROFILE

TAB completes commands and options, the names of functions and state machines from the service file, and the names of
executions from the cloud that the line names: the embedded one only where it runs already, AWS for as long as it
answers at once.")]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

/// A shell that completes words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(alias = "pwsh")]
    Powershell,
}

impl Shell {
    fn completer(self) -> &'static dyn EnvCompleter {
        match self {
            Self::Bash => &Bash,
            Self::Zsh => &Zsh,
            Self::Fish => &Fish,
            Self::Powershell => &Powershell,
        }
    }
}

/// Prints the script for a shell.
///
/// # Errors
/// stdout can't be written.
pub(crate) fn run(args: &CompletionsArgs, ui: &Ui) -> Result<(), CliError> {
    let mut script = Vec::new();
    args.shell
        .completer()
        .write_registration(ASKED_BY, "workshop", "workshop", &program(), &mut script)
        .map_err(|error| CliError::io("The script can't be written", &error))?;
    let script = String::from_utf8(script)
        .map_err(|error| CliError::new(ErrorKind::Failed, "The script is no text.").because(error))?;
    match args.shell {
        Shell::Zsh => ui.result(format!("{}\n\n{ZSH_AUTOLOADED}", script.trim())),
        _ => ui.result(script.trim()),
    }
}

/// The program as the script calls it: by its name where it was found by that, else by where it is.
fn program() -> String {
    let typed = std::env::args_os().next().unwrap_or_default();
    let is_path = std::path::Path::new(&typed).components().count() > 1;
    let here = std::env::current_exe().ok().filter(|_| is_path);
    here.map_or_else(|| "workshop".to_owned(), |program| program.display().to_string())
}

/// The words for a shell that asks for them, as it takes them. Whatever fails leaves fewer words: whoever presses TAB is in
/// the middle of a line, where no error helps.
pub(crate) fn asked(
    arguments: &[OsString],
    command: impl Fn() -> Command,
    options: impl Fn(Vec<OsString>) -> Option<Global>,
) -> Option<Vec<u8>> {
    let shell = std::env::var(ASKED_BY).ok()?;
    let shell = Shell::from_str(&shell, true).ok()?;
    let start = arguments.iter().position(|argument| argument == "--").map_or(arguments.len(), |at| at + 1);
    let line: Vec<OsString> = arguments.iter().skip(start).cloned().collect();
    if line.is_empty() {
        return Some(Vec::new());
    }
    let mut command = match options(line.clone()) {
        Some(global) => with_names(command(), &global),
        None => command(),
    };
    command.build();
    let mut words = Vec::new();
    let here = std::env::current_dir().ok();
    let written = shell.completer().write_complete(&mut command, line, here.as_deref(), &mut words);
    Some(if written.is_ok() { words } else { Vec::new() })
}

/// The command whose options know the names that their values may have.
fn with_names(command: Command, global: &Global) -> Command {
    let command = command.mut_args(|arg| {
        let kind = match arg.get_id().as_str() {
            "function" => names::Kind::Functions,
            "machine" => names::Kind::Machines,
            "execution" => names::Kind::Executions,
            _ => return arg,
        };
        let global = global.clone();
        arg.add(ArgValueCandidates::new(move || {
            names::of(kind, &global).into_iter().map(CompletionCandidate::new).collect()
        }))
    });
    command.mut_subcommands(|below| with_names(below, global))
}
