//! Wildcards: `*` is any text, `?` any one character; in ARNs the colons set limits.

use std::str::Chars;

use crate::variables::{Part, Variables};

/// The colons of an ARN before its resource.
const ARN_COLONS: usize = 5;

/// A text with wildcards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Literal(char),
    /// `?`.
    One {
        colons: bool,
    },
    /// `*`.
    Any {
        colons: bool,
    },
}

/// Whether an action is what a text names. Most texts begin otherwise, are the action itself, or end with their one `*`: they need
/// no pattern.
pub(crate) fn matches_action(text: &str, action: &str) -> bool {
    let mut given = action.bytes();
    for (at, wanted) in text.bytes().enumerate() {
        match wanted {
            b'*' if at + 1 == text.len() => return true,
            b'*' | b'?' => return Pattern::action(text).matches(&action.to_ascii_lowercase()),
            _ if given.next().is_some_and(|given| given.eq_ignore_ascii_case(&wanted)) => {}
            _ => return false,
        }
    }
    given.next().is_none()
}

/// Whether a resource is what a `Resource` names, found likewise.
pub(crate) fn matches_resource(text: &str, variables: Variables<'_>, resource: &str) -> bool {
    begins_like(text, resource)
        .unwrap_or_else(|| Pattern::resource(text, variables).is_some_and(|pattern| pattern.matches(resource)))
}

/// Whether a resource is what a text names, where that can be told without a pattern.
fn begins_like(text: &str, resource: &str) -> Option<bool> {
    let mut given = resource.bytes();
    let mut colons = 0;
    // Of an ARN with fewer parts, those that are missing match everything.
    let is_whole = |colons: usize| colons >= ARN_COLONS || !text.starts_with("arn:");
    for (at, wanted) in text.bytes().enumerate() {
        match wanted {
            b'*' if at + 1 == text.len() && is_whole(colons) => return Some(true),
            b'*' | b'?' | b'$' => return None,
            _ if given.next() != Some(wanted) => return Some(false),
            b':' => colons += 1,
            _ => {}
        }
    }
    is_whole(colons).then(|| given.next().is_none())
}

impl Pattern {
    /// A text in which wildcards match everything. Nothing when a variable has no value.
    pub(crate) fn text(text: &str, variables: Variables<'_>) -> Option<Self> {
        Some(Self { tokens: tokens(text, variables)? })
    }

    /// An action. Actions have neither variables nor case.
    pub(crate) fn action(action: &str) -> Self {
        let token = |character: char| token(character.to_ascii_lowercase());
        Self { tokens: action.chars().map(token).collect() }
    }

    /// The value of an ARN condition: each of the six parts is matched for itself. Nothing when it has fewer.
    pub(crate) fn arn(text: &str, variables: Variables<'_>) -> Option<Self> {
        let mut tokens = tokens(text, variables)?;
        let colons = limit(&mut tokens, false);
        (colons >= ARN_COLONS).then_some(Self { tokens })
    }

    /// A `Resource`: wildcards stay in their part of the ARN, but for a `*` at the end of a part, which may go on beyond
    /// it; parts that are missing match everything ([reference]).
    ///
    /// [reference]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    pub(crate) fn resource(text: &str, variables: Variables<'_>) -> Option<Self> {
        let mut tokens = tokens(text, variables)?;
        let colons = limit(&mut tokens, true);
        if text.starts_with("arn:") {
            for _ in colons..ARN_COLONS {
                tokens.extend([Token::Literal(':'), Token::Any { colons: true }]);
            }
        }
        Some(Self { tokens })
    }

    /// Whether a text matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let mut characters = text.chars();
        let mut tokens = self.tokens.as_slice();
        while let [Token::Literal(wanted), rest @ ..] = tokens {
            if characters.next() != Some(*wanted) {
                return false;
            }
            tokens = rest;
        }
        match tokens {
            [] => characters.next().is_none(),
            [Token::Any { colons: true }] => true,
            _ => follow(tokens, characters),
        }
    }
}

/// Whether what is left of a text matches what is left of a pattern. Follows all ways through the pattern at once, so that no
/// text makes it slow: the time is that of both lengths multiplied.
fn follow(tokens: &[Token], characters: Chars<'_>) -> bool {
    let mut reached = vec![false; tokens.len() + 1];
    let mut next = reached.clone();
    reached[0] = true;
    skip_any(tokens, &mut reached);
    for character in characters {
        next.fill(false);
        for (at, token) in tokens.iter().enumerate().filter(|(at, _)| reached[*at]) {
            match *token {
                Token::Literal(wanted) => next[at + 1] |= wanted == character,
                Token::One { colons } => next[at + 1] |= colons || character != ':',
                Token::Any { colons } => next[at] |= colons || character != ':',
            }
        }
        skip_any(tokens, &mut next);
        std::mem::swap(&mut reached, &mut next);
    }
    reached.last() == Some(&true)
}

/// `*` also matches nothing.
fn skip_any(tokens: &[Token], reached: &mut [bool]) {
    for (at, token) in tokens.iter().enumerate() {
        if reached[at] && matches!(token, Token::Any { .. }) {
            reached[at + 1] = true;
        }
    }
}

fn token(character: char) -> Token {
    match character {
        '*' => Token::Any { colons: true },
        '?' => Token::One { colons: true },
        other => Token::Literal(other),
    }
}

fn tokens(text: &str, variables: Variables<'_>) -> Option<Vec<Token>> {
    let mut tokens = Vec::with_capacity(text.len());
    for part in variables.parts(text)? {
        match part {
            Part::Written(text) => tokens.extend(text.chars().map(token)),
            Part::Literal(text) => tokens.extend(text.chars().map(Token::Literal)),
        }
    }
    Some(tokens)
}

/// Keeps wildcards before the resource in their parts; answers how many colons the pattern has.
fn limit(tokens: &mut [Token], ends_go_on: bool) -> usize {
    let mut seen = 0;
    for at in 0..tokens.len() {
        let at_end = matches!(tokens.get(at + 1), None | Some(Token::Literal(':')));
        match &mut tokens[at] {
            Token::Literal(':') => seen += 1,
            Token::One { colons } if seen < ARN_COLONS => *colons = false,
            Token::Any { colons } if seen < ARN_COLONS => *colons = ends_go_on && at_end,
            _ => {}
        }
    }
    seen
}

#[cfg(test)]
mod tests;
