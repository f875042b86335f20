//! Connections: how many there may be, how long each may take, and how they end.
//!
//! Strangers use up descriptors before anything else. An address with many idle connections loses them first; a
//! connection that is being answered stays. Headers, bodies (where they are read) and answers must all make progress
//! within a time.

use crate::drain;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::time::Sleep;
use tower::ServiceExt;

/// Time in which a request's headers must arrive, and after which an idle connection is closed.
const HEADERS: Duration = Duration::from_secs(20);
/// Time in which some part of an answer must be taken.
const TAKEN: Duration = Duration::from_secs(30);
/// Largest headers of a request, in bytes.
const HEADER_BYTES: usize = 32 * 1024;
/// Longest time for requests under way once the program is asked to stop (REL-17).
const LAST: Duration = Duration::from_secs(25);
/// Descriptors reserved for database, attachments and child processes.
const RESERVE: u64 = 200;
/// Most connections, whatever the system would allow.
const MOST: u64 = 16_384;

/// Limits on connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Connections in all.
    pub total: usize,
    /// Connections from one address; generous, since a whole village may share one.
    pub per_address: usize,
}

impl Bounds {
    /// Limits that follow from the system's limit on open files. Behind a proxy all connections come from the same
    /// address.
    #[must_use]
    pub fn of_system(behind_proxy: bool) -> Self {
        let files = rlimit::increase_nofile_limit(MOST + RESERVE).unwrap_or(1_024);
        let total = usize::try_from(files.saturating_sub(RESERVE).clamp(64, MOST)).unwrap_or(1_024);
        Self { total, per_address: if behind_proxy { total } else { (total / 8).clamp(32, 512) } }
    }
}

/// An open connection.
struct Open {
    address: IpAddr,
    /// Since when it has been idle; `None` while a request is being answered.
    idle: Option<Instant>,
    /// Rung to close it in favour of others.
    close: Arc<Notify>,
}

#[derive(Default)]
struct Registry {
    next: u64,
    open: HashMap<u64, Open>,
    by_address: HashMap<IpAddr, usize>,
}

impl Registry {
    fn remove(&mut self, id: u64) {
        let Some(gone) = self.open.remove(&id) else { return };
        if let Some(count) = self.by_address.get_mut(&gone.address) {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&gone.address);
            }
        }
    }

    /// Closes the connection that has been idle longest: of this address, or of the address that has most. False where
    /// all are being answered.
    fn evict(&mut self, of: Option<IpAddr>) -> bool {
        let of = of.or_else(|| self.by_address.iter().max_by_key(|(_, count)| **count).map(|(address, _)| *address));
        let oldest = |own: bool| {
            let of_address = self.open.iter().filter(|(_, open)| !own || Some(open.address) == of);
            of_address.filter_map(|(id, open)| Some((open.idle?, *id))).min().map(|(_, id)| id)
        };
        let Some(id) = oldest(true).or_else(|| oldest(false)) else { return false };
        if let Some(open) = self.open.get(&id) {
            open.close.notify_one();
        }
        self.remove(id);
        true
    }
}

/// All open connections.
#[derive(Clone, Default)]
struct Connections(Arc<Mutex<Registry>>);

impl Connections {
    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Admits a connection; `None` where there is no room even without the idle ones.
    fn admit(&self, address: IpAddr, bounds: Bounds) -> Option<Admitted> {
        let address = line(address);
        let mut registry = self.lock();
        if registry.by_address.get(&address).is_some_and(|count| *count >= bounds.per_address)
            && !registry.evict(Some(address))
        {
            return None;
        }
        if registry.open.len() >= bounds.total && !registry.evict(None) {
            return None;
        }
        registry.next += 1;
        let (id, close) = (registry.next, Arc::<Notify>::default());
        registry.open.insert(id, Open { address, idle: Some(Instant::now()), close: close.clone() });
        *registry.by_address.entry(address).or_default() += 1;
        Some(Admitted { connections: self.clone(), id, close })
    }

