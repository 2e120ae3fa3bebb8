//! The lookup against real sockets: both ways give the same, and it is what the process itself sees.

use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;

use super::*;

/// Both ways to look a connection's client up: by the kernel's answer, and from its lists.
fn both_ways(client: SocketAddr, server: SocketAddr) -> [Option<TcpSocket>; 2] {
    let lists = TcpSockets { kernel: Arc::new(sock_diag::SockDiag::with(None)) };
    [proven().find(client, server), lists.find(client, server)]
}

/// A lookup that has found a socket: what it does not find now is not looked for in the lists.
fn proven() -> TcpSockets {
    let sockets = TcpSockets::open();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    assert!(sockets.find(client.local_addr().unwrap(), client.peer_addr().unwrap()).is_some());
    sockets
}

/// The socket as this process sees it.
fn own(stream: &TcpStream) -> Option<TcpSocket> {
    let link = std::fs::read_link(format!("/proc/self/fd/{}", stream.as_raw_fd())).unwrap();
    let inode = link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()?;
    Some(TcpSocket { user_id: rustix::process::geteuid().as_raw(), inode })
}

#[test]
fn a_socket_is_found_while_a_process_holds_it() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let Ok(listener) = TcpListener::bind(address) else { continue };
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (server, peer) = listener.accept().unwrap();
        let own_address = server.local_addr().unwrap();
        assert!(own(&client).is_some());
        assert_eq!(both_ways(peer, own_address), [own(&client); 2], "{address}");
        drop(client);
        assert_eq!(both_ways(peer, own_address), [None; 2], "{address}: it is nobody's, not root's");
    }
}

#[test]
fn a_socket_that_sends_no_more_is_still_held() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, peer) = listener.accept().unwrap();
    client.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(both_ways(peer, server.local_addr().unwrap()), [own(&client); 2]);
}

#[test]
fn an_ipv6_socket_that_is_connected_to_an_ipv4_address_is_found() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let Ok(client) = TcpStream::connect(format!("[::ffff:127.0.0.1]:{port}")) else { return };
    let (server, peer) = listener.accept().unwrap();
    assert!(peer.is_ipv4());
    assert_eq!(both_ways(peer, server.local_addr().unwrap()), [own(&client); 2]);
}

#[test]
fn a_socket_that_listens_is_nobodys_end_of_a_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody: SocketAddr = "127.0.0.1:1".parse().unwrap();
    assert_eq!(both_ways(listener.local_addr().unwrap(), nobody), [None; 2]);
}
