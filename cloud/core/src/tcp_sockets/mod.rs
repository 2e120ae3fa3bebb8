//! Which process' socket is at the other end of a TCP connection of this machine, as the system says.
//!
//! Linux answers for one socket with `sock_diag(7)`, however many there are. Where there is no `sock_diag`, the lists of all
//! sockets are read (`/proc/net/tcp`, `proc(5)`). Other systems do not say it without privileges.

#[cfg(target_os = "linux")]
mod entry;
#[cfg(target_os = "linux")]
mod proc_net;
#[cfg(target_os = "linux")]
mod sock_diag;
#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
#[cfg(target_os = "linux")]
use std::sync::Arc;

/// A socket that a process holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpSocket {
    /// The user who owns it.
    pub user_id: u32,
    /// The inode: a process that holds the socket has a link to `socket:[INODE]` in `/proc/PID/fd`.
    pub inode: u64,
}

/// Looks up TCP sockets of this machine. Clones share one connection to the kernel.
#[derive(Debug, Clone)]
pub struct TcpSockets {
    #[cfg(target_os = "linux")]
    kernel: Arc<sock_diag::SockDiag>,
}

impl TcpSockets {
    /// Opens a connection to the kernel; without one the lists are read.
    #[must_use]
    pub fn open() -> Self {
        Self {
            #[cfg(target_os = "linux")]
            kernel: Arc::new(sock_diag::SockDiag::open()),
        }
    }

    /// The socket that is bound to `local` and connected to `remote`, an IPv6 one that is connected to an IPv4 address
    /// included. None while no process holds it, and on systems other than Linux.
    #[must_use]
    pub fn find(&self, local: SocketAddr, remote: SocketAddr) -> Option<TcpSocket> {
        self.look_up(local, remote)
    }

    #[cfg(target_os = "linux")]
    fn look_up(&self, local: SocketAddr, remote: SocketAddr) -> Option<TcpSocket> {
        let entry = self.kernel.find(local, remote).unwrap_or_else(|error| {
            tracing::debug!(%error, "sock_diag gives no answer: /proc/net/tcp is read instead");
            proc_net::find(local, remote)
        })?;
        entry.is_held().then_some(TcpSocket { user_id: entry.user_id, inode: entry.inode })
    }

    #[cfg(not(target_os = "linux"))]
    fn look_up(&self, _local: SocketAddr, _remote: SocketAddr) -> Option<TcpSocket> {
        None
    }
}