    fn set_idle(&self, id: u64, idle: Option<Instant>) {
        if let Some(open) = self.lock().open.get_mut(&id) {
            open.idle = idle;
        }
    }
}

/// The line to which an address belongs; for IPv6 its /64.
fn line(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) if v6.to_ipv4_mapped().is_none() => {
            IpAddr::from((u128::from(v6) & !u128::from(u64::MAX)).to_be_bytes())
        }
        other => other,
    }
}

/// A connection's place, until it is dropped.
struct Admitted {
    connections: Connections,
    id: u64,
    close: Arc<Notify>,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.connections.lock().remove(self.id);
    }
}

/// A request being answered: its connection is not idle until the last byte of the answer has been made.
struct Busy {
    connections: Connections,
    id: u64,
}

impl Busy {
    fn new(connections: Connections, id: u64) -> Self {
        connections.set_idle(id, None);
        Self { connections, id }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.connections.set_idle(self.id, Some(Instant::now()));
    }
}

/// The body of an answer, which keeps its connection busy.
struct Answered {
    body: Body,
    _busy: Busy,
}

impl HttpBody for Answered {
    type Data = bytes::Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream whose writes fail where the other side takes nothing for [`TAKEN`].
struct Patient {
    stream: TcpStream,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    fn bounded<T>(&mut self, cx: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.waiting = None;
            return outcome;
        }
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep(TAKEN)));
        match waiting.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Patient {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.bounded(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.bounded(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.bounded(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Connections that may wait to be accepted; a larger burst costs those who come last a second or more.
const BACKLOG: u32 = 4_096;

/// Listens on the first usable address of the host.
///
/// # Errors
/// Where there is none.
pub async fn bind(host: &str, port: u16) -> io::Result<TcpListener> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in tokio::net::lookup_host((host, port)).await? {
        let listening = || {
            let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
            socket.set_reuseaddr(true)?;
            socket.bind(address)?;
            socket.listen(BACKLOG)
        };
        match listening() {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Serves until `stopping` is true; then accepts nothing new, and gives requests under way `LAST` to finish.
pub async fn serve(listener: TcpListener, router: Router, bounds: Bounds, mut stopping: watch::Receiver<bool>) {
    let connections = Connections::default();
    let mut refused = crate::seldom::Seldom::new(Duration::from_secs(10));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopping.wait_for(|stopping| *stopping) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                if let Some(left_out) = refused.say() {
                    tracing::warn!(%error, left_out, "a connection cannot be taken");
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Some(admitted) = connections.admit(peer.ip(), bounds) else {
            if let Some(left_out) = refused.say() {
                tracing::warn!(left_out, "connections are refused: as many as there may be are being answered");
            }
            continue;
        };
        let _ = stream.set_nodelay(true);
        tokio::spawn(connection(stream, peer, admitted, router.clone(), stopping.clone()));
    }
    drop(listener);
    let ended = async {
        while !connections.lock().open.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    if tokio::time::timeout(LAST, ended).await.is_err() {
        tracing::warn!(open = connections.lock().open.len(), "requests are cut off");
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    admitted: Admitted,
    router: Router,
    mut stopping: watch::Receiver<bool>,
) {
    let (connections, id) = (admitted.connections.clone(), admitted.id);
    let service = service_fn(move |mut request: Request<hyper::body::Incoming>| {
        let busy = Busy::new(connections.clone(), id);
        request.extensions_mut().insert(ConnectInfo(peer));
        let router = router.clone();
        async move {
            let answer = drain::after(request.map(Body::new), async |request| {
                let Ok(answer) = router.oneshot(request).await;
                answer
            })
            .await;
            Ok::<_, Infallible>(answer.map(|body| Answered { body, _busy: busy })) as Result<Response<Answered>, _>
        }
    });
    let stream = TokioIo::new(Patient { stream, waiting: None });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(HEADER_BYTES)
        .serve_connection(stream, service);
    tokio::pin!(served);
    let mut asked = false;
    loop {
        tokio::select! {
            // How a connection ends does not matter.
            _ = served.as_mut() => break,
            () = admitted.close.notified() => break,
            _ = stopping.wait_for(|stopping| *stopping), if !asked => {
                asked = true;
                served.as_mut().graceful_shutdown();
            }
        }
    }
}

/// How often the watchdog looks.
pub const LOOK: Duration = Duration::from_secs(5);
/// Looks without an answer after which the process is ended.
const LOOKS: u32 = 6;

/// Ends the process when its workers no longer run tasks: its supervisor starts it again, and nothing acknowledged is
/// lost. A process that lives and answers nobody would be worse. Looks after each `every`.
pub fn watch_workers(every: Duration) {
    let runtime = tokio::runtime::Handle::current();
    let answered = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let looking = std::thread::Builder::new().name("watchdog".into()).spawn(move || {
        use std::sync::atomic::Ordering::Relaxed;
        let mut silent = 0;
        for look in 1.. {
            let answered_too = answered.clone();
            runtime.spawn(async move { answered_too.fetch_max(look, Relaxed) });
            std::thread::sleep(every);
            silent = if answered.load(Relaxed) >= look { 0 } else { silent + 1 };
            if silent >= LOOKS {
                tracing::error!(?every, looks = LOOKS, "the workers have not answered: the process ends itself");
                std::process::abort();
            }
        }
    });
    if let Err(error) = looking {
        tracing::error!(%error, "there is no watchdog");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { total: 4, per_address: 3 };

    /// Where this is set, the test below is the process that hangs.
    const HANG: &str = "PRATIKAR_TEST_HANG";

    #[test]
    fn a_process_whose_workers_hang_ends_itself() {
        use std::os::unix::process::ExitStatusExt;
        if let Ok(hang) = std::env::var(HANG).map(|hang| hang == "yes") {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            let runtime = runtime.expect("a runtime");
            runtime.spawn(async move {
                watch_workers(Duration::from_millis(20));
                if hang {
                    loop {
                        std::thread::park();
                    }
                }
            });
            std::thread::sleep(Duration::from_secs(if hang { 20 } else { 1 }));
            // A runtime with a hanging worker cannot be shut down.
            std::process::exit(0);
        }
        let ended = |hang| {
            let program = std::env::current_exe().expect("this program");
            let name = "listen::tests::a_process_whose_workers_hang_ends_itself";
            let mut process = std::process::Command::new(program);
            process.args(["--exact", name]).env(HANG, hang).stdout(std::process::Stdio::null());
            process.status().expect("ended")
        };
        assert_eq!(ended("yes").signal(), Some(6), "aborted");
        assert!(ended("no").success(), "one that answers lives");
    }

    fn address(last: u8) -> IpAddr {
        IpAddr::from([127, 0, 0, last])
    }

    #[test]
    fn whoever_opens_most_makes_room_for_the_others() {
        let connections = Connections::default();
        let many: Vec<_> = (0..5).map(|_| connections.admit(address(1), BOUNDS).expect("room")).collect();
        assert_eq!(connections.lock().open.len(), 3, "the oldest of the address have gone");
        let second = connections.admit(address(2), BOUNDS).expect("room");
        let third = connections.admit(address(3), BOUNDS).expect("room for another");
        let registry = connections.lock();
        assert!(registry.open.contains_key(&second.id) && registry.open.contains_key(&third.id));
        assert_eq!(registry.by_address.get(&address(1)), Some(&2));
        drop(registry);
        drop(many);
        assert_eq!(connections.lock().open.len(), 2, "closed twice counts once");
    }

    #[test]
    fn what_is_being_answered_is_never_closed_for_others() {
        let connections = Connections::default();
        let many: Vec<_> = (0..3).map(|_| connections.admit(address(1), BOUNDS).expect("room")).collect();
        let busy: Vec<_> = many.iter().map(|admitted| Busy::new(connections.clone(), admitted.id)).collect();
        assert!(connections.admit(address(1), BOUNDS).is_none());
        assert!(connections.admit(address(2), BOUNDS).is_some(), "others come in");
        drop(busy);
        assert!(connections.admit(address(1), BOUNDS).is_some(), "idle again");
    }
}
