//! The path of roles, which is part of their ARNs.

use std::fmt;

/// The longest path that CreateRole takes, in characters.
const LONGEST_PATH: usize = 512;

/// The path of a role, which is part of its ARN: `/`, or a text between slashes. A role keeps it for life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolePath(String);

impl Default for RolePath {
    /// No path: `/`.
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl fmt::Display for RolePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl RolePath {
    /// The path itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path, when IAM and Lambda take it. IAM alone takes any printable ASCII, but Lambda takes no function whose role's
    /// ARN has more than letters, digits and `+=,.@_-/` (pattern of `Role` in CreateFunction's documentation).
    ///
    /// # Errors
    /// A sentence that says what a path looks like.
    pub fn parse(text: &str) -> Result<Self, String> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-/".contains(c);
        let between_slashes = text.starts_with('/') && text.ends_with('/');
        if between_slashes && text != "//" && text.len() <= LONGEST_PATH && text.chars().all(allowed) {
            return Ok(Self(text.to_owned()));
        }
        Err(format!(
            "`{text}` can't be the path of roles: it begins and ends with `/`, holds letters, digits, `+=,.@_-` and `/`, and \
             has up to {LONGEST_PATH} characters, such as `/team/`."
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_that_iam_and_lambda_take() {
        for good in ["/", "/team/", "/a/b-c_d/", "/division_abc/x+=,.@/"] {
            assert_eq!(RolePath::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "team", "/team", "team/", "//", "/a b/", "/ä/", "/*/", &format!("/{}/", "a".repeat(511))] {
            assert!(RolePath::parse(bad).unwrap_err().contains("such as `/team/`"), "{bad}");
        }
        assert_eq!(RolePath::default().as_str(), "/");
    }
}
