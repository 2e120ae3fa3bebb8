//! Linux: the user who owns a TCP socket of this machine, by netlink's `sock_diag`, or by `/proc/net/tcp` where there is none.
//!
//! `sock_diag(7)` looks one socket up by its two addresses, however many there are; `/proc/net/tcp` lists them all.

use std::io::{BufRead as _, BufReader};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};

/// `SOCK_DIAG_BY_FAMILY` of `linux/sock_diag.h`.
const SOCK_DIAG_BY_FAMILY: u16 = 20;
/// `NLM_F_REQUEST` of `linux/netlink.h`.
const NLM_F_REQUEST: u16 = 1;
/// `IPPROTO_TCP`.
const TCP: u8 = 6;
/// `AF_INET` and `AF_INET6`.
const INET: u8 = 2;
const INET6: u8 = 10;

/// `struct nlmsghdr`.
const HEADER_BYTES: usize = 16;
/// `struct inet_diag_req_v2`.
const REQUEST_BYTES: usize = 56;
/// `struct inet_diag_msg`.
const ANSWER_BYTES: usize = 72;

/// States of a connection whose client still has it (`net/tcp_states.h`): established, both FIN-WAITs, CLOSE-WAIT.
const HELD: [u8; 4] = [1, 4, 5, 8];

/// What is known of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Socket {
    state: u8,
    user: u32,
    inode: u64,
}

impl Socket {
    /// Its owner, while a process has it: of a socket without one Linux says that it is root's.
    fn owner(self) -> Option<u32> {
        (HELD.contains(&self.state) && self.inode != 0).then_some(self.user)
    }
}

/// Looks sockets up.
#[derive(Debug)]
pub(crate) struct SocketOwners {
    netlink: Mutex<Netlink>,
}

#[derive(Debug)]
struct Netlink {
    /// None where the system has no `sock_diag`.
    socket: Option<OwnedFd>,
    sequence: u32,
    /// Whether it has found a socket before: a kernel that knows nothing of TCP sockets answers as if there were none.
    proven: bool,
}

impl SocketOwners {
    pub(crate) fn open() -> Self {
        let protocol = Some(rustix::net::netlink::SOCK_DIAG);
        let opened = rustix::net::socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, protocol);
        if let Err(error) = &opened {
            tracing::debug!(target: "cloud::guard", %error, "there is no sock_diag: /proc/net/tcp is read instead");
        }
        Self { netlink: Mutex::new(Netlink { socket: opened.ok(), sequence: 0, proven: false }) }
    }

    /// The user whose process holds the socket at `client` that is connected to `server`.
    pub(crate) fn owner(&self, client: SocketAddr, server: SocketAddr) -> Option<u32> {
        let answer = self.netlink.lock().unwrap_or_else(PoisonError::into_inner).ask(client, server);
        match answer {
            Ok(found) => found.and_then(Socket::owner),
            Err(error) => {
                tracing::debug!(target: "cloud::guard", %error, "sock_diag gave no answer: /proc/net/tcp is read instead");
                in_proc(client, server).and_then(Socket::owner)
            }
        }
    }
}

impl Netlink {
    fn ask(&mut self, client: SocketAddr, server: SocketAddr) -> Result<Option<Socket>, Errno> {
        let socket = self.socket.as_ref().ok_or(Errno::NOSYS)?;
        self.sequence = self.sequence.wrapping_add(1);
        rustix::net::send(socket, &request(client, server, self.sequence), SendFlags::empty())?;
        let mut buffer = [0_u8; 1_024];
        // The kernel answers within the call that asks, so nothing else can come; one of an earlier question is passed over.
        for _ in 0..4 {
            let (received, _) = rustix::net::recv(socket, &mut buffer, RecvFlags::DONTWAIT)?;
            let answer = buffer.get(..received).unwrap_or_default();
            if number(answer, 8) == Some(self.sequence) {
                let found = read(answer, client, server)?;
                self.proven |= found.is_some();
                return if self.proven { Ok(found) } else { Err(Errno::NOENT) };
            }
        }
        Err(Errno::PROTO)
    }
}

