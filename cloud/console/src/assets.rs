//! The page's files, which are in the program: it works offline, and nothing is fetched from elsewhere.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cloud_core::Response;
use graph::Layout;
use sha2::{Digest as _, Sha256};

const PAGE: &str = include_str!("../assets/index.html");
const ICON: &str = include_str!("../assets/icon.svg");
/// All modules as one script, as `build.rs` makes it.
const SCRIPT: &str = include_str!(concat!(env!("OUT_DIR"), "/console.js"));
const STYLES: &str = include_str!("../assets/console.css");

/// Where the page has its style sheet: it is painted once the page itself is there.
const STYLE: &str = "<style></style>";

/// The page with its style sheet.
struct Page {
    html: String,
    /// The style sheet of pictures by itself, which saved pictures take with them.
    graph_css: String,
    /// What the security policy knows the style sheet by.
    style_hash: String,
}

static READY: LazyLock<Page> = LazyLock::new(|| {
    let graph_css = Layout::style();
    let style = format!("{STYLES}{graph_css}");
    let style_hash = format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(&style)));
    Page { html: PAGE.replace(STYLE, &format!("<style>{style}</style>")), graph_css, style_hash }
});

/// The file of a name.
pub(crate) fn file(name: &str) -> Option<Response> {
    let (kind, text) = match name {
        "" => ("text/html; charset=utf-8", READY.html.as_str()),
        "console.js" => ("text/javascript; charset=utf-8", SCRIPT),
        "graph.css" => ("text/css; charset=utf-8", READY.graph_css.as_str()),
        "icon.svg" => ("image/svg+xml", ICON),
        _ => return None,
    };
    Some(Response::new(200, kind, text))
}

/// What the page's style sheet is known by in a security policy: `sha256-…`.
pub(crate) fn style_hash() -> &'static str {
    &READY.style_hash
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the whole page may take, compressed.
    const LARGEST_BYTES: usize = 80 << 10;

    #[test]
    fn the_page_is_small() {
        let files = ["", "console.js", "icon.svg"].map(|name| file(name).unwrap().body);
        let size: usize = files.iter().map(|body| compressed_bytes(body)).sum();
        assert!(size <= LARGEST_BYTES, "{size}");
    }

    fn compressed_bytes(body: &[u8]) -> usize {
        let mut compressed = flate2::read::GzEncoder::new(body, flate2::Compression::default());
        std::io::copy(&mut compressed, &mut std::io::sink()).unwrap().try_into().unwrap()
    }

    #[test]
    fn the_page_has_no_script_of_its_own_text_and_nothing_from_elsewhere() {
        let html = READY.html.as_str();
        assert!(!html.contains(" style=") && !html.contains(" on"), "{html}");
        assert_eq!(html.matches("<script").count(), html.matches("<script type=\"module\" src=\"").count());
        assert_eq!(html.matches("<style>").count(), 1);
        assert!(!STYLES.contains("</") && !READY.graph_css.contains("</"));
        assert!(!STYLES.contains("https://"));
    }

    #[test]
    fn the_script_is_one_of_all_modules() {
        let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/assets")).unwrap();
        let files = files.map(|file| file.unwrap().path());
        let modules: Vec<_> =
            files.filter(|path| path.extension().is_some_and(|extension| extension == "js")).collect();
        assert!(modules.len() > 20);
        for module in modules {
            let name = module.file_stem().unwrap().to_str().unwrap();
            assert!(SCRIPT.contains(&format!("const {name}_module = ")), "{name} is used by nothing");
            let text = std::fs::read_to_string(&module).unwrap();
            assert!(!text.contains("dangerouslySet") && !text.contains("innerHTML"), "{name}");
            assert!(!text.contains("https://") && !text.contains("eval("), "{name}");
        }
        assert!(!SCRIPT.lines().any(|line| line.starts_with("import ") || line.starts_with("export ")));
    }
}
