//! Pictures of dates and times: `[Y0001]-[M01]-[D01]`, `[FNn], [D1o] [MNn]`.

use super::integer::{Case, Form, Grouping, Picture};
use crate::failure::{Evaluated, Failure};
use crate::syntax::quoted;

pub(crate) mod calendar;

use calendar::{DAYS, Date, MONTHS};

/// How a timestamp is written without a picture.
pub(crate) const ISO: &str = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]";

pub(crate) enum Part {
    Literal(String),
    Marker(Marker),
}

pub(crate) struct Marker {
    pub(super) component: char,
    /// Names instead of numbers.
    pub(super) names: Option<Case>,
    pub(super) integer: Option<Picture>,
    /// `t`: a zone without offset is `Z`.
    traditional: bool,
    pub(super) most_width: Option<usize>,
    /// How many digits a year, month or day has.
    pub(super) digits: Option<usize>,
}

fn default_presentation(component: char) -> Option<&'static str> {
    Some(match component {
        'Y' | 'M' | 'D' | 'd' | 'W' | 'w' | 'X' | 'x' | 'H' | 'h' | 'f' => "1",
        'F' | 'P' | 'C' | 'E' => "n",
        'm' | 's' => "01",
        'Z' | 'z' => "01:01",
        _ => return None,
    })
}

/// Cuts a picture into its parts.
pub(crate) fn parse(picture: &str) -> Evaluated<Vec<Part>> {
    let mut parts = Vec::new();
    let literal = |parts: &mut Vec<Part>, text: &str| {
        if !text.is_empty() {
            parts.push(Part::Literal(text.replace("]]", "]")));
        }
    };
    let mut rest = picture;
    while let Some((before, after)) = rest.split_once('[') {
        literal(&mut parts, before);
        if let Some(after) = after.strip_prefix('[') {
            parts.push(Part::Literal("[".to_owned()));
            rest = after;
            continue;
        }
        let Some((marker, after)) = after.split_once(']') else {
            let message = "No matching closing bracket ']' in date/time picture string";
            return Err(Failure::new("D3135", message));
        };
        let marker: String = marker.chars().filter(|c| !c.is_whitespace()).collect();
        parts.push(Part::Marker(Marker::parse(&marker)?));
        rest = after;
    }
    literal(&mut parts, rest);
    Ok(parts)
}

impl Marker {
    fn parse(marker: &str) -> Evaluated<Self> {
        let component = marker.chars().next().unwrap_or_default();
        let unknown = || {
            let shown = if marker.is_empty() { String::new() } else { component.to_string() };
            let message = format!("Unknown component specifier {} in date/time picture string", quoted(&shown));
            Failure::new("D3132", message)
        };
        let default = default_presentation(component).ok_or_else(unknown)?;
        let rest = marker.get(component.len_utf8()..).unwrap_or_default();
        let (presentation, width) = rest.rsplit_once(',').unwrap_or((rest, ""));
        let (least, most) = width.split_once('-').unwrap_or((width, ""));
        let least = least.parse::<usize>().ok();
        let most = most.parse::<usize>().ok();
        let mut modifier = None;
        let mut presentation = if presentation.is_empty() { default } else { presentation };
        if presentation.chars().count() > 1
            && let Some(last) = presentation.chars().last().filter(|c| "atco".contains(*c))
        {
            modifier = Some(last);
            presentation = presentation.strip_suffix(last).unwrap_or(presentation);
        }
        let mut parsed = Self {
            component,
            names: None,
            integer: None,
            traditional: modifier == Some('t'),
            most_width: most,
            digits: None,
        };
        if presentation.starts_with('n') {
            parsed.names = Some(Case::Lower);
        } else if presentation.starts_with("Nn") {
            parsed.names = Some(Case::Title);
        } else if presentation.starts_with('N') {
            parsed.names = Some(Case::Upper);
        } else if "YMDdFWwXxHhmsf".contains(component) {
            let full = modifier.map_or_else(|| presentation.to_owned(), |c| format!("{presentation};{c}"));
            parsed.integer = Some(parsed.sized(Picture::parse(&full)?, least));
        }
        if component == 'Z' || component == 'z' {
            parsed.integer = Some(Picture::parse(presentation)?);
        }
        Ok(parsed)
    }

