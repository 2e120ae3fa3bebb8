//! Who connects to a Runtime API: only processes of its own sandbox may, and the system says whose a connection is.

#[cfg(target_os = "linux")]
mod socket_diag;

use std::net::SocketAddr;

use tokio::sync::watch;

/// The sandbox that a Runtime API belongs to, once it has been started.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    supervisor: watch::Receiver<Option<u32>>,
}

impl Owner {
    /// An owner, and where its process is told.
    pub(super) fn new() -> (watch::Sender<Option<u32>>, Self) {
        let (sender, supervisor) = watch::channel(None);
        (sender, Self { supervisor })
    }

    /// Whether a connection from `peer` to the Runtime API at `api` is the sandbox's.
    pub(super) async fn owns(&mut self, peer: SocketAddr, api: SocketAddr) -> bool {
        let Ok(supervisor) = self.supervisor.wait_for(Option::is_some).await.map(|known| *known) else { return false };
        let looked = tokio::task::spawn_blocking(move || supervisor.is_some_and(|id| is_of(id, peer, api))).await;
        looked.unwrap_or_else(|error| {
            tracing::warn!(error = %error, "nobody looked whose a connection is");
            false
        })
    }
}

/// Whether a process that descends from this one holds the other end of a connection.
#[cfg(target_os = "linux")]
fn is_of(supervisor: u32, peer: SocketAddr, api: SocketAddr) -> bool {
    use crate::process_tree;

    // A kernel without sock_diag says that there is no such socket.
    let asked = socket_diag::inode(peer, api).unwrap_or_else(|error| {
        tracing::debug!(error = %error, "the system does not say whose a connection is");
        None
    });
    let Some(inode) = asked.or_else(|| listed(peer, api)) else { return false };
    let name = format!("socket:[{inode}]");
    let holds = |process: u32| {
        let files = std::fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
        files.filter_map(|file| std::fs::read_link(file.path()).ok()).any(|target| target.as_os_str() == name.as_str())
    };
    process_tree::descendants(supervisor).into_iter().any(holds)
}

/// The inode of the socket bound to `local` and connected to `remote`, from the list of all (proc(5)).
#[cfg(target_os = "linux")]
fn listed(local: SocketAddr, remote: SocketAddr) -> Option<u32> {
    let (SocketAddr::V4(local), SocketAddr::V4(remote)) = (local, remote) else { return None };
    let hex = |address: std::net::SocketAddrV4, before: &str| {
        format!("{before}{:08X}:{:04X}", u32::from_ne_bytes(address.ip().octets()), address.port())
    };
    // An IPv6 socket that is connected to an IPv4 address has its mapped form.
    let lists = [("/proc/net/tcp", ""), ("/proc/net/tcp6", "0000000000000000FFFF0000")];
    lists.into_iter().find_map(|(path, before)| {
        let text = std::fs::read_to_string(path).ok()?;
        let wanted = (hex(local, before), hex(remote, before));
        text.lines().find_map(|line| {
            let mut fields = line.split_whitespace().skip(1);
            let found = (fields.next()?, fields.next()?) == (wanted.0.as_str(), wanted.1.as_str());
            if found { fields.nth(6)?.parse().ok() } else { None }
        })
    })
}

/// Only Linux says it without privileges.
#[cfg(not(target_os = "linux"))]
fn is_of(_: u32, _: SocketAddr, _: SocketAddr) -> bool {
    true
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn both_ways_to_find_a_connection_agree() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let api = listener.local_addr().unwrap();
        let stream = TcpStream::connect(api).unwrap();
        let peer = stream.local_addr().unwrap();
        let inode = listed(peer, api);
        assert!(inode.is_some());
        assert_eq!(inode, socket_diag::inode(peer, api).unwrap());
        assert!(!is_of(std::process::id(), peer, api), "this process is not its own descendant");
    }
}
