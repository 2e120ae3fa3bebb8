//! Asks the kernel for one TCP socket of this machine (sock_diag(7)); `/proc/net/tcp` lists them all, which takes milliseconds.

use std::io;
use std::net::{IpAddr, SocketAddr};

use rustix::net::netlink::{SOCK_DIAG, SocketAddrNetlink};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with};

/// `SOCK_DIAG_BY_FAMILY`, the only kind of request and answer.
const BY_FAMILY: u16 = 20;
/// `NLMSG_ERROR`: the answer when there is no such socket.
const ERROR: u16 = 2;
/// `NLM_F_REQUEST`.
const REQUEST: u16 = 1;
/// `AF_INET` and `IPPROTO_TCP`.
const INET: u8 = 2;
const INET6: u8 = 10;
const TCP: u8 = 6;
/// Lengths of `struct nlmsghdr` and `struct inet_diag_req_v2`.
const HEADER_BYTES: usize = 16;
const REQUEST_BYTES: usize = 56;
/// Where `idiag_inode` is in `struct inet_diag_msg`.
const INODE_AT: usize = 68;
/// Where `idiag_state` is, and `TCP_LISTEN`: where no socket is connected so, the kernel answers with one that listens.
const STATE_AT: usize = 1;
const LISTENS: u8 = 10;
/// ENOENT and ESRCH.
const NO_SUCH: [i32; 2] = [-2, -3];

/// The inode of the socket that is bound to `local` and connected to `remote`; none when there is none.
///
/// # Errors
/// What the system says when it can't be asked.
pub(super) fn inode(local: SocketAddr, remote: SocketAddr) -> io::Result<Option<u32>> {
    let socket = socket_with(AddressFamily::NETLINK, SocketType::DGRAM, SocketFlags::CLOEXEC, Some(SOCK_DIAG))?;
    for family in [INET, INET6] {
        sendto(&socket, &request(family, local, remote), SendFlags::empty(), &SocketAddrNetlink::new(0, 0))?;
        let mut answer = [0; 4096];
        let (count, _) = recv(&socket, &mut answer, RecvFlags::empty())?;
        if let Some(inode) = parse(answer.get(..count).unwrap_or_default())? {
            return Ok(Some(inode));
        }
    }
    Ok(None)
}

/// A request for exactly one socket. An IPv6 socket may be connected to an IPv4 address, in its mapped form.
fn request(family: u8, local: SocketAddr, remote: SocketAddr) -> Vec<u8> {
    let length = u32::try_from(HEADER_BYTES + REQUEST_BYTES).unwrap_or_default();
    let mut bytes = Vec::new();
    bytes.extend(length.to_ne_bytes());
    bytes.extend(BY_FAMILY.to_ne_bytes());
    bytes.extend(REQUEST.to_ne_bytes());
    bytes.extend([0; 8]);
    bytes.extend([family, TCP, 0, 0]);
    // Whatever state it is in.
    bytes.extend(u32::MAX.to_ne_bytes());
    bytes.extend(local.port().to_be_bytes());
    bytes.extend(remote.port().to_be_bytes());
    bytes.extend(address(family, local.ip()));
    bytes.extend(address(family, remote.ip()));
    bytes.extend(0_u32.to_ne_bytes());
    // INET_DIAG_NOCOOKIE.
    bytes.extend([0xFF; 8]);
    bytes
}

fn address(family: u8, ip: IpAddr) -> [u8; 16] {
    let mut bytes = [0; 16];
    match ip {
        IpAddr::V4(ip) if family == INET => bytes.iter_mut().zip(ip.octets()).for_each(|(to, from)| *to = from),
        IpAddr::V4(ip) => bytes = ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => bytes = ip.octets(),
    }
    bytes
}

fn parse(answer: &[u8]) -> io::Result<Option<u32>> {
    let short = || io::Error::other("the kernel's answer is too short");
    let number = |at: usize| answer.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_ne_bytes);
    let kind = answer.get(4..6).and_then(|bytes| bytes.try_into().ok()).map(u16::from_ne_bytes);
    match kind.ok_or_else(short)? {
        BY_FAMILY if answer.get(HEADER_BYTES + STATE_AT) == Some(&LISTENS) => Ok(None),
        BY_FAMILY => Ok(Some(number(HEADER_BYTES + INODE_AT).ok_or_else(short)?)),
        ERROR => {
            let code = number(HEADER_BYTES).ok_or_else(short)?.cast_signed();
            if NO_SUCH.contains(&code) { Ok(None) } else { Err(io::Error::from_raw_os_error(-code)) }
        }
        other => Err(io::Error::other(format!("the kernel answers with a message of kind {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::AsRawFd as _;

    use super::*;

    #[test]
    fn finds_whose_a_connection_is() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let api = listener.local_addr().unwrap();
        let stream = TcpStream::connect(api).unwrap();
        let peer = stream.local_addr().unwrap();
        let link = std::fs::read_link(format!("/proc/self/fd/{}", stream.as_raw_fd())).unwrap();
        let found = inode(peer, api).unwrap().unwrap();
        assert_eq!(link.to_str().unwrap(), format!("socket:[{found}]"));
        assert_eq!(inode(api, "127.0.0.1:1".parse().unwrap()).unwrap(), None);
    }
}
