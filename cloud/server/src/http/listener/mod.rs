//! Takes connections on loopback, as many as there is room for, until the cloud ends.

use std::io::Write as _;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::guard::{Peer, Peers};
use crate::http::connections::{Connection, Connections, Place};
use crate::http::front::{Front, Site};

/// How long a request that is being answered may still take once the server ends.
const DRAIN_LIMIT: Duration = Duration::from_secs(3);

/// How long to wait when the system gives no connection, before the next try.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// The answer to a connection for which there is no room, and none can be made: all others are busy.
const NO_ROOM: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nconnection: close\r\n\
    content-length: 72\r\n\r\n{\"message\":\"The embedded cloud has as many connections as it can take.\"}";

/// Serves every connection of `listener`, at most so many at once, until the site is to stop, then lets the open ones end.
/// `peers` says whose they are.
pub(crate) async fn serve<S: Site>(listener: TcpListener, front: Front<S>, connections: usize, peers: Peers) {
    let stop = front.inner.stop.clone();
    let machine = front.inner.machine.clone();
    let connections = Connections::new(connections);
    let mut tasks = JoinSet::new();
    let mut stopped = pin!(stop.given());
    let mut sweeping = pin!(connections.sweep(&machine));
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, source)) => {
                    if let Some(taken) = Taken::of(stream, source, &peers, &connections, &front) {
                        let front = front.clone();
                        tasks.spawn(async move { taken.serve(&front).await });
                    }
                }
                // Out of file descriptors, most likely: an open connection has to end first.
                Err(error) => {
                    tracing::warn!(target: "cloud::listener", %error, "no connection could be taken");
                    connections.make_room();
                    machine.sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(_) = tasks.join_next() => {}
            () = &mut sweeping => {}
            () = &mut stopped => break,
        }
    }
    drop(listener);
    let drained = async { while tasks.join_next().await.is_some() {} };
    if machine.timeout(DRAIN_LIMIT, drained).await.is_err() {
        tracing::warn!(target: "cloud::listener", "requests were still being answered when the cloud ended");
    }
}

/// A connection that has a place.
struct Taken {
    stream: TcpStream,
    source: SocketAddr,
    peer: Peer,
    connection: std::sync::Arc<Connection>,
    _place: Place,
}

impl Taken {
    /// Takes a connection of this machine, when there is room for it.
    fn of<S>(
        stream: TcpStream,
        source: SocketAddr,
        peers: &Peers,
        connections: &Connections,
        front: &Front<S>,
    ) -> Option<Self> {
        // A client that has gone already has no address any more.
        let local = stream.local_addr().ok()?;
        if !source.ip().is_loopback() || !local.ip().is_loopback() {
            tracing::warn!(target: "cloud::listener", %source, "a connection from another machine was refused");
            return None;
        }
        let told = peers.of(source, local);
        // While our end is connected, nobody else can have had the other one's address when the system was asked.
        let peer = if stream.peer_addr().is_ok() { told } else { Peer::Unknown };
        let connection = Connection::new(peer, front.inner.machine.clone());
        match connections.enter(&connection) {
            Some(place) => Some(Self { stream, source, peer, connection, _place: place }),
            None => {
                tracing::warn!(target: "cloud::listener", "a connection was refused: all others are busy");
                // Whoever does not read this sees a closed connection.
                let _ = stream.into_std().and_then(|mut stream| stream.write_all(NO_ROOM));
                None
            }
        }
    }

    async fn serve<S: Site>(self, front: &Front<S>) {
        // Only latency is at stake; a socket that is already gone says so at its first read.
        let _ = self.stream.set_nodelay(true);
        front.serve(self.stream, self.source, self.peer, &self.connection).await;
    }
}

#[cfg(test)]
mod tests;