    fn sized(&mut self, mut picture: Picture, least: Option<usize>) -> Picture {
        picture.mandatory = picture.mandatory.max(least.unwrap_or(0)).min(1000);
        if "YMD".contains(self.component) {
            match self.most_width {
                Some(most) => {
                    self.digits = Some(most.min(1000));
                    picture.mandatory = most.min(1000);
                }
                None => self.digits = Some(picture.mandatory + picture.optional).filter(|width| *width >= 2),
            }
        }
        picture
    }

    fn write(&self, date: &Date, offset: (f64, f64)) -> Evaluated<String> {
        match self.component {
            'Z' | 'z' => self.zone(offset),
            'P' => {
                let half = if date.hour >= 12 { "pm" } else { "am" };
                Ok(if self.names == Some(Case::Upper) { half.to_uppercase() } else { half.to_owned() })
            }
            'C' | 'E' => Ok("ISO".to_owned()),
            component => {
                let value = date.component(component);
                match self.names {
                    Some(case) => self.name(value, case),
                    None => self.number(value),
                }
            }
        }
    }

    fn number(&self, value: i64) -> Evaluated<String> {
        let digits = self.digits.filter(|_| self.component == 'Y').and_then(|digits| u32::try_from(digits).ok());
        let value = digits.and_then(|digits| 10_i64.checked_pow(digits)).map_or(value, |modulus| value % modulus);
        match &self.integer {
            Some(picture) => picture.format(value as f64),
            None => Ok(value.to_string()),
        }
    }

    fn name(&self, value: i64, case: Case) -> Evaluated<String> {
        let names: &[&str] = match self.component {
            'M' | 'x' => &MONTHS,
            'F' => &DAYS,
            component => return Err(nameless(component)),
        };
        let name = usize::try_from(value - 1).ok().and_then(|at| names.get(at)).copied().unwrap_or_default();
        let name = match case {
            Case::Upper => name.to_uppercase(),
            Case::Lower => name.to_lowercase(),
            Case::Title => name.to_owned(),
        };
        Ok(name.chars().take(self.most_width.unwrap_or(usize::MAX)).collect())
    }

    fn zone(&self, (hours, minutes): (f64, f64)) -> Evaluated<String> {
        let offset = hours * 100.0 + minutes;
        if offset == 0.0 && self.traditional {
            return Ok("Z".to_owned());
        }
        let Some(picture) = &self.integer else { return Ok(String::new()) };
        let regular = matches!(&picture.form, Form::Decimal { grouping: Grouping::Regular { .. }, .. });
        let text = match picture.mandatory {
            _ if regular => picture.format(offset)?,
            1 | 2 => {
                let whole = picture.format(hours)?;
                if minutes == 0.0 { whole } else { format!("{whole}:{}", Picture::parse("00")?.format(minutes)?) }
            }
            3 | 4 => picture.format(offset)?,
            _ => {
                let message = "The timezone integer format specifier cannot have more than four digits";
                return Err(Failure::new("D3134", message));
            }
        };
        let sign = if offset >= 0.0 { "+" } else { "" };
        let gmt = if self.component == 'z' { "GMT" } else { "" };
        Ok(format!("{gmt}{sign}{text}"))
    }
}

pub(super) fn nameless(component: char) -> Failure {
    let message = format!(
        "The 'name' modifier can only be applied to months and days in the date/time picture string, not {}",
        quoted(&component.to_string())
    );
    Failure::new("D3133", message)
}

/// Writes an instant, in a zone such as `-0500`. A zone that does not begin with a number, such as `utc`, is UTC: measured on AWS by
/// others, JSONata writes no number.
pub(crate) fn write(millis: f64, picture: &str, zone: Option<&str>) -> Evaluated<String> {
    let offset = zone.map(super::integer::whole).filter(|offset| !offset.is_nan()).unwrap_or(0.0);
    let hours = (offset / 100.0).floor();
    let minutes = offset % 100.0;
    let shifted = millis + (60.0 * hours + minutes) * 60_000.0;
    let Some(date) = Date::of_millis(shifted) else {
        return Err(Failure::new("D1001", "Number out of range: null"));
    };
    let mut out = String::new();
    for part in parse(picture)? {
        match part {
            Part::Literal(text) => out.push_str(&text),
            Part::Marker(marker) => out.push_str(&marker.write(&date, (hours, minutes))?),
        }
    }
    Ok(out)
}
