//! Who connects: the user whose process holds the other end of a connection, as the system tells it.

use std::net::SocketAddr;

/// Whose process is at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// The cloud's own user, or root, who can read its keys and do everything else to it anyway.
    Owner,
    /// Another user of the machine, with this user id.
    Other(u32),
    /// The system does not tell, or the process is gone.
    Unknown,
}

impl Peer {
    /// Whether any credentials will do.
    #[must_use]
    pub fn is_owner(self) -> bool {
        self == Self::Owner
    }
}

/// Asks the system who connects.
#[derive(Debug)]
pub(crate) struct Peers {
    user: u32,
    #[cfg(target_os = "linux")]
    sockets: super::socket_owner::SocketOwners,
}

impl Peers {
    /// For a cloud that runs as this process' user.
    pub(crate) fn new() -> Self {
        Self {
            user: rustix::process::geteuid().as_raw(),
            #[cfg(target_os = "linux")]
            sockets: super::socket_owner::SocketOwners::open(),
        }
    }

    /// Who is at the other end of a connection between `client` and `server`, our end. Only a socket that a process holds
    /// has an owner; so one whose process went away before it was looked at belongs to nobody (Linux shows root there).
    pub(crate) fn of(&self, client: SocketAddr, server: SocketAddr) -> Peer {
        match self.owner(client, server) {
            Some(user) if user == self.user || user == 0 => Peer::Owner,
            Some(user) => Peer::Other(user),
            None => Peer::Unknown,
        }
    }

    #[cfg(target_os = "linux")]
    fn owner(&self, client: SocketAddr, server: SocketAddr) -> Option<u32> {
        self.sockets.owner(client, server)
    }

    #[cfg(not(target_os = "linux"))]
    fn owner(&self, _client: SocketAddr, _server: SocketAddr) -> Option<u32> {
        None
    }
}
