//! The cloud as connections reach it: guarded.

use std::net::SocketAddr;
use std::sync::Arc;

use cloud_console::{Access, Console};
use cloud_core::{
    Clock, ClockMover, DEFAULT_BODY_LIMIT_BYTES, ExecutionHistories, ExecutionWaits, Inhabited, Protocol, Random,
    Request, Response, ServiceError, Signed, Stop, TcpSockets,
};
use cloud_lambda::{CODE_PATH, URL_BODY_BYTES};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite};

use super::admin;
use super::composition::Cloud;
use super::guard::{Guard, Peer, Peers, Refusal, SignatureCheck, is_foreign};
use super::http::{Admitted, Front, Host, Share, Site, foreign_host};
use super::keys::CloudKeys;
use super::router::{COGNITO, is_form};

/// The largest body that the endpoint of an HTTP API takes: "Payload size: 10 MB" of
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>.
const ENDPOINT_BODY_BYTES: usize = 10 << 20;

/// A cloud behind its guard.
#[derive(Clone)]
pub(crate) struct GuardedCloud {
    cloud: Arc<Cloud>,
    guard: Guard,
    console: Arc<Console>,
}

impl GuardedCloud {
    pub(crate) fn new(cloud: Arc<Cloud>, guard: Guard, console: Console) -> Self {
        Self { cloud, guard, console: Arc::new(console) }
    }

    fn refuse(&self, head: &Request, refusal: &Refusal) -> Response {
        self.cloud.router.refuse(head, |protocol| refusal.error(protocol))
    }

    /// What can be seen of a signature at an endpoint before the body is there. A page of somebody else in a browser of the
    /// cloud's user is not that user: any keys will not do for it.
    fn signature_at_endpoint(&self, head: &Request, peer: Peer) -> AtEndpoint {
        head.scope.as_ref()?;
        let peer = if is_foreign(head) { Peer::Unknown } else { peer };
        Some(self.guard.admit(head, peer, |key| self.cloud.iam.session_keys(key)))
    }
}

/// What of a request's signature is left to be looked at when the body is there.
pub(crate) enum Pending {
    /// Of a service: a wrong one is refused.
    Service(Option<SignatureCheck>),
    /// Of an endpoint: whoever answers is told what it is worth.
    Endpoint(AtEndpoint),
}

/// None where there is no signature; without a check where any keys will do.
type AtEndpoint = Option<Result<Option<SignatureCheck>, Refusal>>;

fn wrongly(refusal: Refusal) -> Signed {
    Signed::Wrongly(refusal.error(Protocol::Rest).message)
}

impl Site for GuardedCloud {
    type Pending = Pending;

    fn admit(&self, head: &Request, peer: Peer) -> Result<Admitted<Self::Pending>, Response> {
        let pending = match Host::of(head) {
            Host::Foreign => {
                let host = head.header("host");
                tracing::warn!(target: "cloud::guard", path = head.path, host, "a request by a foreign name was refused");
                return Err(foreign_host());
            }
            // On AWS it is public too; the API has its own rules for pages, and for who has to sign.
            Host::Api(_) | Host::FunctionUrl(_) => {
                let pending = Pending::Endpoint(self.signature_at_endpoint(head, peer));
                return Ok(Admitted { share: Share::Endpoint, pending });
            }
            Host::Service if is_foreign(head) => return Err(foreign_page(head)),
            // The link itself is what lets its bearer in, as on AWS.
            Host::Service if head.path.starts_with(CODE_PATH) => {
                return Ok(Admitted { share: Share::Service, pending: Pending::Service(None) });
            }
            // Where the system does not tell who connects, the page's own secret has to do.
            Host::Service if cloud_console::is_path(&head.path) => match peer {
                Peer::Other(_) => Err(admin_refusal(&Refusal::Stranger)),
                Peer::Owner | Peer::Unknown => self.console.admit(head).map(|()| None),
            },
            Host::Service if head.path.starts_with(admin::PREFIX) => {
                self.guard.admit_to_administration(head, peer).map_err(|refusal| admin_refusal(&refusal))
            }
            // Some forms need no signature: which one it is stands in the body, which its own user may send.
            Host::Service if peer.is_owner() && is_unsigned(head) => Ok(None),
            Host::Service => {
                let admitted = self.guard.admit(head, peer, |key| self.cloud.iam.session_keys(key));
                admitted.map_err(|refusal| self.refuse(head, &refusal))
            }
        };
        pending.map(|pending| Admitted { share: Share::Service, pending: Pending::Service(pending) })
    }

    fn body_limit_bytes(&self, head: &Request) -> usize {
        match Host::of(head) {
            Host::Api(_) => ENDPOINT_BODY_BYTES,
            Host::FunctionUrl(_) => URL_BODY_BYTES,
            _ => self.cloud.router.operation(head).map_or(DEFAULT_BODY_LIMIT_BYTES, |found| found.body_limit_bytes),
        }
    }

    fn too_large(&self, head: &Request) -> Response {
        if let Some(refused) = at_endpoint(head, 413, "Request Entity Too Large") {
            return refused;
        }
        let operation = self.cloud.router.operation(head);
        self.cloud.router.refuse(head, |_| match operation {
            Some(operation) => operation.body_too_large(),
            None => {
                let text = format!("Request must be smaller than {DEFAULT_BODY_LIMIT_BYTES} bytes");
                ServiceError::new(413, "RequestEntityTooLargeException", text)
            }
        })
    }

