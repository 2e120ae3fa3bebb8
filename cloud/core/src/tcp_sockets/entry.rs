//! What the kernel knows of a TCP socket, and the form of its addresses.

use std::net::{IpAddr, SocketAddr};

/// States of a connection that a process may hold (`net/tcp_states.h`): established, both FIN-WAITs, CLOSE-WAIT.
const HELD: [u8; 4] = [1, 4, 5, 8];

/// One socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// A number of `net/tcp_states.h`.
    pub(super) state: u8,
    pub(super) user_id: u32,
    pub(super) inode: u64,
}

impl Entry {
    /// Whether a process holds it: Linux gives one that no process holds the inode 0 and the user 0, which is root.
    pub(super) fn is_held(self) -> bool {
        HELD.contains(&self.state) && self.inode != 0
    }
}

/// The address as an IPv6 socket has it: the sockets of a JVM are IPv6, also when they are connected to 127.0.0.1.
pub(super) fn mapped(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) => SocketAddr::new(IpAddr::V6(ip.to_ipv6_mapped()), address.port()),
        IpAddr::V6(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_that_no_process_holds_is_not_roots() {
        let held = Entry { state: 4, user_id: 1000, inode: 4711 };
        assert!(held.is_held());
        assert!(!Entry { user_id: 0, inode: 0, ..held }.is_held());
        let listens = Entry { state: 10, ..held };
        assert!(!listens.is_held());
    }
}
