//! Numbers in words, in Roman numerals and in letters.

const FEW: [&str; 20] = [
    "Zero",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
    "Thirteen",
    "Fourteen",
    "Fifteen",
    "Sixteen",
    "Seventeen",
    "Eighteen",
    "Nineteen",
];
const ORDINALS: [&str; 20] = [
    "Zeroth",
    "First",
    "Second",
    "Third",
    "Fourth",
    "Fifth",
    "Sixth",
    "Seventh",
    "Eighth",
    "Ninth",
    "Tenth",
    "Eleventh",
    "Twelfth",
    "Thirteenth",
    "Fourteenth",
    "Fifteenth",
    "Sixteenth",
    "Seventeenth",
    "Eighteenth",
    "Nineteenth",
];
const TENS: [&str; 8] = ["Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"];
const MAGNITUDES: [(&str, f64); 4] = [("Thousand", 1e3), ("Million", 1e6), ("Billion", 1e9), ("Trillion", 1e12)];

/// `Two Thousand, Seven Hundred and Eighty-Nine`, or as an ordinal `... Eighty-Ninth`.
pub(super) fn write(number: f64, ordinal: bool) -> String {
    say(number, false, ordinal)
}

fn at<'a>(table: &[&'a str], number: f64) -> &'a str {
    table.get(number as usize).copied().unwrap_or_default()
}

/// `after`: something larger has been said before.
fn say(number: f64, after: bool, ordinal: bool) -> String {
    let th = if ordinal { "th" } else { "" };
    if number < 20.0 {
        let word = at(if ordinal { &ORDINALS } else { &FEW }, number);
        return format!("{}{word}", if after { " and " } else { "" });
    }
    if number < 100.0 {
        let tens = at(&TENS, (number / 10.0).floor() - 2.0);
        let rest = number % 10.0;
        let and = if after { " and " } else { "" };
        return match tens.strip_suffix('y') {
            _ if rest > 0.0 => format!("{and}{tens}-{}", say(rest, false, ordinal)),
            Some(stem) if ordinal => format!("{and}{stem}ieth"),
            _ => format!("{and}{tens}"),
        };
    }
    let comma = if after { ", " } else { "" };
    if number < 1000.0 {
        let rest = number % 100.0;
        let rest = if rest > 0.0 { say(rest, true, ordinal) } else { th.to_owned() };
        return format!("{comma}{} Hundred{rest}", at(&FEW, (number / 100.0).floor()));
    }
    let (name, factor) = MAGNITUDES.into_iter().rfind(|(_, factor)| number >= *factor).unwrap_or(MAGNITUDES[0]);
    let count = (number / factor).floor();
    let rest = number - count * factor;
    let rest = if rest > 0.0 { say(rest, true, ordinal) } else { th.to_owned() };
    format!("{comma}{} {name}{rest}", say(count, false, false))
}

/// What a word stands for, in lower case.
fn value_of(word: &str) -> Option<f64> {
    let place = |table: &[&str]| table.iter().position(|known| known.eq_ignore_ascii_case(word));
    let number = |at: usize| u32::try_from(at).map_or(0.0, f64::from);
    if let Some(at) = place(&FEW).or_else(|| place(&ORDINALS)) {
        return Some(number(at));
    }
    let stem = word.strip_suffix("ieth").map(|stem| format!("{stem}y"));
    let tens = stem.as_deref().unwrap_or(word);
    if let Some(at) = TENS.iter().position(|known| known.eq_ignore_ascii_case(tens)) {
        return Some(number(at + 2) * 10.0);
    }
    let plain = word.strip_suffix("th").unwrap_or(word);
    if plain == "hundred" {
        return Some(100.0);
    }
    MAGNITUDES.iter().find(|(name, _)| name.eq_ignore_ascii_case(plain)).map(|(_, factor)| *factor)
}

/// Reads words; a word that means nothing makes the whole no number.
pub(super) fn read(text: &str) -> f64 {
    let lower = text.to_lowercase();
    let mut sums = vec![0.0];
    for word in lower.split([' ', ',', '-', '\t', '\n']).filter(|word| !word.is_empty() && *word != "and") {
        let Some(value) = value_of(word) else { return f64::NAN };
        let mut top = sums.pop().unwrap_or(0.0);
        if value < 100.0 {
            if top >= 1000.0 {
                sums.push(top);
                top = 0.0;
            }
            sums.push(top + value);
        } else {
            sums.push(top * value);
        }
    }
    sums.into_iter().sum()
}

/// Every word there is, for a pattern that reads them.
pub(super) fn all() -> Vec<String> {
    let mut words: Vec<String> = FEW.iter().chain(&ORDINALS).map(|word| word.to_lowercase()).collect();
    for tens in TENS {
        let tens = tens.to_lowercase();
        words.push(format!("{}ieth", tens.trim_end_matches('y')));
        words.push(tens);
    }
    for large in ["hundred", "thousand", "million", "billion", "trillion"] {
        words.push(format!("{large}th"));
        words.push(large.to_owned());
    }
    // The longest first: where one word begins with another the longer is meant.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
}

const ROMAN: [(f64, &str); 13] = [
    (1000.0, "m"),
    (900.0, "cm"),
    (500.0, "d"),
    (400.0, "cd"),
    (100.0, "c"),
    (90.0, "xc"),
    (50.0, "l"),
    (40.0, "xl"),
    (10.0, "x"),
    (9.0, "ix"),
    (5.0, "v"),
    (4.0, "iv"),
    (1.0, "i"),
];

/// Roman numerals in small letters; `None` where JSONata, which calls itself for each letter, overflows its stack.
pub(super) fn roman(mut number: f64) -> Option<String> {
    const MAX: f64 = 1e7;
    if number >= MAX {
        return None;
    }
    let mut text = String::new();
    for (value, letters) in ROMAN {
        while number >= value {
            text.push_str(letters);
            number -= value;
        }
    }
    Some(text)
}

pub(super) fn read_roman(text: &str) -> f64 {
    let mut sum = 0.0;
    let mut most = 1.0;
    for c in text.chars().rev() {
        let value = match c.to_ascii_uppercase() {
            'M' => 1000.0,
            'D' => 500.0,
            'C' => 100.0,
            'L' => 50.0,
            'X' => 10.0,
            'V' => 5.0,
            'I' => 1.0,
            _ => return f64::NAN,
        };
        if value < most {
            sum -= value;
        } else {
            most = value;
            sum += value;
        }
    }
    sum
}

/// `a` to `z`, then `aa`.
pub(super) fn letters(mut number: f64, first: u8) -> String {
    let mut letters = Vec::new();
    while number > 0.0 && number.is_finite() {
        letters.push(char::from(first + ((number - 1.0) % 26.0) as u8));
        number = ((number - 1.0) / 26.0).floor();
    }
    letters.into_iter().rev().collect()
}

pub(super) fn read_letters(text: &str, first: u8) -> f64 {
    text.chars().fold(0.0, |sum, c| sum * 26.0 + f64::from(u32::from(c)) - f64::from(first) + 1.0)
}