    fn busy(&self, head: &Request) -> Response {
        if let Some(refused) = at_endpoint(head, 503, "Service Unavailable") {
            return refused;
        }
        let text = "The embedded cloud is reading as many large requests as it takes at once. Try again.";
        self.cloud.router.refuse(head, |_| ServiceError::new(503, "ServiceUnavailable", text))
    }

    fn verify(&self, request: &Request, pending: Self::Pending) -> Result<Signed, Response> {
        match pending {
            Pending::Service(None) => Ok(Signed::Not),
            Pending::Service(Some(check)) => match Guard::verify(request, &check) {
                Ok(()) => Ok(Signed::Rightly),
                Err(refusal) if request.path.starts_with(admin::PREFIX) => Err(admin_refusal(&refusal)),
                Err(refusal) => Err(self.refuse(request, &refusal)),
            },
            Pending::Endpoint(None) => Ok(Signed::Not),
            Pending::Endpoint(Some(Ok(None))) => Ok(Signed::Rightly),
            Pending::Endpoint(Some(Ok(Some(check)))) => {
                Ok(Guard::verify(request, &check).map_or_else(wrongly, |()| Signed::Rightly))
            }
            Pending::Endpoint(Some(Err(refusal))) => Ok(wrongly(refusal)),
        }
    }

    async fn answer(&self, request: Request) -> Response {
        if matches!(Host::of(&request), Host::Service) && cloud_console::is_path(&request.path) {
            return self.console.answer(&request).await;
        }
        self.cloud.answer(request).await
    }
}

/// The address of the cloud's page for whoever opens it: `view` is what it shows, such as `execution/ARN`; empty for all there is.
/// It has the token, and so belongs into no log.
#[must_use]
pub fn console_url(keys: &CloudKeys, port: u16, view: &str) -> String {
    let access = Access::new(&keys.secret_access_key, port);
    format!("http://127.0.0.1:{port}{}?token={}#/{view}", cloud_console::PREFIX, access.token())
}

/// Whether a request that may be sent so is without any signature.
fn is_unsigned(head: &Request) -> bool {
    let is_cognito = head.header("x-amz-target").is_some_and(|target| target.starts_with(COGNITO));
    (is_cognito || is_form(head)) && head.raw_query.is_empty() && !head.headers.contains_key("authorization")
}

/// A refusal in the form of the endpoint that a request is for; none where it is for a service.
fn at_endpoint(head: &Request, status: u16, text: &str) -> Option<Response> {
    match Host::of(head) {
        Host::Api(_) => {
            let answer = Response::json(status, &json!({ "message": text }));
            Some(answer.with_header("apigw-requestid", head.id.clone()))
        }
        Host::FunctionUrl(_) => Some(Response::json(status, &json!({ "Message": text }))),
        Host::Service | Host::Foreign => None,
    }
}

fn foreign_page(head: &Request) -> Response {
    tracing::warn!(target: "cloud::guard", path = head.path, origin = head.header("origin"), "a page in a browser was refused");
    let message = "The request comes from a page of another origin. Only the endpoints of HTTP APIs answer pages, by their CORS settings.";
    Response::json(403, &json!({ "message": message }))
}

fn admin_refusal(refusal: &Refusal) -> Response {
    let message = match refusal {
        Refusal::Stranger => {
            "This embedded cloud runs as another user, who alone may look at it, change it and end it.".to_owned()
        }
        other => other.error(Protocol::Rest).message,
    };
    Response::json(403, &json!({ "message": message }))
}

/// The front of a cloud for bytes that come from anywhere: what a listener does with a connection, without sockets.
#[derive(Clone)]
pub struct CloudFront {
    front: Front<GuardedCloud>,
}

impl CloudFront {
    /// Serves a cloud whose own keys are these, until it is to stop. `clock` stamps requests, `machine` is the clock by which
    /// clients sign and are waited for, `random` gives requests their ids.
    #[must_use]
    pub fn new(cloud: Arc<Cloud>, keys: CloudKeys, clock: Clock, machine: Clock, random: Random, stop: Stop) -> Self {
        let access = Access::new(&keys.secret_access_key, cloud.address.port());
        let console = Console::new(
            access,
            cloud_console::Handles {
                dispatch: Arc::clone(&cloud.dispatch),
                waits: Arc::clone(&cloud.states) as Arc<dyn ExecutionWaits>,
                histories: Arc::clone(&cloud.states) as Arc<dyn ExecutionHistories>,
                places: Arc::clone(&cloud) as Arc<dyn Inhabited>,
                mover: Arc::clone(&cloud) as Arc<dyn ClockMover>,
                changes: cloud.changes.clone(),
                clock: clock.clone(),
                random: random.fork(),
                stop: stop.clone(),
            },
        );
        let site = GuardedCloud::new(cloud, Guard::new(keys, machine.clone()), console);
        Self { front: Front::new(Arc::new(site), stop, clock, machine, random) }
    }

    /// Answers the requests of one connection until either side ends it. `peer` is whose process is at the other end.
    pub async fn serve_connection<IO>(&self, stream: IO, source: SocketAddr, peer: Peer)
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        self.front.serve_connection(stream, source, peer).await;
    }

    /// Answers whoever connects to `listener`, at most so many at once, until the cloud is to stop. `sockets` says whose a
    /// connection is.
    pub(crate) async fn listen(self, listener: tokio::net::TcpListener, connections: usize, sockets: TcpSockets) {
        super::http::serve(listener, self.front, connections, Peers::new(sockets)).await;
    }
}
