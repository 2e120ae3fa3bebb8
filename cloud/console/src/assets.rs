//! The page's files, which are in the program: it works offline, and nothing is fetched from elsewhere.

use cloud_core::Response;
use graph::Layout;

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const STYLES: &str = "text/css; charset=utf-8";

/// Each file below the page's path: its name, its type and what it has.
pub(crate) const FILES: &[(&str, &str, &str)] = &[
    ("", "text/html; charset=utf-8", include_str!("../assets/index.html")),
    ("console.css", STYLES, include_str!("../assets/console.css")),
    ("icon.svg", "image/svg+xml", include_str!("../assets/icon.svg")),
    ("main.js", JAVASCRIPT, include_str!("../assets/main.js")),
    ("cloud.js", JAVASCRIPT, include_str!("../assets/cloud.js")),
    ("elements.js", JAVASCRIPT, include_str!("../assets/elements.js")),
    ("home.js", JAVASCRIPT, include_str!("../assets/home.js")),
    ("machine.js", JAVASCRIPT, include_str!("../assets/machine.js")),
    ("execution.js", JAVASCRIPT, include_str!("../assets/execution.js")),
];

/// The style sheet of pictures, which comes from where they are drawn.
const GRAPH_STYLE: &str = "graph.css";

/// The file of a name.
pub(crate) fn file(name: &str) -> Option<Response> {
    if name == GRAPH_STYLE {
        return Some(Response::new(200, STYLES, Layout::style()));
    }
    FILES.iter().find(|(known, ..)| *known == name).map(|(_, kind, text)| Response::new(200, kind, *text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the whole page may take; as it is here, not compressed.
    const LARGEST_BYTES: usize = 80 << 10;

    #[test]
    fn the_page_is_small() {
        let size: usize = FILES.iter().map(|(.., text)| text.len()).sum::<usize>() + Layout::style().len();
        assert!(size <= LARGEST_BYTES, "{size}");
    }

    #[test]
    fn the_page_has_no_script_or_style_of_its_own_text_and_nothing_from_elsewhere() {
        let page = FILES[0].2;
        assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains(" on"), "{page}");
        assert_eq!(page.matches("<script").count(), page.matches("<script type=\"module\" src=\"").count());
        for (name, _, text) in FILES {
            assert!(!text.contains("https://") && !text.contains("innerHTML") && !text.contains("eval("), "{name}");
        }
    }
}
