//! The system's lists of all TCP sockets: `/proc/net/tcp` and `/proc/net/tcp6` (`proc(5)`).

use std::io::{BufRead as _, BufReader};
use std::net::{IpAddr, SocketAddr};

use super::entry::{Entry, mapped};

/// The socket that is bound to `local` and connected to `remote`.
pub(super) fn find(local: SocketAddr, remote: SocketAddr) -> Option<Entry> {
    in_list(local, remote).or_else(|| in_list(mapped(local), mapped(remote)))
}

/// Reads the list of the addresses' family up to the socket's line.
fn in_list(local: SocketAddr, remote: SocketAddr) -> Option<Entry> {
    let path = if local.is_ipv4() { "/proc/net/tcp" } else { "/proc/net/tcp6" };
    let file = std::fs::File::open(path).ok()?;
    let wanted = format!("{} {}", hexadecimal(local), hexadecimal(remote));
    let mut lines = BufReader::with_capacity(1 << 16, file).lines();
    lines.find_map(|line| parse_line(&line.ok()?, &wanted))
}

/// The socket of a line, when it is between these addresses: `0: LOCAL REMOTE STATE tx:rx tr:when retrnsmt UID timeout INODE`.
fn parse_line(line: &str, wanted: &str) -> Option<Entry> {
    let (_, rest) = line.split_once(": ")?;
    let mut words = rest.strip_prefix(wanted)?.split_whitespace();
    let state = u8::from_str_radix(words.next()?, 16).ok()?;
    let user_id = words.nth(3)?.parse().ok()?;
    let inode = words.nth(1)?.parse().ok()?;
    Some(Entry { state, user_id, inode })
}

/// An address as the lists have it: words in the machine's own byte order.
fn hexadecimal(address: SocketAddr) -> String {
    let octets = match address.ip() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    let words = octets.chunks_exact(4).map(|word| u32::from_ne_bytes([word[0], word[1], word[2], word[3]]));
    let text: String = words.map(|word| format!("{word:08X}")).collect();
    format!("{text}:{:04X}", address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_list_is_read() {
        let line = "   7: 0100007F:9C40 0100007F:11D6 01 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 20 4 30 10 -1";
        let wanted = format!(
            "{} {}",
            hexadecimal("127.0.0.1:40000".parse().unwrap()),
            hexadecimal("127.0.0.1:4566".parse().unwrap())
        );
        assert_eq!(parse_line(line, &wanted), Some(Entry { state: 1, user_id: 1000, inode: 4711 }));
        assert_eq!(parse_line(line, "0100007F:9C41 0100007F:11D6"), None);
    }
}
