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
    ("answer.js", JAVASCRIPT, include_str!("../assets/answer.js")),
    ("cloud.js", JAVASCRIPT, include_str!("../assets/cloud.js")),
    ("definition.js", JAVASCRIPT, include_str!("../assets/definition.js")),
    ("differences.js", JAVASCRIPT, include_str!("../assets/differences.js")),
    ("events.js", JAVASCRIPT, include_str!("../assets/events.js")),
    ("execution.js", JAVASCRIPT, include_str!("../assets/execution.js")),
    ("executions.js", JAVASCRIPT, include_str!("../assets/executions.js")),
    ("failure.js", JAVASCRIPT, include_str!("../assets/failure.js")),
    ("functions.js", JAVASCRIPT, include_str!("../assets/functions.js")),
    ("history.js", JAVASCRIPT, include_str!("../assets/history.js")),
    ("home.js", JAVASCRIPT, include_str!("../assets/home.js")),
    ("html.js", JAVASCRIPT, include_str!("../assets/html.js")),
    ("live.js", JAVASCRIPT, include_str!("../assets/live.js")),
    ("logs.js", JAVASCRIPT, include_str!("../assets/logs.js")),
    ("machine.js", JAVASCRIPT, include_str!("../assets/machine.js")),
    ("main.js", JAVASCRIPT, include_str!("../assets/main.js")),
    ("map_run.js", JAVASCRIPT, include_str!("../assets/map_run.js")),
    ("palette.js", JAVASCRIPT, include_str!("../assets/palette.js")),
    ("parts.js", JAVASCRIPT, include_str!("../assets/parts.js")),
    ("role.js", JAVASCRIPT, include_str!("../assets/role.js")),
    ("start.js", JAVASCRIPT, include_str!("../assets/start.js")),
    ("state.js", JAVASCRIPT, include_str!("../assets/state.js")),
    ("test_case.js", JAVASCRIPT, include_str!("../assets/test_case.js")),
    ("text.js", JAVASCRIPT, include_str!("../assets/text.js")),
    ("timeline.js", JAVASCRIPT, include_str!("../assets/timeline.js")),
    ("vendor/preact.js", JAVASCRIPT, include_str!("../assets/vendor/preact.js")),
    ("vendor/hooks.js", JAVASCRIPT, include_str!("../assets/vendor/hooks.js")),
    ("vendor/htm.js", JAVASCRIPT, include_str!("../assets/vendor/htm.js")),
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

    /// What the whole page may take, compressed.
    const LARGEST_BYTES: usize = 80 << 10;

    #[test]
    fn the_page_is_small() {
        let texts = FILES.iter().map(|(.., text)| (*text).to_owned()).chain([Layout::style()]);
        let size: usize = texts.map(|text| compressed_bytes(&text)).sum();
        assert!(size <= LARGEST_BYTES, "{size}");
    }

    fn compressed_bytes(text: &str) -> usize {
        let mut compressed = flate2::read::GzEncoder::new(text.as_bytes(), flate2::Compression::default());
        std::io::copy(&mut compressed, &mut std::io::sink()).unwrap().try_into().unwrap()
    }

    #[test]
    fn every_script_is_asked_for_at_once() {
        let names = FILES.iter().filter(|(_, kind, _)| *kind == JAVASCRIPT).map(|(name, ..)| *name);
        for name in names.filter(|name| *name != "main.js") {
            let preload = format!("<link rel=\"modulepreload\" href=\"{name}\">");
            assert!(FILES[0].2.contains(&preload), "{name} would be found only when another script is there");
        }
    }

    #[test]
    fn the_page_has_no_script_or_style_of_its_own_text_and_nothing_from_elsewhere() {
        let page = FILES[0].2;
        assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains(" on"), "{page}");
        assert_eq!(page.matches("<script").count(), page.matches("<script type=\"module\" src=\"").count());
        for (name, _, text) in FILES.iter().filter(|(name, ..)| !name.starts_with("vendor/")) {
            assert!(!text.contains("dangerouslySet"), "{name}");
            assert!(!text.contains("https://") && !text.contains("innerHTML") && !text.contains("eval("), "{name}");
        }
    }
}
