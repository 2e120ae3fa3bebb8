//! Asks the kernel for one TCP socket, over netlink (`sock_diag(7)`).

use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};

use super::entry::{Entry, mapped};

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

/// A connection to the kernel.
#[derive(Debug)]
pub(super) struct SockDiag {
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

impl SockDiag {
    pub(super) fn open() -> Self {
        let protocol = Some(rustix::net::netlink::SOCK_DIAG);
        let opened = rustix::net::socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, protocol);
        if let Err(error) = &opened {
            tracing::debug!(%error, "there is no sock_diag: /proc/net/tcp is read instead");
        }
        Self::with(opened.ok())
    }

    /// With this socket, or none.
    pub(super) fn with(socket: Option<OwnedFd>) -> Self {
        Self { netlink: Mutex::new(Netlink { socket, sequence: 0, proven: false }) }
    }

    /// The socket that is bound to `local` and connected to `remote`; none when there is none.
    ///
    /// # Errors
    /// When the kernel gives no answer that can be trusted.
    pub(super) fn find(&self, local: SocketAddr, remote: SocketAddr) -> Result<Option<Entry>, Errno> {
        self.netlink.lock().unwrap_or_else(PoisonError::into_inner).ask(local, remote)
    }
}

impl Netlink {
    fn ask(&mut self, local: SocketAddr, remote: SocketAddr) -> Result<Option<Entry>, Errno> {
        let socket = self.socket.as_ref().ok_or(Errno::NOSYS)?;
        self.sequence = self.sequence.wrapping_add(1);
        rustix::net::send(socket, &request(local, remote, self.sequence), SendFlags::empty())?;
        let mut buffer = [0_u8; 1_024];
        // The kernel answers within the call that asks, so nothing else can come; an answer to an earlier request is skipped.
        for _ in 0..4 {
            let (received, _) = rustix::net::recv(socket, &mut buffer, RecvFlags::DONTWAIT)?;
            let answer = buffer.get(..received).unwrap_or_default();
            if number(answer, 8) == Some(self.sequence) {
                let found = parse(answer, local, remote)?;
                self.proven |= found.is_some();
                return if self.proven { Ok(found) } else { Err(Errno::NOENT) };
            }
        }
        Err(Errno::PROTO)
    }
}

/// A request for one socket: `struct nlmsghdr`, then `struct inet_diag_req_v2`. The kernel finds IPv6 sockets that are
/// connected to an IPv4 address under both families.
fn request(local: SocketAddr, remote: SocketAddr, sequence: u32) -> Vec<u8> {
    let length = HEADER_BYTES + REQUEST_BYTES;
    let mut bytes = Vec::with_capacity(length);
    bytes.extend(u32::try_from(length).unwrap_or_default().to_ne_bytes());
    bytes.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    bytes.extend(NLM_F_REQUEST.to_ne_bytes());
    bytes.extend(sequence.to_ne_bytes());
    bytes.extend(0_u32.to_ne_bytes());
    bytes.extend([if local.is_ipv4() { INET } else { INET6 }, TCP, 0, 0]);
    // In any state.
    bytes.extend(u32::MAX.to_ne_bytes());
    bytes.extend(socket_id(local, remote));
    // On any interface, with any cookie (INET_DIAG_NOCOOKIE).
    bytes.extend(0_u32.to_ne_bytes());
    bytes.extend([0xff; 8]);
    bytes
}

/// The addresses of `struct inet_diag_sockid`: ports, then source and destination of 16 bytes each.
fn socket_id(local: SocketAddr, remote: SocketAddr) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(36);
    bytes.extend(local.port().to_be_bytes());
    bytes.extend(remote.port().to_be_bytes());
    for address in [local.ip(), remote.ip()] {
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
fn parse(answer: &[u8], local: SocketAddr, remote: SocketAddr) -> Result<Option<Entry>, Errno> {
    let kind = answer.get(4..6).map(|kind| u16::from_ne_bytes([kind[0], kind[1]]));
    if kind != Some(SOCK_DIAG_BY_FAMILY) || answer.len() < HEADER_BYTES + ANSWER_BYTES {
        // `struct nlmsgerr`: the error's number, negated.
        let error = number(answer, HEADER_BYTES).map_or(0, |error| error.cast_signed().wrapping_neg());
        return if Errno::from_raw_os_error(error) == Errno::NOENT { Ok(None) } else { Err(Errno::PROTO) };
    }
    // Where no socket is connected so, the kernel answers with one that listens on the port.
    let found = answer.get(HEADER_BYTES + 4..HEADER_BYTES + 40);
    let is_asked_for = |id: Vec<u8>| found == Some(id.as_slice());
    if !is_asked_for(socket_id(local, remote)) && !is_asked_for(socket_id(mapped(local), mapped(remote))) {
        return Ok(None);
    }
    let state = answer.get(HEADER_BYTES + 1).copied().unwrap_or_default();
    let user_id = number(answer, HEADER_BYTES + 64).ok_or(Errno::PROTO)?;
    let inode = number(answer, HEADER_BYTES + 68).ok_or(Errno::PROTO)?;
    Ok(Some(Entry { state, user_id, inode: u64::from(inode) }))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let field = bytes.get(at..at + 4)?;
    Some(u32::from_ne_bytes([field[0], field[1], field[2], field[3]]))
}
