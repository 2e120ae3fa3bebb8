//! The colours of pictures, light and dark: every text has at least the contrast of WCAG's level AA. Plain rules without
//! custom properties, which viewers other than browsers do not know.

use std::fmt::Write;

/// Shapes and fonts, the same in both themes.
const SHAPES: &str = "
.graph{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}
.graph text{text-anchor:middle}
.graph .label,.graph .caption,.graph .count{font-size:11px}
.graph .name{font-size:13px;font-weight:600}
.graph .not-reached .name{font-weight:400}
.graph .line{fill:none;stroke-width:1.5}
.graph .line.taken{stroke-width:3}
.graph .line.default{stroke-dasharray:7 3}
.graph .line.caught{stroke-dasharray:3 3}
.graph .mark.ring{stroke-width:1.5}
.graph .region{stroke-dasharray:4 3}
.graph .box{stroke-width:1.5}
.graph .failed .box{stroke-width:2}
.graph .not-reached .box{stroke-dasharray:2 3}
.graph .aborted .box,.graph .unknown .box{stroke-dasharray:6 3}
.graph .sign circle,.graph .tally rect{stroke:currentColor;stroke-width:1.5}
.graph .sign path{fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
";

/// Colours of what has no status.
struct Paper {
    paper: &'static str,
    ink: &'static str,
    faint: &'static str,
    line: &'static str,
    fill: &'static str,
    edge: &'static str,
    region: &'static str,
    caught: &'static str,
    /// Transitions that an execution took.
    taken: &'static str,
}

/// A status' class, its colour and what its boxes are filled with.
type Status = (&'static str, &'static str, &'static str);

const LIGHT: Paper = Paper {
    paper: "#fff",
    ink: "#17202b",
    faint: "#556172",
    line: "#76818f",
    fill: "#fff",
    edge: "#aab4c0",
    region: "#f4f6f8",
    caught: "#a34400",
    taken: "#176b34",
};
const LIGHT_STATUSES: [Status; 8] = [
    ("running", "#0a58b0", "#e6f0ff"),
    ("waiting", "#7a5200", "#fff4d6"),
    ("retrying", "#a34400", "#ffecdd"),
    ("caught", "#a34400", "#ffecdd"),
    ("succeeded", "#176b34", "#e4f5e9"),
    ("failed", "#b3211b", "#fde8e7"),
    ("aborted", "#57536b", "#eeedf3"),
    ("not-reached", "#556172", "#fff"),
];
const DARK: Paper = Paper {
    paper: "#11161d",
    ink: "#e8edf3",
    faint: "#a3afbd",
    line: "#8793a1",
    fill: "#1b222c",
    edge: "#4a5665",
    region: "#151b23",
    caught: "#ffa366",
    taken: "#77d694",
};
const DARK_STATUSES: [Status; 8] = [
    ("running", "#86b9ff", "#14294a"),
    ("waiting", "#f2c55c", "#33290d"),
    ("retrying", "#ffa366", "#3a2210"),
    ("caught", "#ffa366", "#3a2210"),
    ("succeeded", "#77d694", "#12301d"),
    ("failed", "#ff948d", "#401816"),
    ("aborted", "#bcb6d3", "#282533"),
    ("not-reached", "#a3afbd", "#1b222c"),
];

/// The style sheet.
pub(super) fn style() -> String {
    let light = colours(&LIGHT, &LIGHT_STATUSES);
    let dark = colours(&DARK, &DARK_STATUSES);
    format!("{SHAPES}{light}@media(prefers-color-scheme:dark){{\n{dark}}}\n")
}

fn colours(paper: &Paper, statuses: &[Status]) -> String {
    let Paper { paper, ink, faint, line, fill, edge, region, caught, taken } = paper;
    let mut rules = format!(
        ".graph .paper,.graph .sign circle,.graph .tally rect{{fill:{paper}}}
.graph text{{fill:{ink}}}
.graph .label,.graph .caption,.graph .count,.graph .not-reached .name{{fill:{faint}}}
.graph .line,.graph .mark.ring{{fill:none;stroke:{line}}}
.graph .head,.graph .mark{{fill:{line}}}
.graph .mark.ring{{fill:none}}
.graph .line.caught{{stroke:{caught}}}
.graph .head.caught,.graph .label.caught{{fill:{caught}}}
.graph .line.taken{{stroke:{taken}}}
.graph .head.taken{{fill:{taken}}}
.graph .line.caught.taken{{stroke:{caught}}}
.graph .head.caught.taken{{fill:{caught}}}
.graph .box{{fill:{fill};stroke:{edge}}}
.graph .region{{fill:{region};stroke:{edge}}}
"
    );
    for (class, colour, fill) in statuses {
        let edge = if *class == "not-reached" { edge } else { "currentColor" };
        // Writing to a string can't fail.
        let _ = writeln!(
            rules,
            ".graph .state.{class}{{color:{colour}}}.graph .state.{class}>.box{{fill:{fill};stroke:{edge}}}"
        );
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The relative luminance of a colour, as WCAG 2.2 defines it.
    fn luminance(colour: &str) -> f64 {
        let digits = colour.trim_start_matches('#');
        let digits = if digits.len() == 3 {
            digits.chars().flat_map(|digit| [digit, digit]).collect()
        } else {
            digits.to_owned()
        };
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&digits[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let one = luminance(one) + 0.05;
        let other = luminance(other) + 0.05;
        one.max(other) / one.min(other)
    }

    #[test]
    fn every_text_has_the_contrast_of_level_aa() {
        for (paper, statuses) in [(&LIGHT, &LIGHT_STATUSES), (&DARK, &DARK_STATUSES)] {
            let grounds = [paper.paper, paper.fill, paper.region].into_iter();
            for ground in grounds.chain(statuses.iter().map(|(_, _, fill)| *fill)) {
                for text in [paper.ink, paper.faint] {
                    assert!(contrast(text, ground) >= 4.5, "{text} on {ground}: {}", contrast(text, ground));
                }
            }
            for ground in [paper.paper, paper.region] {
                assert!(contrast(paper.caught, ground) >= 4.5, "{ground}");
                assert!(contrast(paper.line, ground) >= 3.0, "{ground}");
                assert!(contrast(paper.taken, ground) >= 3.0, "{ground}");
            }
            for (class, colour, fill) in statuses {
                assert!(contrast(colour, fill) >= 4.5 && contrast(colour, paper.paper) >= 4.5, "{class}");
            }
        }
    }
}
