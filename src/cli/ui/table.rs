//! Tables: columns as wide as their widest cell; those that must fit a terminal leave columns out and cut cells.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::text::{Tone, toned};

/// A heading and its rows; the last column needs no room after it.
pub(crate) fn columns<const N: usize>(heading: [&str; N], rows: Vec<[String; N]>) -> String {
    let heading = heading.map(str::to_owned);
    let mut widths = [0; N];
    for row in rows.iter().chain([&heading]) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let heading = toned(Tone::Faint, line(&heading));
    std::iter::once(heading).chain(rows.iter().map(line)).collect::<Vec<_>>().join("\n")
}

/// A column of a table that must fit.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// What stands above it.
    pub(crate) heading: String,
    /// To how many characters its cells may be cut.
    pub(crate) least: usize,
    /// When it is left out for want of room: the highest first, and 0 never.
    pub(crate) rank: u8,
}

/// What stands in a row and a column.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    /// On one line, without control characters.
    pub(crate) text: String,
    pub(crate) tone: Option<Tone>,
}

/// A table in so much room; any where it goes to no terminal.
pub(crate) fn fitted(columns: &[Column], rows: &[Vec<Cell>], room: Option<usize>) -> String {
    let natural: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.text.width());
            cells.chain([column.heading.width()]).max().unwrap_or(0)
        })
        .collect();
    let widths = widths(columns, natural, room);
    let line = |cells: &[(&str, Option<Tone>)]| {
        let mut text = String::new();
        let shown = cells.iter().zip(&widths).filter_map(|(cell, width)| Some((cell, (*width)?)));
        for (at, ((cell, tone), width)) in shown.enumerate() {
            let cut = cut(cell, width);
            let padding = " ".repeat(width.saturating_sub(cut.width()));
            if at > 0 {
                text.push_str("  ");
            }
            text.push_str(&tone.map_or_else(|| cut.clone(), |tone| toned(tone, &cut)));
            text.push_str(&padding);
        }
        text.trim_end().to_owned()
    };
    let headings: Vec<(&str, Option<Tone>)> = columns.iter().map(|it| (it.heading.as_str(), None)).collect();
    let mut lines = vec![toned(Tone::Faint, line(&headings))];
    for row in rows {
        let cells: Vec<(&str, Option<Tone>)> = row.iter().map(|cell| (cell.text.as_str(), cell.tone)).collect();
        lines.push(line(&cells));
    }
    lines.join("\n")
}

/// The width of each column; none for one that is left out.
fn widths(columns: &[Column], natural: Vec<usize>, room: Option<usize>) -> Vec<Option<usize>> {
    let mut widths: Vec<Option<usize>> = natural.into_iter().map(Some).collect();
    let Some(room) = room else { return widths };
    loop {
        let least = |(width, column): (&Option<usize>, &Column)| width.map(|width| width.min(column.least));
        let smallest: Vec<Option<usize>> = widths.iter().zip(columns).map(least).collect();
        let droppable = columns.iter().enumerate().filter(|(at, column)| column.rank > 0 && widths[*at].is_some());
        let dropped = droppable.max_by_key(|(_, column)| column.rank).map(|(at, _)| at);
        match dropped {
            Some(at) if total(&smallest) > room => widths[at] = None,
            _ => break,
        }
    }
    // The widest that may still be cut gives way, a character a time.
    while total(&widths) > room {
        let cuttable = widths.iter().zip(columns).enumerate();
        let widest = cuttable
            .filter_map(|(at, (width, column))| Some((at, (*width).filter(|width| *width > column.least)?)))
            .max_by_key(|(_, width)| *width);
        match widest {
            Some((at, width)) => widths[at] = Some(width - 1),
            None => break,
        }
    }
    widths
}

fn total(widths: &[Option<usize>]) -> usize {
    let shown: Vec<usize> = widths.iter().copied().flatten().collect();
    shown.iter().sum::<usize>() + 2 * shown.len().saturating_sub(1)
}

/// A text in so many columns of a terminal; what is too long ends in an ellipsis.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used + 1 > width {
            break;
        }
        kept.push(character);
    }
    let kept = kept.trim_end();
    if width == 0 { String::new() } else { format!("{kept}…") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(room: usize) -> String {
        let column = |heading: &str, least, rank| Column { heading: heading.to_owned(), least, rank };
        let columns = [column("NAME", 8, 0), column("MACHINE", 6, 1), column("STARTED", 19, 2), column("", 10, 0)];
        let cell = |text: &str| Cell { text: text.to_owned(), tone: None };
        let row = |name, machine, what| vec![cell(name), cell(machine), cell("2026-11-22 08:00:00"), cell(what)];
        let rows = [
            row("order-4r7k2m9x", "order", "took 3 m 12 s"),
            row("日本語の名前です", "check", "Bad: OutOfStock: nothing left of item 7"),
        ];
        anstream::adapter::strip_str(&fitted(&columns, &rows, Some(room))).to_string()
    }

    #[test]
    fn a_table_fits_by_cutting_cells_and_leaving_columns_out() {
        insta::assert_snapshot!(shown(120), @r"
        NAME              MACHINE  STARTED
        order-4r7k2m9x    order    2026-11-22 08:00:00  took 3 m 12 s
        日本語の名前です  check    2026-11-22 08:00:00  Bad: OutOfStock: nothing left of item 7
        ");
        insta::assert_snapshot!(shown(60), @r"
        NAME            MACHINE  STARTED
        order-4r7k2m9x  order    2026-11-22 08:00:00  took 3 m 12 s
        日本語の名前…   check    2026-11-22 08:00:00  Bad: OutOfSto…
        ");
        insta::assert_snapshot!(shown(40), @r"
        NAME             MACHINE
        order-4r7k2m9x   order    took 3 m 12 s
        日本語の名前で…  check    Bad: OutOfSto…
        ");
        insta::assert_snapshot!(shown(24), @r"
        NAME
        order-4r7k…  took 3 m 1…
        日本語の名…  Bad: OutOf…
        ");
        for room in 22..120 {
            let text = shown(room);
            assert!(text.lines().all(|line| line.width() <= room), "{room}:\n{text}");
        }
    }

    #[test]
    fn what_is_cut_ends_in_an_ellipsis() {
        assert_eq!(cut("order-4r7k", 10), "order-4r7k");
        assert_eq!(cut("order-4r7k", 6), "order…");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("abc", 0), "");
    }
}
