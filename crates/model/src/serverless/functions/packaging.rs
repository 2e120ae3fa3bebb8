//! `package`: which files of the service's folder are a function's code.

use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::{Ineffective, Refusal, Section};
use crate::serverless::reading::tree::Member;
use crate::service::{CodeSource, PackagePattern};

const REFUSED: &[Refusal] = &[
    Refusal {
        key: "path",
        why: "it names a folder of zips that were built before.",
        hint: "Name each function's zip with `package.artifact`.",
    },
    Refusal { key: "disable", why: "without its code nothing can be deployed.", hint: "Take it out." },
];

const INEFFECTIVE: &[Ineffective] = &[Ineffective {
    key: "excludeDevDependencies",
    why: "what is packaged are the files of the folder that the patterns leave in.",
}];

/// The service's own `package`, or that of a function.
#[derive(Debug, Clone, Default)]
pub(crate) struct Packaging {
    patterns: Vec<PackagePattern>,
    individually: Option<bool>,
    artifact: Option<String>,
}

impl Packaging {
    /// Reads `package`.
    pub(crate) fn read(member: Option<&Member>, path: &str, report: &mut Report) -> Self {
        let Some(mut section) = member.and_then(|member| Section::of(&member.value, path, report)) else {
            return Self::default();
        };
        let mut patterns = Vec::new();
        for (key, excludes) in [("exclude", true), ("include", false), ("patterns", false)] {
            for written in section.texts(key, report).unwrap_or_default() {
                let (glob, is_negated) = match written.value.strip_prefix('!') {
                    Some(glob) => (glob, true),
                    None => (written.value.as_str(), false),
                };
                let glob = glob.strip_prefix("./").unwrap_or(glob).to_owned();
                patterns.push(PackagePattern { glob, excludes: is_negated != excludes });
            }
        }
        let individually = section.flag("individually", report);
        let artifact = section.text("artifact", report).map(|artifact| artifact.value);
        section.refuse(REFUSED, report);
        section.note(INEFFECTIVE, report);
        section.finish(report);
        Self { patterns, individually, artifact }
    }

    /// The code of a function, from the service's packaging and the function's own.
    pub(crate) fn code(&self, own: Self, member: Option<&Member>, report: &mut Report) -> CodeSource {
        if let Some(artifact) = own.artifact {
            return CodeSource::whole(artifact);
        }
        let individually = own.individually.or(self.individually).unwrap_or(false);
        if let Some(artifact) = self.artifact.as_ref().filter(|_| !individually) {
            return CodeSource::whole(artifact.as_str());
        }
        let mut patterns = self.patterns.clone();
        if individually {
            patterns.extend(own.patterns);
        } else if let Some(member) = member.filter(|_| !own.patterns.is_empty()) {
            let message = "The function's patterns have no effect: without `individually: true` all functions are packaged alike.";
            report.note(&member.at, message);
        }
        CodeSource { path: ".".to_owned(), patterns }
    }
}