/// A question for one socket: `struct nlmsghdr`, then `struct inet_diag_req_v2`.
fn request(client: SocketAddr, server: SocketAddr, sequence: u32) -> Vec<u8> {
    let length = HEADER_BYTES + REQUEST_BYTES;
    let mut bytes = Vec::with_capacity(length);
    bytes.extend(u32::try_from(length).unwrap_or_default().to_ne_bytes());
    bytes.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    bytes.extend(NLM_F_REQUEST.to_ne_bytes());
    bytes.extend(sequence.to_ne_bytes());
    bytes.extend(0_u32.to_ne_bytes());
    bytes.extend([if client.is_ipv4() { INET } else { INET6 }, TCP, 0, 0]);
    // In any state.
    bytes.extend(u32::MAX.to_ne_bytes());
    bytes.extend(socket_id(client, server));
    // On any interface, with any cookie (INET_DIAG_NOCOOKIE).
    bytes.extend(0_u32.to_ne_bytes());
    bytes.extend([0xff; 8]);
    bytes
}

/// The addresses of `struct inet_diag_sockid`: ports, then source and destination of 16 bytes each.
fn socket_id(client: SocketAddr, server: SocketAddr) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(36);
    bytes.extend(client.port().to_be_bytes());
    bytes.extend(server.port().to_be_bytes());
    for address in [client.ip(), server.ip()] {
        let mut field = [0_u8; 16];
        match address {
            IpAddr::V4(address) => field[..4].copy_from_slice(&address.octets()),
            IpAddr::V6(address) => field = address.octets(),
        }
        bytes.extend(field);
    }
    bytes
}

/// The socket in an answer; none where there is no such socket.
fn read(answer: &[u8], client: SocketAddr, server: SocketAddr) -> Result<Option<Socket>, Errno> {
    let kind = answer.get(4..6).map(|kind| u16::from_ne_bytes([kind[0], kind[1]]));
    if kind != Some(SOCK_DIAG_BY_FAMILY) || answer.len() < HEADER_BYTES + ANSWER_BYTES {
        // `struct nlmsgerr`: the error's number, negated.
        let error = number(answer, HEADER_BYTES).map_or(0, |error| error.cast_signed().wrapping_neg());
        return if Errno::from_raw_os_error(error) == Errno::NOENT { Ok(None) } else { Err(Errno::PROTO) };
    }
    // The kernel may have found a listener on that port instead.
    let found = answer.get(HEADER_BYTES + 4..HEADER_BYTES + 40);
    let is_asked_for = |id: Vec<u8>| found == Some(id.as_slice());
    if !is_asked_for(socket_id(client, server)) && !is_asked_for(socket_id(mapped(client), mapped(server))) {
        return Ok(None);
    }
    let state = answer.get(HEADER_BYTES + 1).copied().unwrap_or_default();
    let user = number(answer, HEADER_BYTES + 64).ok_or(Errno::PROTO)?;
    let inode = number(answer, HEADER_BYTES + 68).ok_or(Errno::PROTO)?;
    Ok(Some(Socket { state, user, inode: u64::from(inode) }))
}

/// The same address as an IPv6 socket has it: a JVM's sockets are such ones, also when they are connected to 127.0.0.1.
fn mapped(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) => SocketAddr::new(IpAddr::V6(ip.to_ipv6_mapped()), address.port()),
        IpAddr::V6(_) => address,
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let field = bytes.get(at..at + 4)?;
    Some(u32::from_ne_bytes([field[0], field[1], field[2], field[3]]))
}

/// The socket from the system's lists.
fn in_proc(client: SocketAddr, server: SocketAddr) -> Option<Socket> {
    in_list(client, server).or_else(|| in_list(mapped(client), mapped(server)))
}

