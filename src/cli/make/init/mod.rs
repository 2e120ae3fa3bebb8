//! `workshop init`: a new project that deploys, from a template that this binary carries.

mod templates;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use self::templates::{FunctionLanguage, NewFile, Template};
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::session::project::service_file;
use crate::cli::ui::{Tone, Ui, toned};
use model::names::ServiceName;

/// The options of `init`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop init                                     asks what to begin with, in this folder
  workshop init my-shop --template wait             a folder of its own, with functions in JavaScript
  workshop init my-shop --template map --lang python --yes

It never overwrites a file. The new project's README says how to run and test it.")]
pub(crate) struct InitArgs {
    /// The folder of the new project, made when it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// What to begin with [default: hello]
    #[arg(long, value_enum, value_name = "TEMPLATE")]
    template: Option<Template>,
    /// What the functions are written in [default: node]
    #[arg(long = "lang", visible_alias = "language", value_enum, value_name = "LANGUAGE")]
    language: Option<FunctionLanguage>,
    /// Ask nothing: take the defaults
    #[arg(short, long)]
    yes: bool,
}

/// Makes a project.
pub(crate) async fn run(args: &InitArgs, ui: &Ui) -> Result<(), CliError> {
    let asks = !args.yes && !ui.is_json() && ui.can_ask();
    let template = match args.template {
        Some(template) => template,
        None => choose(asks, "What do you begin with?", Template::Hello, ui).await?,
    };
    let language = match args.language {
        Some(language) => language,
        None => choose(asks, "What are the functions written in?", FunctionLanguage::Node, ui).await?,
    };
    let service = service_name(&args.folder, template);
    let files = template.project(language, service.as_str());
    refuse_what_is_there(&args.folder, &files)?;
    for file in &files {
        write(&args.folder, file)?;
    }
    report(args, (template, language), service.as_str(), &files, ui)
}

/// One of a few values: what is typed on the terminal, else the first.
async fn choose<T: ValueEnum>(asks: bool, question: &str, default: T, ui: &Ui) -> Result<T, CliError> {
    if !asks {
        return Ok(default);
    }
    let known: Vec<(String, String)> = T::value_variants()
        .iter()
        .filter_map(ValueEnum::to_possible_value)
        .map(|value| (value.get_name().to_owned(), value.get_help().map(ToString::to_string).unwrap_or_default()))
        .collect();
    let lines: Vec<String> = known.iter().map(|(name, help)| format!("  {name:<10}{help}")).collect();
    let first = default.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    let mut asked = format!("{question}\n{}\n[{first}] ", lines.join("\n"));
    loop {
        let Some(answer) = ui.ask(&asked).await else { return Err(CliError::interrupted(None)) };
        let answer = answer.trim();
        if answer.is_empty() {
            return Ok(default);
        }
        if let Ok(chosen) = T::from_str(answer, true) {
            return Ok(chosen);
        }
        let names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
        asked = match model::nearest(answer, &names) {
            Some(near) => format!("There is no `{answer}`. Did you mean `{near}`? [{first}] "),
            None => format!("There is no `{answer}`. Type one of {}. [{first}] ", names.join(", ")),
        };
    }
}

/// The service's name: that of the folder as far as it can be one, else the template's.
fn service_name(folder: &Path, template: Template) -> String {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let name = folder.components().next_back().map(|last| last.as_os_str().to_string_lossy().into_owned());
    let letters = name.unwrap_or_default();
    let letters: String = letters.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let begun = letters.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    let name: String = begun.chars().take(40).collect();
    let name = name.trim_end_matches('-');
    if ServiceName::parse(name).is_ok() { name.to_owned() } else { template.name().to_owned() }
}

/// Refuses a folder in which a file of the project, or another service file, is there already.
fn refuse_what_is_there(folder: &Path, files: &[NewFile]) -> Result<(), CliError> {
    if folder.symlink_metadata().is_ok() && !folder.is_dir() {
        let message = format!("{} is there already, and is no folder.", folder.display());
        return Err(CliError::new(ErrorKind::Project, message).try_this("Name another folder."));
    }
    let names = files.iter().map(|file| file.path.as_str());
    let mut there: Vec<&str> = names.filter(|path| folder.join(path).symlink_metadata().is_ok()).collect();
    for name in service_file::NAMES {
        if !there.contains(&name) && folder.join(name).symlink_metadata().is_ok() {
            there.push(name);
        }
    }
    if there.is_empty() {
        return Ok(());
    }
    let are = if there.len() == 1 { "is" } else { "are" };
    let message = format!("{} {are} in {} already, and nothing is overwritten.", there.join(", "), shown(folder));
    Err(CliError::new(ErrorKind::Project, message)
        .try_this("Name a folder that is not there yet: `workshop init my-workflow`."))
}

fn write(folder: &Path, file: &NewFile) -> Result<(), CliError> {
    let path = folder.join(&file.path);
    let failed = |error: &std::io::Error| CliError::io(&format!("{} can't be written", path.display()), error);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(|error| failed(&error))?;
    }
    // Never over a file that somebody else has made in the meantime.
    let created = std::fs::File::create_new(&path);
    created.and_then(|mut created| created.write_all(file.text.as_bytes())).map_err(|error| failed(&error))
}

fn report(
    args: &InitArgs,
    (template, language): (Template, FunctionLanguage),
    service: &str,
    files: &[NewFile],
    ui: &Ui,
) -> Result<(), CliError> {
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    if ui.is_json() {
        return ui.json(&json!({
            "folder": args.folder.display().to_string(), "service": service, "template": template.name(),
            "language": language.name(), "files": paths,
        }));
    }
    let made = format!("Made the service {service} in {}:", shown(&args.folder));
    ui.note(format!("{}\n  {}\n", toned(Tone::Good, made), paths.join("\n  ")));
    let go = if args.folder == Path::new(".") { String::new() } else { format!("cd {}\n", args.folder.display()) };
    ui.note(toned(Tone::Faint, "Next (README.md says more):"));
    ui.result(format!("{go}workshop deploy --local"))
}

fn shown(folder: &Path) -> String {
    if folder == Path::new(".") { "this folder".to_owned() } else { folder.display().to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_named_after_its_folder() {
        let named = |folder: &str| service_name(Path::new(folder), Template::Wait);
        assert_eq!(named("/x/my-shop"), "my-shop");
        assert_eq!(named("/x/2nd shop_of.mine/"), "nd-shop-of-mine");
        assert_eq!(named("/"), "wait");
        assert_eq!(named("/x/日本"), "wait");
        assert_eq!(named(&format!("/x/{}", "a".repeat(60))), "a".repeat(40));
    }
}
