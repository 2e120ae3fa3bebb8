//! The HTTP front of a cloud in memory: one connection, whatever is sent on it, as the listener serves it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use cloud_core::{Clock, Random, Stop};
use cloud_lambda::{SimulatedRun, SimulatedRunner};
use cloud_server::{Cloud, CloudFront, CloudKeys, Composition};
use cloud_store::Store;
use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::habits::Habits;
use crate::{answers, wire};

/// The cloud's own access key.
pub const OWN_KEY: &str = "AKIAOWN";
/// Its secret.
pub const OWN_SECRET: &str = "secret";
/// When the cloud starts.
const START: &str = "2026-01-01T00:00:00Z";
/// How long a connection may stay without an answer, in time that passes when nothing else can.
const SILENCE: Duration = Duration::from_secs(600);

/// Sends the bytes, or requests that are made up from them, and panics when one is answered with a failure.
pub fn take(data: &[u8]) {
    let Some((habits, rest)) = data.split_first() else { return };
    let habits = Habits(*habits);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(async {
        let functions = tempfile::tempdir().expect("a folder");
        let (clock, _control) = Clock::moved_by_hand(START.parse::<Timestamp>().expect("a moment"));
        let cloud = open(functions.path(), &clock);
        let sent = if habits.is_raw() { rest.to_vec() } else { wire::made_up(&cloud, rest) };
        let keys = CloudKeys { access_key_id: OWN_KEY.to_owned(), secret_access_key: OWN_SECRET.to_owned() };
        let front =
            CloudFront::new(Arc::clone(&cloud), keys, clock.clone(), clock, Random::from_seed(2), Stop::new());
        let (client, server) = tokio::io::duplex(habits.piece_bytes());
        let source = SocketAddr::from(([127, 0, 0, 1], 50_000));
        let served = tokio::spawn(async move { front.serve_connection(server, source, habits.peer()).await });
        let answered = exchange(client, &sent, habits).await;
        let ended = tokio::time::timeout(SILENCE, served).await.expect("a connection ends when its client has gone");
        ended.expect("a connection does not panic");
        if !habits.goes_away() {
            answers::check(&answered, &sent, habits);
        }
        cloud.stop().await.expect("the store takes everything");
    });
}

/// Sends everything while it reads the answers.
async fn exchange(client: tokio::io::DuplexStream, sent: &[u8], habits: Habits) -> Vec<u8> {
    let (mut reading, mut writing) = tokio::io::split(client);
    let mut answered = Vec::new();
    let send = async {
        // The server may close at any time, or stop reading.
        let _ = writing.write_all(sent).await;
        if habits.shuts_down() {
            let _ = writing.shutdown().await;
        }
        std::future::pending::<()>().await;
    };
    let mut few = [0; 20];
    let receive = async {
        let _ = match habits.goes_away() {
            true => tokio::time::timeout(SILENCE, reading.read_exact(&mut few)).await,
            false => tokio::time::timeout(SILENCE, reading.read_to_end(&mut answered)).await,
        };
    };
    tokio::select! {
        () = send => {}
        () = receive => {}
    }
    answered
}

fn open(functions: &std::path::Path, clock: &Clock) -> Arc<Cloud> {
    let runner = SimulatedRunner::new(clock.clone(), |_, _| SimulatedRun::answers(&serde_json::json!({"sent": true})));
    let cloud = Cloud::open(Composition {
        store: Store::in_memory().expect("memory"),
        functions_dir: functions.to_owned(),
        address: SocketAddr::from(([127, 0, 0, 1], 4566)),
        clock: clock.clone(),
        random: Random::from_seed(1),
        runner: Arc::new(runner),
        stop: Stop::new(),
        mock_config: None,
    });
    let cloud = cloud.expect("an empty store opens");
    cloud.resume();
    cloud
}
