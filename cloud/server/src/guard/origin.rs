//! Pages in a browser: none but the cloud's own may talk to it.

use cloud_core::Request;

/// Whether a request comes from a page of somebody else, in a browser of this very user. A browser names the page's origin
/// with everything that can change something, and says since 2023 with every request where it comes from.
///
/// A page with the origin of the request's own `Host` (which is a loopback name, or the request goes no further) is served
/// by this cloud.
pub(crate) fn is_foreign(request: &Request) -> bool {
    let has_own_origin = match request.headers.get("origin") {
        None => true,
        Some(origin) => is_own(origin.as_bytes(), request.header("host").unwrap_or_default()),
    };
    // `none`: a person typed the address; `same-origin`: the cloud's own page. Programs do not send it.
    let is_near = match request.headers.get("sec-fetch-site") {
        None => true,
        Some(site) => matches!(site.as_bytes(), b"same-origin" | b"none"),
    };
    !(has_own_origin && is_near)
}

fn is_own(origin: &[u8], host: &str) -> bool {
    let origin = std::str::from_utf8(origin).unwrap_or_default();
    !host.is_empty() && origin.strip_prefix("http://").is_some_and(|own| own.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use cloud_core::Location;
    use jiff::Timestamp;

    use super::*;

    fn with(headers: &[(&str, &str)]) -> Request {
        let request = Request::internal(String::new(), Timestamp::UNIX_EPOCH, &Location::default(), "states");
        let request = request.with_header("host", "localhost:4566");
        headers.iter().fold(request, |request, (name, value)| request.with_header(name, value))
    }

    #[test]
    fn programs_and_the_clouds_own_pages_are_near() {
        for headers in [
            &[][..],
            &[("origin", "http://localhost:4566")],
            &[("origin", "http://LOCALHOST:4566"), ("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
        ] {
            assert!(!is_foreign(&with(headers)), "{headers:?}");
        }
    }

    #[test]
    fn all_other_pages_are_foreign() {
        for headers in [
            ("origin", "https://example.com"),
            ("origin", "null"),
            ("origin", ""),
            ("origin", "http://localhost:3000"),
            ("origin", "https://localhost:4566"),
            ("origin", "http://localhost:4566.example.com"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "something new"),
        ] {
            assert!(is_foreign(&with(&[headers])), "{headers:?}");
        }
    }
}
