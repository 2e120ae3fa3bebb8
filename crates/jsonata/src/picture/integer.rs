//! Pictures of whole numbers: `#,##0`, `w`, `I`, `a`, and `;o` for ordinals.

use super::words;
use crate::failure::{Bound, Evaluated, Failure};
use crate::number::to_text;
use crate::syntax::quoted;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    Upper,
    Title,
}

#[derive(Clone, Debug)]
pub(crate) enum Form {
    Decimal {
        zero: u32,
        grouping: Grouping,
    },
    Letters,
    Roman,
    Words,
    /// A sequence without a known numbering.
    Sequence(String),
}

#[derive(Clone, Debug)]
pub(crate) enum Grouping {
    Regular {
        every: usize,
        separator: char,
    },
    /// Places from the right.
    Irregular(Vec<(usize, char)>),
}

#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub(crate) form: Form,
    pub(crate) case: Case,
    pub(crate) ordinal: bool,
    pub(crate) mandatory: usize,
    pub(crate) optional: usize,
}

/// The zeros of the families of decimal digits.
const ZEROS: [u32; 37] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
];

impl Picture {
    pub(crate) fn parse(picture: &str) -> Evaluated<Self> {
        let (primary, modifier) = picture.rsplit_once(';').unwrap_or((picture, ""));
        let (form, case) = match primary {
            "A" => (Form::Letters, Case::Upper),
            "a" => (Form::Letters, Case::Lower),
            "I" => (Form::Roman, Case::Upper),
            "i" => (Form::Roman, Case::Lower),
            "W" => (Form::Words, Case::Upper),
            "Ww" => (Form::Words, Case::Title),
            "w" => (Form::Words, Case::Lower),
            _ => (Form::Sequence(primary.to_owned()), Case::Lower),
        };
        let mut parsed = Self { form, case, ordinal: modifier.starts_with('o'), mandatory: 0, optional: 0 };
        if matches!(parsed.form, Form::Sequence(_)) {
            parsed.decimal(primary)?;
        }
        Ok(parsed)
    }

    fn decimal(&mut self, primary: &str) -> Evaluated<()> {
        let mut zero = None;
        let mut separators = Vec::new();
        for c in primary.chars().rev() {
            let point = u32::from(c);
            if let Some(group) = ZEROS.into_iter().find(|zero| (*zero..*zero + 10).contains(&point)) {
                self.mandatory += 1;
                if *zero.get_or_insert(group) != group {
                    let message = "In a decimal digit pattern, all digits must be from the same decimal group";
                    return Err(Failure::new("D3131", message));
                }
            } else if c == '#' {
                self.optional += 1;
            } else {
                separators.push((self.mandatory + self.optional, c));
            }
        }
        if let Some(zero) = zero {
            self.form = Form::Decimal { zero, grouping: grouping(separators) };
        }
        Ok(())
    }

    /// Writes a whole number.
    pub(crate) fn format(&self, number: f64) -> Evaluated<String> {
        let size = number.abs();
        let mut text = match &self.form {
            Form::Letters => words::letters(size, if self.case == Case::Upper { b'A' } else { b'a' }),
            Form::Roman => {
                let roman = words::roman(size).ok_or_else(|| Failure::bound(Bound::Depth))?;
                if self.case == Case::Upper { roman.to_uppercase() } else { roman }
            }
            Form::Words if !size.is_finite() => {
                return Err(Failure::new("D3130", format!("Formatting {} in words is not supported", to_text(number))));
            }
            Form::Words => {
                let words = words::write(size, self.ordinal);
                match self.case {
                    Case::Upper => words.to_uppercase(),
                    Case::Lower => words.to_lowercase(),
                    Case::Title => words,
                }
            }
            Form::Decimal { zero, grouping } => self.digits(size, *zero, grouping),
            Form::Sequence(token) => return Err(unsupported(token)),
        };
        if number < 0.0 {
            text.insert(0, '-');
        }
        Ok(text)
    }

