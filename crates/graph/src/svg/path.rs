//! Lines and their heads as path data.

use std::fmt::Write;

use crate::layout::{Arrow, Line};

/// How long an arrow's head is.
const HEAD: i32 = 7;
/// Half of how wide it is.
const HEAD_HALF: i32 = 4;

/// Lines, each straight through its layers and bent in between.
pub(super) fn lines<'a>(lines: impl Iterator<Item = &'a Line>) -> String {
    let mut data = String::new();
    for line in lines {
        let Line { from, to, bend, straight, arrow, .. } = line;
        if *arrow == Some(Arrow::Itself) {
            // Writing to a string can't fail.
            let _ = write!(
                data,
                "M{} {}h8c20 0 20 {} 0 {}H{}",
                from.x,
                from.y,
                to.y - from.y,
                to.y - from.y,
                to.x + HEAD - 1
            );
            continue;
        }
        let begin = from.y + if *arrow == Some(Arrow::Up) { HEAD - 1 } else { 0 };
        let end = to.y - if *arrow == Some(Arrow::Down) { HEAD - 1 } else { 0 };
        let _ = write!(data, "M{} {begin}", from.x);
        if from.x == to.x {
            let _ = write!(data, "V{end}");
            continue;
        }
        // A head stands straight on its line.
        let bend = (*bend).max(begin);
        let straight = (*straight).min(end);
        let middle = (bend + straight) / 2;
        if bend > begin {
            let _ = write!(data, "V{bend}");
        }
        let _ = write!(data, "C{} {middle} {} {middle} {} {straight}", from.x, to.x, to.x);
        if end > straight {
            let _ = write!(data, "V{end}");
        }
    }
    data
}

/// The heads of those lines that have one.
pub(super) fn heads<'a>(lines: impl Iterator<Item = &'a Line>) -> String {
    let mut data = String::new();
    for line in lines {
        let _ = match line.arrow {
            Some(Arrow::Down) => write!(data, "M{} {}l-{HEAD_HALF}-{HEAD}h{}Z", line.to.x, line.to.y, 2 * HEAD_HALF),
            Some(Arrow::Up) => write!(data, "M{} {}l-{HEAD_HALF} {HEAD}h{}Z", line.from.x, line.from.y, 2 * HEAD_HALF),
            Some(Arrow::Itself) => write!(data, "M{} {}l{HEAD}-{HEAD_HALF}v{}Z", line.to.x, line.to.y, 2 * HEAD_HALF),
            None => Ok(()),
        };
    }
    data
}
