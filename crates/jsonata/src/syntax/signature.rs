//! Signatures of functions, `<s-nn?:s>`, as they are parsed; `evaluate/arguments.rs` checks values against them.

/// A parsed signature. The type of the result is ignored, as in JSONata.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signature {
    pub(crate) parameters: Vec<Parameter>,
}

#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    /// The symbols of the types that fit.
    pub(crate) accepts: String,
    pub(crate) least: usize,
    pub(crate) most: usize,
    /// The context stands in for a missing argument.
    pub(crate) context: bool,
    pub(crate) array: bool,
    /// `a<n>`: what an array holds.
    pub(crate) subtype: Option<String>,
    pub(crate) parameterised: bool,
}

/// What is wrong with a signature.
#[derive(Clone, Copy, Debug)]
pub(crate) enum BadSignature {
    TypeParameter,
    Choice,
}

/// The offset of the bracket that closes the one before `rest`.
fn closing(rest: &str, open: char, close: char) -> usize {
    let mut depth = 1;
    for (at, c) in rest.char_indices() {
        if c == close {
            depth -= 1;
            if depth == 0 {
                return at;
            }
        } else if c == open {
            depth += 1;
        }
    }
    rest.len()
}

impl Signature {
    /// Parses `<...>`.
    ///
    /// # Errors
    /// When a type takes no parameter.
    pub(crate) fn parse(text: &str) -> Result<Self, BadSignature> {
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut rest = text.strip_prefix('<').unwrap_or(text);
        while let Some(c) = rest.chars().next() {
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            match c {
                ':' => break,
                's' | 'n' | 'b' | 'l' | 'o' => parameters.push(Parameter::of(&format!("{c}m"))),
                'a' => parameters.push(Parameter { array: true, parameterised: true, ..Parameter::of("asnblfom") }),
                'f' => parameters.push(Parameter { parameterised: true, ..Parameter::of("f") }),
                'j' => parameters.push(Parameter::of("asnblom")),
                'x' => parameters.push(Parameter::of("asnblfom")),
                '(' => {
                    let end = closing(rest, '(', ')');
                    let choice = rest.get(..end).unwrap_or_default();
                    if choice.contains('<') {
                        return Err(BadSignature::Choice);
                    }
                    parameters.push(Parameter::of(&format!("{choice}m")));
                    rest = rest.get(end + 1..).unwrap_or_default();
                }
                '-' | '?' | '+' => {
                    let Some(last) = parameters.last_mut() else { continue };
                    match c {
                        '+' => last.most = usize::MAX,
                        '-' => {
                            last.context = true;
                            last.least = 0;
                        }
                        _ => last.least = 0,
                    }
                }
                '<' => {
                    let Some(last) = parameters.last_mut().filter(|last| last.parameterised) else {
                        return Err(BadSignature::TypeParameter);
                    };
                    let end = closing(rest, '<', '>');
                    last.subtype = rest.get(..end).map(ToOwned::to_owned);
                    rest = rest.get(end + 1..).unwrap_or_default();
                }
                _ => {}
            }
        }
        Ok(Self { parameters })
    }
}

impl Parameter {
    fn of(accepts: &str) -> Self {
        Self {
            accepts: accepts.to_owned(),
            least: 1,
            most: 1,
            context: false,
            array: false,
            subtype: None,
            parameterised: false,
        }
    }
}
