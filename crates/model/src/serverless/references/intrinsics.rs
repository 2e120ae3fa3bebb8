//! CloudFormation's functions and references as texts with pseudo-parameters: names and ARNs are known before a deployment.

use serde_json::Value;

use crate::names::nearest;
use crate::pseudo::{self, Template};

use super::declared::{Attribute, Declared, Target};
use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::mismatch;
use crate::serverless::reading::tree::{Content, Member, Node, Origin};

/// Which `#{...}` of a text are references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hashes {
    /// All: in a definition, and everywhere with the plugin `serverless-pseudo-parameters`.
    All,
    /// Those of pseudo-parameters, and those that name what the service declares.
    Known,
}

/// Reads texts that may hold functions and references.
#[derive(Clone, Copy)]
pub(crate) struct Intrinsics<'d> {
    pub(crate) declared: &'d Declared,
}

impl<'d> Intrinsics<'d> {
    pub(crate) fn new(declared: &'d Declared) -> Self {
        Self { declared }
    }

    /// A value as a template. `path` is how errors name it.
    pub(crate) fn template(self, node: &Node, path: &str, report: &mut Report) -> Option<Template> {
        let text = self.text(node, path, self.hashes(), report)?;
        check(&text, &node.at, report).then(|| Template::unchecked(&text))
    }

    /// The `#{...}` that are references outside of definitions.
    pub(crate) fn hashes(self) -> Hashes {
        if self.declared.replaces_hashes { Hashes::All } else { Hashes::Known }
    }

    /// A value as a text with pseudo-parameters.
    pub(crate) fn text(self, node: &Node, path: &str, hashes: Hashes, report: &mut Report) -> Option<String> {
        match &node.content {
            Content::Scalar(Value::String(text)) => self.expand(text, &node.at, hashes, report),
            Content::Scalar(value @ (Value::Number(_) | Value::Bool(_))) => Some(value.to_string()),
            _ => match function(node) {
                Some(function) => self.call(function, path, hashes, report),
                None => {
                    mismatch(node, path, "a text", report);
                    None
                }
            },
        }
    }

    /// The value of a function of CloudFormation.
    pub(crate) fn call(self, function: &Member, path: &str, hashes: Hashes, report: &mut Report) -> Option<String> {
        let argument = &function.value;
        let at = &argument.at;
        match function.key.as_str() {
            "Ref" => self.reference(plain(argument, "Ref", report)?, at, report),
            "Fn::GetAtt" => self.attribute(argument, report),
            "Fn::Sub" => self.substituted(argument, path, hashes, report),
            "Fn::Join" => self.joined(argument, path, hashes, report),
            other => {
                let message = format!("`{other}` is a function of CloudFormation that `workshop` does not evaluate.");
                report.error(&function.at, message, advice(other));
                None
            }
        }
    }

    fn reference(self, id: &str, at: &Origin, report: &mut Report) -> Option<String> {
        if id.starts_with("AWS::") {
            return Some(format!("#{{{id}}}"));
        }
        let attribute = self.declared.target(id).map(Target::reference);
        self.found(attribute, id, "Ref", at, report)
    }

    fn attribute(self, argument: &Node, report: &mut Report) -> Option<String> {
        let parts: Vec<String> = match &argument.content {
            Content::Scalar(Value::String(text)) => text.splitn(2, '.').map(str::to_owned).collect(),
            Content::List(items) => items.iter().filter_map(|item| item.as_text().map(str::to_owned)).collect(),
            _ => Vec::new(),
        };
        let [id, name] = &parts[..] else {
            mismatch(
                argument,
                "Fn::GetAtt",
                "a logical id and an attribute, such as `[SendEmailLambdaFunction, Arn]`",
                report,
            );
            return None;
        };
        let attribute = self.declared.target(id).map(|target| target.attribute(name));
        self.found(attribute, id, name, &argument.at, report)
    }

    fn found(
        self,
        attribute: Option<Attribute>,
        id: &str,
        name: &str,
        at: &Origin,
        report: &mut Report,
    ) -> Option<String> {
        match attribute {
            Some(Attribute::Text(text)) => return Some(text),
            Some(Attribute::Refused) => {}
            Some(Attribute::Unknown(known)) => {
                let message = format!("`{id}` has no attribute `{name}` that a deployment knows.");
                report.error(at, message, format!("It has: {known}."));
            }
            None => {
                let hint = made_elsewhere(id).map_or_else(
                    || {
                        let ids = self.declared.ids();
                        match nearest(id, &ids) {
                            Some(near) => format!("Did you mean `{near}`? References can name what the service makes."),
                            None => format!("References can name what the service makes: {}.", ids.join(", ")),
                        }
                    },
                    str::to_owned,
                );
                report.error(at, format!("Nothing that this service makes has the logical id `{id}`."), hint);
            }
        }
        None
    }

    /// `Fn::Sub`, with or without values of its own.
    fn substituted(self, argument: &Node, path: &str, hashes: Hashes, report: &mut Report) -> Option<String> {
        let (text, values) = match &argument.content {
            Content::Scalar(Value::String(text)) => (text, None),
            Content::List(items) => match &items[..] {
                [Node { content: Content::Scalar(Value::String(text)), .. }, values] => (text, Some(values)),
                _ => {
                    mismatch(argument, "Fn::Sub", "a text, or a text and an object", report);
                    return None;
                }
            },
            _ => {
                mismatch(argument, "Fn::Sub", "a text, or a text and an object", report);
                return None;
            }
        };
        self.replaced(text, "${", &argument.at, report, |name, report| {
            if let Some(literal) = name.strip_prefix('!') {
                return Some(format!("${{{literal}}}"));
            }
            match values.and_then(|values| values.member(name)) {
                Some(member) => self.text(&member.value, path, hashes, report),
                None => self.named(name, &argument.at.of_part(&format!("${{{name}}}")), report),
            }
        })
        .and_then(|text| self.expand(&text, &argument.at, hashes, report))
    }

