//! The tags of YAML that a text may have: those of the core schema, and in a template CloudFormation's functions.

use saphyr_parser::Tag;

use super::{SyntaxError, wrong};

/// Which tags mean something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::document) enum Tags {
    /// Those of the core schema.
    Core,
    /// Also the short forms of CloudFormation's functions, such as `!GetAtt`.
    CloudFormation,
}

/// CloudFormation's functions: the tag, and the key of the long form (CloudFormation user guide, "Intrinsic function
/// reference").
const FUNCTIONS: [(&str, &str); 19] = [
    ("And", "Fn::And"),
    ("Base64", "Fn::Base64"),
    ("Cidr", "Fn::Cidr"),
    ("Condition", "Condition"),
    ("Equals", "Fn::Equals"),
    ("FindInMap", "Fn::FindInMap"),
    ("ForEach", "Fn::ForEach"),
    ("GetAZs", "Fn::GetAZs"),
    ("GetAtt", "Fn::GetAtt"),
    ("If", "Fn::If"),
    ("ImportValue", "Fn::ImportValue"),
    ("Join", "Fn::Join"),
    ("Not", "Fn::Not"),
    ("Or", "Fn::Or"),
    ("Ref", "Ref"),
    ("Select", "Fn::Select"),
    ("Split", "Fn::Split"),
    ("Sub", "Fn::Sub"),
    ("Transform", "Fn::Transform"),
];

impl Tags {
    /// The key of the long form of the function that a tag names.
    pub(super) fn function(self, tag: Option<&Tag>) -> Option<&'static str> {
        let tag = tag.filter(|tag| self == Self::CloudFormation && tag.handle == "!")?;
        FUNCTIONS.iter().find(|(short, _)| *short == tag.suffix).map(|(_, long)| *long)
    }
}

pub(super) fn unknown_tag(tag: &Tag, start: usize) -> SyntaxError {
    let hint = "A definition of its own has no functions of a template: write the value, or a `${...}` for it.";
    wrong(start, format!("the tag {tag} means nothing here"), hint)
}
