//! Pictures of the main commands at 60, 80 and 120 columns, plain and coloured, from one deployed home.

mod shop;
mod steady;

use shop::Shop;
use unicode_width::UnicodeWidthStr;

const WIDTHS: [usize; 3] = [60, 80, 120];

/// The commands, each with the picture's name.
const PICTURES: [(&str, &[&str]); 15] = [
    ("help", &["help"]),
    ("help-of-a-command", &["list", "--help"]),
    ("info", &["info"]),
    ("diff", &["diff"]),
    ("deploy-list-functions", &["deploy", "list", "functions"]),
    ("list", &["list"]),
    ("list-running", &["list", "--status", "running"]),
    ("show", &["show", "lamp-for-ada"]),
    ("show-failed", &["show", "empty-shelf"]),
    ("show-waiting", &["show", "three-hundred-lamps-for-the-town-hall-of-a-small-town"]),
    ("logs", &["logs", "-f", "pack", "--startTime", "3d", "--filter", "packing"]),
    ("logs-execution", &["logs", "--execution", "lamp-for-ada"]),
    ("validate", &["validate", "wrong.asl.json"]),
    ("mistakes", &["print", "--config", "misspelt.yml"]),
    ("not-found", &["show", "lamp-for-adda"]),
];

/// What may be wider than the terminal, because it can't be cut: an ARN, an address, a line of somebody's file.
fn may_be_wide(line: &str) -> bool {
    line.split_whitespace().any(|word| word.width() > 40) || line.contains(" | ")
}

#[test]
fn the_main_commands_fit_and_look_as_in_their_pictures() {
    let shop = Shop::open();
    for (name, arguments) in PICTURES {
        let mut picture = String::new();
        for columns in WIDTHS {
            let plain = steady::text(&shop.shown(arguments, columns, "never"));
            let coloured = steady::text(&shop.shown(arguments, columns, "always"));
            assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain, "{name} in {columns} columns");
            for line in plain.lines().filter(|line| !may_be_wide(line)) {
                assert!(line.width() <= columns, "{name} in {columns} columns: {line}");
            }
            picture.push_str(&format!("--- {columns} columns\n{plain}"));
            if columns == 80 {
                picture.push_str(&format!("--- {columns} columns, coloured\n{}", steady::tagged(&coloured)));
            }
        }
        insta::assert_snapshot!(name, picture);
    }
}