    fn digits(&self, size: f64, zero: u32, grouping: &Grouping) -> String {
        let plain = to_text(size);
        let width = self.mandatory.min(10_000);
        let padded = format!("{}{plain}", "0".repeat(width.saturating_sub(plain.len())));
        let translated: Vec<char> = padded
            .chars()
            .map(|c| match c.to_digit(10) {
                Some(digit) => char::from_u32(zero + digit).unwrap_or(c),
                None => c,
            })
            .collect();
        let mut out = String::new();
        for (at, c) in translated.iter().enumerate() {
            let left = translated.len() - at;
            if let Grouping::Regular { every, separator } = grouping
                && at > 0
                && left.is_multiple_of(*every)
            {
                out.push(*separator);
            }
            out.push(*c);
        }
        if let Grouping::Irregular(places) = grouping {
            let text =
                places.iter().rev().fold(translated, |text, (place, separator)| separated(text, *place, *separator));
            out = text.into_iter().collect();
        }
        if self.ordinal {
            let mut last = padded.chars().rev();
            let suffix = match (last.next(), last.next()) {
                (_, Some('1')) => "th",
                (Some('1'), _) => "st",
                (Some('2'), _) => "nd",
                (Some('3'), _) => "rd",
                _ => "th",
            };
            out.push_str(suffix);
        }
        out
    }

    /// Reads a number that has been written with this picture. What it can't have written is no number.
    pub(crate) fn read(&self, text: &str) -> Evaluated<f64> {
        Ok(match &self.form {
            Form::Letters => words::read_letters(text, if self.case == Case::Upper { b'A' } else { b'a' }),
            Form::Roman => words::read_roman(text),
            Form::Words => words::read(text),
            Form::Decimal { zero, grouping } => {
                let cut = text.len().saturating_sub(2);
                let digits = if self.ordinal { text.get(..cut).unwrap_or_default() } else { text };
                let separator = |c: &char| match grouping {
                    Grouping::Regular { .. } => *c == ',',
                    Grouping::Irregular(places) => places.iter().any(|(_, known)| known == c),
                };
                let digit = |c: char| {
                    let point = u32::from(c);
                    if (*zero..*zero + 10).contains(&point) {
                        char::from_digit(point - zero, 10).unwrap_or(c)
                    } else {
                        c
                    }
                };
                whole(&digits.chars().filter(|c| !separator(c)).map(digit).collect::<String>())
            }
            Form::Sequence(token) => return Err(unsupported(token)),
        })
    }
}

/// The whole number at the beginning of a text, if there is one.
pub(super) fn whole(text: &str) -> f64 {
    let text = text.trim_start();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let end = text.len() - digits.len() + digits.bytes().take_while(u8::is_ascii_digit).count();
    text.get(..end).and_then(|number| number.parse().ok()).unwrap_or(f64::NAN)
}

pub(super) fn unsupported(token: &str) -> Failure {
    let message = format!(
        "Formatting or parsing an integer as a sequence starting with {} is not supported by this implementation",
        quoted(token)
    );
    Failure::new("D3130", message)
}

/// A text with a separator at a place from the right. Where the text is shorter than that, as many of its last characters follow the
/// separator as it is short of them: so does JSONata.
fn separated(text: Vec<char>, place: usize, separator: char) -> Vec<char> {
    let (before, after) = match text.len().checked_sub(place) {
        Some(at) => text.split_at_checked(at).unwrap_or_default(),
        None => (&[][..], text.get(text.len().saturating_sub(place - text.len())..).unwrap_or_default()),
    };
    [before, &[separator], after].concat()
}

/// Separators at every multiple of one place repeat for ever.
fn grouping(separators: Vec<(usize, char)>) -> Grouping {
    let places: Vec<usize> = separators.iter().map(|(place, _)| *place).collect();
    match (separators.first(), regular(&places)) {
        (Some((_, separator)), Some(every)) if separators.iter().all(|(_, c)| c == separator) => {
            Grouping::Regular { every, separator: *separator }
        }
        _ => Grouping::Irregular(separators),
    }
}

/// The distance at which places repeat, if they do.
pub(super) fn regular(places: &[usize]) -> Option<usize> {
    let divisor = places.iter().copied().reduce(|mut a, mut b| {
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a
    })?;
    let all = divisor > 0 && (1..=places.len()).all(|at| places.contains(&(at * divisor)));
    all.then_some(divisor)
}
