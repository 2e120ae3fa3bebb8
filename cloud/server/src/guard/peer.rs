//! Who connects: the user whose process holds the other end of a connection, as the system tells it.

use std::net::SocketAddr;

use cloud_core::TcpSockets;

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
    /// None where others look the same.
    user: Option<u32>,
    sockets: TcpSockets,
}

impl Peers {
    /// For a cloud that runs as this process' user.
    pub(crate) fn new(sockets: TcpSockets) -> Self {
        Self { user: Some(rustix::process::geteuid().as_raw()).filter(|user| !stands_for_others(*user)), sockets }
    }

    /// Who is at the other end of a connection between `client` and `server`, our end. Only a socket that a process holds
    /// has an owner; so one whose process went away before it was looked at belongs to nobody (Linux shows root there).
    pub(crate) fn of(&self, client: SocketAddr, server: SocketAddr) -> Peer {
        match self.sockets.find(client, server).map(|socket| socket.user_id) {
            Some(user) if Some(user) == self.user || user == 0 => Peer::Owner,
            Some(user) => Peer::Other(user),
            None => Peer::Unknown,
        }
    }
}

/// In a user namespace that does not have every user, the system shows all that it lacks as one (`nobody`, as a rule). A
/// cloud that runs as that one can't tell them from itself.
fn stands_for_others(user: u32) -> bool {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let shown = read("/proc/sys/kernel/overflowuid");
    let map = read("/proc/self/uid_map");
    shown.trim().parse() == Ok(user) && !has_every_user(&map)
}

/// Whether `/proc/self/uid_map` has all users, each as itself.
fn has_every_user(map: &str) -> bool {
    map.split_whitespace().eq(["0", "0", "4294967295"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_without_every_user_is_told() {
        assert!(has_every_user("         0          0 4294967295\n"));
        assert!(!has_every_user("         0       1000          1\n"));
        assert!(!has_every_user(""));
    }
}