    /// `Fn::Join`.
    fn joined(self, argument: &Node, path: &str, hashes: Hashes, report: &mut Report) -> Option<String> {
        let wrong = |report: &mut Report| mismatch(argument, "Fn::Join", "a delimiter and a list of texts", report);
        let Content::List(parts) = &argument.content else {
            wrong(report);
            return None;
        };
        let [delimiter, Node { content: Content::List(items), .. }] = &parts[..] else {
            wrong(report);
            return None;
        };
        let delimiter = plain(delimiter, "Fn::Join", report)?;
        let texts: Vec<Option<String>> = items.iter().map(|item| self.text(item, path, hashes, report)).collect();
        texts.into_iter().collect::<Option<Vec<_>>>().map(|texts| texts.join(delimiter))
    }

    /// A name in `${...}` of `Fn::Sub` or `#{...}`: a pseudo-parameter, a logical id, or one with an attribute.
    fn named(self, name: &str, at: &Origin, report: &mut Report) -> Option<String> {
        if name.starts_with("AWS::") {
            return Some(format!("#{{{name}}}"));
        }
        match name.split_once('.') {
            None => self.reference(name, at, report),
            Some((id, attribute)) => {
                let found = self.declared.target(id).map(|target| target.attribute(attribute));
                self.found(found, id, attribute, at, report)
            }
        }
    }

    /// A plain text, in which `#{...}` can be a reference.
    fn expand(self, text: &str, at: &Origin, hashes: Hashes, report: &mut Report) -> Option<String> {
        self.replaced(text, "#{", at, report, |name, report| {
            let id = name.split('.').next().unwrap_or(name);
            let is_pseudo_parameter = name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
            if is_pseudo_parameter || (hashes == Hashes::Known && self.declared.target(id).is_none()) {
                return Some(format!("#{{{name}}}"));
            }
            self.named(name, &at.of_part(&format!("#{{{name}}}")), report)
        })
    }

    /// A text in which what stands between `open` and `}` is replaced.
    fn replaced(
        self,
        text: &str,
        open: &str,
        at: &Origin,
        report: &mut Report,
        mut value: impl FnMut(&str, &mut Report) -> Option<String>,
    ) -> Option<String> {
        let mut replaced = String::with_capacity(text.len());
        let mut rest = text;
        let mut is_whole = true;
        while let Some(start) = rest.find(open) {
            let inside = &rest[start + open.len()..];
            let Some(end) = inside.find('}') else {
                if open == "${" {
                    let message = "`Fn::Sub` has a `${` without its `}`.";
                    report.error(&at.of_part(&rest[start..]), message, "Close it, or take it out.");
                    return None;
                }
                break;
            };
            replaced.push_str(&rest[..start]);
            match value(&inside[..end], report) {
                Some(value) => replaced.push_str(&value),
                None => is_whole = false,
            }
            rest = &inside[end + 1..];
        }
        replaced.push_str(rest);
        is_whole.then_some(replaced)
    }
}

/// The function of CloudFormation that an object is: its only key is the function's name.
pub(crate) fn function(node: &Node) -> Option<&Member> {
    match &node.content {
        Content::Table(members) => match &members[..] {
            [only] if only.key == "Ref" || only.key.starts_with("Fn::") => Some(only),
            _ => None,
        },
        _ => None,
    }
}

/// Reports pseudo-parameters that nothing has a value for.
pub(crate) fn check(text: &str, at: &Origin, report: &mut Report) -> bool {
    let unknown = pseudo::unknown_of(&at.source, at.span.clone(), text);
    let is_known = unknown.is_empty();
    unknown.into_iter().for_each(|unknown| report.add(unknown.in_source(&at.source)));
    is_known
}

fn plain<'n>(node: &'n Node, path: &str, report: &mut Report) -> Option<&'n str> {
    let text = node.as_text();
    if text.is_none() {
        mismatch(node, path, "a text", report);
    }
    text
}

/// Why a deployment has no such thing, for logical ids of the framework itself.
fn made_elsewhere(id: &str) -> Option<&'static str> {
    Some(match id {
        "ServerlessDeploymentBucket" => "A deployment by `workshop` has no bucket: take the reference out.",
        "IamRoleLambdaExecution" | "IamRoleStateMachineExecution" => {
            "Every function and state machine has a role of its own here; `workshop print --policies` shows what it may do."
        }
        "ApiGatewayRestApi" | "HttpApi" => {
            "The API's id is known only after a deployment: `workshop info` shows the endpoint; pass it as `${param:NAME}`."
        }
        _ if id.contains("LambdaVersion") => "Deployments name the versions themselves: refer to the function's Arn.",
        _ => return None,
    })
}

fn advice(function: &str) -> &'static str {
    match function {
        "Fn::ImportValue" => "Pass the value instead: `${param:NAME}` and `--param NAME=value`, or `${env:NAME}`.",
        "Fn::FindInMap" | "Fn::If" | "Fn::Select" => {
            "Choose with a variable instead: `${self:custom.sizes.${sls:stage}}`."
        }
        "Fn::Split" | "Fn::Base64" | "Fn::Cidr" | "Fn::GetAZs" => "Write the value out, or use `${param:NAME}`.",
        _ => {
            "`Ref`, `Fn::GetAtt`, `Fn::Sub` and `Fn::Join` are evaluated. Write the value out, or use `${param:NAME}`."
        }
    }
}
