//! Who connects to a Runtime API: only processes of its own sandbox may, and the system says whose a connection is.

use std::net::SocketAddr;

use cloud_core::TcpSockets;
use tokio::sync::watch;

/// The sandbox that a Runtime API belongs to, once it has been started.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    supervisor: watch::Receiver<Option<u32>>,
    sockets: TcpSockets,
}

impl Owner {
    /// An owner, and where its process is told.
    pub(super) fn new(sockets: TcpSockets) -> (watch::Sender<Option<u32>>, Self) {
        let (sender, supervisor) = watch::channel(None);
        (sender, Self { supervisor, sockets })
    }

    /// Whether a connection from `peer` to the Runtime API at `api` is the sandbox's.
    pub(super) async fn owns(&mut self, peer: SocketAddr, api: SocketAddr) -> bool {
        let Ok(supervisor) = self.supervisor.wait_for(Option::is_some).await.map(|known| *known) else { return false };
        let sockets = self.sockets.clone();
        let is_own = move || supervisor.is_some_and(|id| holds(id, &sockets, peer, api));
        tokio::task::spawn_blocking(is_own).await.unwrap_or_else(|error| {
            tracing::warn!(error = %error, "whose a connection is was not found out");
            false
        })
    }
}

/// Whether a process that descends from the supervisor holds the other end of a connection.
#[cfg(target_os = "linux")]
fn holds(supervisor: u32, sockets: &TcpSockets, peer: SocketAddr, api: SocketAddr) -> bool {
    use crate::process_tree;

    let Some(socket) = sockets.find(peer, api) else { return false };
    let name = format!("socket:[{}]", socket.inode);
    let has_socket = |process: u32| {
        let files = std::fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
        files.filter_map(|file| std::fs::read_link(file.path()).ok()).any(|target| target.as_os_str() == name.as_str())
    };
    process_tree::descendants(supervisor).into_iter().any(has_socket)
}

/// Only Linux says it without privileges.
#[cfg(not(target_os = "linux"))]
fn holds(_: u32, _: &TcpSockets, _: SocketAddr, _: SocketAddr) -> bool {
    true
}