/// Reads the list of the addresses' family up to the socket's line.
fn in_list(client: SocketAddr, server: SocketAddr) -> Option<Socket> {
    let path = if client.is_ipv4() { "/proc/net/tcp" } else { "/proc/net/tcp6" };
    let file = std::fs::File::open(path).ok()?;
    let wanted = format!("{} {}", hexadecimal(client), hexadecimal(server));
    let mut lines = BufReader::with_capacity(1 << 16, file).lines();
    lines.find_map(|line| line_of(&line.ok()?, &wanted))
}

/// The socket of a line, when it is between these addresses: `0: LOCAL REMOTE STATE tx:rx tr:when retrnsmt UID timeout INODE`.
fn line_of(line: &str, wanted: &str) -> Option<Socket> {
    let (_, rest) = line.split_once(": ")?;
    let mut words = rest.strip_prefix(wanted)?.split_whitespace();
    let state = u8::from_str_radix(words.next()?, 16).ok()?;
    let user = words.nth(3)?.parse().ok()?;
    let inode = words.nth(1)?.parse().ok()?;
    Some(Socket { state, user, inode })
}

/// An address as `/proc/net/tcp` writes it: words of the machine's own byte order.
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
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn both_ways_tell_the_same_owner_while_a_process_has_the_socket() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(address) else { continue };
            let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (server, _) = listener.accept().unwrap();
            let ends = (client.local_addr().unwrap(), server.local_addr().unwrap());
            let mine = Some(rustix::process::geteuid().as_raw());
            assert_eq!(SocketOwners::open().owner(ends.0, ends.1), mine, "{address}");
            assert_eq!(in_proc(ends.0, ends.1).and_then(Socket::owner), mine, "{address}");
            drop(client);
            assert_eq!(SocketOwners::open().owner(ends.0, ends.1), None, "{address}: it is nobody's, not root's");
            assert_eq!(in_proc(ends.0, ends.1).and_then(Socket::owner), None, "{address}");
        }
    }

    #[test]
    fn an_ipv6_socket_that_is_connected_to_an_ipv4_address_has_an_owner() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let Ok(_client) = TcpStream::connect(format!("[::ffff:127.0.0.1]:{port}")) else { return };
        let (server, peer) = listener.accept().unwrap();
        let mine = Some(rustix::process::geteuid().as_raw());
        assert!(peer.is_ipv4());
        let owners = SocketOwners::open();
        let plain = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        assert_eq!(owners.owner(plain.local_addr().unwrap(), plain.peer_addr().unwrap()), mine);
        // It is known to work now: what it does not find is nobody's.
        assert_eq!(owners.owner(peer, server.local_addr().unwrap()), mine);
        assert_eq!(in_proc(peer, server.local_addr().unwrap()).and_then(Socket::owner), mine);
    }

    #[test]
    fn without_sock_diag_the_list_is_read() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let owners = SocketOwners { netlink: Mutex::new(Netlink { socket: None, sequence: 0, proven: false }) };
        let owner = owners.owner(client.local_addr().unwrap(), client.peer_addr().unwrap());
        assert_eq!(owner, Some(rustix::process::geteuid().as_raw()));
    }

    #[test]
    fn a_line_of_the_list_is_read() {
        let line = "   7: 0100007F:9C40 0100007F:11D6 01 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 20 4 30 10 -1";
        let wanted = format!(
            "{} {}",
            hexadecimal("127.0.0.1:40000".parse().unwrap()),
            hexadecimal("127.0.0.1:4566".parse().unwrap())
        );
        assert_eq!(line_of(line, &wanted), Some(Socket { state: 1, user: 1000, inode: 4711 }));
        assert_eq!(line_of(line, "0100007F:9C41 0100007F:11D6"), None);
        let orphan = Socket { state: 4, user: 0, inode: 0 };
        assert_eq!(orphan.owner(), None);
    }
}
