//! Reads the rest of a request's body before its answer is sent.
//!
//! A refusal often comes before the whole body has been read. Closing the connection then loses the answer: the phone
//! sees a broken connection, not the reason, and tries again. So what is still arriving is read and discarded for a
//! moment.

use axum::body::Body;
use axum::http::{Request, Response, header};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

/// Most bytes that are discarded; a larger rest loses its answer.
const BYTES: usize = 1 << 20;
/// Longest time for that.
const TIME: Duration = Duration::from_secs(2);

/// A body whose rest the handler may leave unread.
#[derive(Clone)]
struct Shared(Arc<Mutex<Body>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Body> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn drain(&self) {
        let mut read = 0;
        while read < BYTES && !self.is_end_stream() {
            match poll_fn(|context| Pin::new(&mut *self.lock()).poll_frame(context)).await {
                Some(Ok(frame)) => read += frame.data_ref().map_or(0, bytes::Bytes::len),
                Some(Err(_)) | None => return,
            }
        }
    }
}

impl HttpBody for Shared {
    type Data = bytes::Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut *self.lock()).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.lock().is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.lock().size_hint()
    }
}

/// Answers a request, then reads the rest of its body.
pub async fn after<F>(request: Request<Body>, answer: impl FnOnce(Request<Body>) -> F) -> Response<Body>
where
    F: Future<Output = Response<Body>>,
{
    // A client that waits for permission to send has sent nothing; the answer itself refuses.
    if request.body().is_end_stream() || request.headers().contains_key(header::EXPECT) {
        return answer(request).await;
    }
    let (parts, body) = request.into_parts();
    let body = Shared(Arc::new(Mutex::new(body)));
    let answered = answer(Request::from_parts(parts, Body::new(body.clone()))).await;
    let _ = tokio::time::timeout(TIME, body.drain()).await;
    answered
}
