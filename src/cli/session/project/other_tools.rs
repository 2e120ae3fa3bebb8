//! Projects of other tools, which this program does not read: they are refused by name, and never passed over for the lesson.

use std::path::Path;

use crate::cli::error::{CliError, ErrorKind};

/// Refuses a folder without a service file that is a project of something else.
///
/// # Errors
/// It holds a template of CloudFormation or SAM, a CDK app, or definitions without a service file.
pub(super) fn refuse(folder: &Path) -> Result<(), CliError> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    let mut names: Vec<String> =
        entries.filter_map(Result::ok).map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    let first = |is_it: &dyn Fn(&str) -> bool| names.iter().find(|name| is_it(name));
    if let Some(name) = first(&|name| matches!(name, "template.yaml" | "template.yml")) {
        let why =
            format!("This folder has {name}, a template of SAM or CloudFormation, which workshop does not deploy.");
        return Err(refusal(why, "Declare its functions and state machines in a service.toml, or use `sam deploy`."));
    }
    if first(&|name| name == "cdk.json").is_some() {
        let why = "This folder has cdk.json, an app of the AWS CDK, which workshop does not deploy.".to_owned();
        return Err(refusal(why, "Declare its functions and state machines in a service.toml, or use `cdk deploy`."));
    }
    if let Some(name) = first(&is_definition) {
        let why =
            format!("This folder has the definition {name} and no service file that says what to deploy with it.");
        let hint = format!("Check it with `workshop validate {name}`; declare it in a service.toml to deploy it.");
        return Err(refusal(why, &hint));
    }
    Ok(())
}

fn is_definition(name: &str) -> bool {
    [".asl.json", ".asl.yml", ".asl.yaml"].iter().any(|end| name.ends_with(end))
}

fn refusal(why: String, hint: &str) -> CliError {
    CliError::new(ErrorKind::Project, why).try_this(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_of_other_tools_are_refused_by_name() {
        let refused = |names: &[&str]| {
            let folder = tempfile::tempdir().unwrap();
            names.iter().for_each(|name| std::fs::write(folder.path().join(name), "").unwrap());
            refuse(folder.path()).err().map(|refusal| refusal.message)
        };
        assert_eq!(refused(&["README.md", "flow.json"]), None);
        insta::assert_snapshot!(refused(&["cdk.json", "template.yml"]).unwrap(), @"This folder has template.yml, a template of SAM or CloudFormation, which workshop does not deploy.");
        insta::assert_snapshot!(refused(&["cdk.json"]).unwrap(), @"This folder has cdk.json, an app of the AWS CDK, which workshop does not deploy.");
        insta::assert_snapshot!(refused(&["b.asl.yml", "a.asl.json"]).unwrap(), @"This folder has the definition a.asl.json and no service file that says what to deploy with it.");
    }
}
