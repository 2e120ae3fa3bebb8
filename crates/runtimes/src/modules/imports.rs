//! Lambda's own modules in the imports of a source text.

use std::collections::BTreeSet;

use crate::runtime::Language;

/// The scopes of npm packages that Lambda's Node.js has.
const NODE_SCOPES: [&str; 2] = ["@aws-sdk/", "@smithy/"];

/// Version 2 of the AWS SDK, which Lambda had beside Node.js 16 and earlier.
pub(super) const OLD_SDK: &str = "aws-sdk";

/// The top-level modules that Lambda's Python has.
const PYTHON_MODULES: [&str; 7] = ["boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six"];

/// The names of Lambda's own modules that a source text imports.
pub(super) fn of(language: Language, source: &str) -> BTreeSet<String> {
    match language {
        Language::Nodejs => node(source),
        Language::Python => python(source),
        Language::Executable => BTreeSet::new(),
    }
}

/// Whether a source text of Node.js imports version 2 of the SDK.
pub(super) fn has_old_sdk(source: &str) -> bool {
    specifiers(source, OLD_SDK).any(|specifier| specifier.split('/').next() == Some(OLD_SDK))
}

fn node(source: &str) -> BTreeSet<String> {
    let specifiers = NODE_SCOPES.iter().flat_map(|scope| specifiers(source, scope));
    let packages = specifiers.map(|specifier| specifier.split('/').take(2).collect::<Vec<_>>().join("/"));
    packages.filter(|package| is_package(package)).collect()
}

/// What begins with `start` in `import ... from 'NAME'`, `export ... from 'NAME'`, `import 'NAME'`, `import('NAME')` and
/// `require('NAME')`.
fn specifiers<'s>(source: &'s str, start: &'static str) -> impl Iterator<Item = &'s str> {
    source.match_indices(start).filter_map(|(at, _)| {
        let (before, rest) = source.split_at(at);
        let quote = before.chars().next_back().filter(|quote| matches!(quote, '\'' | '"' | '`'))?;
        let head = before[..before.len() - quote.len_utf8()].trim_end();
        let head = head.strip_suffix('(').unwrap_or(head).trim_end();
        let is_import = ["from", "import", "require"].iter().any(|word| head.ends_with(word));
        is_import.then(|| rest.split(quote).next().unwrap_or_default())
    })
}

/// Whether npm could have such a package: the name comes from a source, and goes to npm's command line.
fn is_package(name: &str) -> bool {
    let rest = NODE_SCOPES.iter().find_map(|scope| name.strip_prefix(scope)).unwrap_or_default();
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    rest.starts_with(|letter: char| letter.is_ascii_lowercase()) && rest.chars().all(plain)
}

/// `import NAME`, `import OTHER, NAME`, `from NAME.PART import ...`.
fn python(source: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for statement in source.lines().flat_map(|line| line.split(';')) {
        let statement = statement.trim_start();
        let modules = match (statement.strip_prefix("import "), statement.strip_prefix("from ")) {
            (Some(modules), _) => modules,
            (None, Some(rest)) => rest.split(" import").next().unwrap_or_default(),
            (None, None) => continue,
        };
        for module in modules.split(',') {
            let top = module.trim().split(['.', ' ', '#']).next().unwrap_or_default();
            if PYTHON_MODULES.contains(&top) {
                names.insert(top.to_owned());
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(language: Language, source: &str) -> String {
        of(language, source).into_iter().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn node_imports_in_every_form() {
        let source = r#"
            import { SFNClient } from "@aws-sdk/client-sfn";
            import '@smithy/node-http-handler';
            const { S3 } = require ( '@aws-sdk/client-s3/dist-cjs/x' );
            const lazy = await import(`@aws-sdk/lib-dynamodb`);
            export * from'@aws-sdk/client-sqs';
            const text = "@aws-sdk/client-iam"; // and '@aws-sdk/client-sns'
            import own from './@aws-sdk/own.js';
            import bad from '@aws-sdk/../../etc';
            import worse from '@aws-sdk/a b --registry=x';
        "#;
        let expected = "@aws-sdk/client-s3 @aws-sdk/client-sfn @aws-sdk/client-sqs @aws-sdk/lib-dynamodb @smithy/node-http-handler";
        assert_eq!(names(Language::Nodejs, source), expected);
    }

    #[test]
    fn the_old_sdk_is_known_by_its_name() {
        for source in ["const AWS = require('aws-sdk')", "import S3 from \"aws-sdk/clients/s3\";"] {
            assert!(has_old_sdk(source), "{source}");
        }
        for source in ["require('aws-sdk-mock')", "import '@aws-sdk/client-s3'", "// aws-sdk", "const text = 'aws-sdk'"]
        {
            assert!(!has_old_sdk(source), "{source}");
        }
    }

    #[test]
    fn python_imports_in_every_form() {
        let source = "import os, boto3\nfrom botocore.config import Config\n    import six.moves as moves; import urllib3\n\
                      import jmespath#x\n# import dateutil\nimport boto3x\ntext = 'import s3transfer'\n";
        assert_eq!(names(Language::Python, source), "boto3 botocore jmespath six urllib3");
    }
}
