//! Over real connections: an answer that is sent before the whole request has arrived must reach the client.

use server::listen::{self, Bounds};
use std::time::Duration;
use tests::World;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The real routes on a port.
async fn served(world: &World) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let bounds = Bounds { total: 64, per_address: 64 };
    tokio::spawn(listen::serve(listener, world.router.clone(), bounds, world.app.stopping.subscribe()));
    address
}

/// Sends a request of so many bytes, half of them late, then asks for `/livez` on the same connection; answers both
/// statuses.
async fn sent(address: std::net::SocketAddr, head: &str, origin: &str, length: usize) -> std::io::Result<[u16; 2]> {
    let mut line = TcpStream::connect(address).await?;
    let head = format!("{head}\r\nHost: localhost\r\nOrigin: https://{origin}\r\nContent-Length: {length}\r\n\r\n");
    line.write_all(head.as_bytes()).await?;
    let half = vec![b'a'; length / 2];
    line.write_all(&half).await?;
    tokio::time::sleep(Duration::from_millis(200)).await;
    line.write_all(&half).await?;
    line.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
    let mut text = Vec::new();
    line.read_to_end(&mut text).await?;
    let text = String::from_utf8_lossy(&text);
    let mut statuses = text.split("HTTP/1.1 ").skip(1).map(|answer| answer[..3].parse().expect("a status"));
    Ok([statuses.next().unwrap_or(0), statuses.next().unwrap_or(0)])
}

#[tokio::test]
async fn a_refusal_in_the_middle_of_a_request_arrives_and_the_line_lives() {
    let world = World::new().await;
    let address = served(&world).await;
    let key = "\r\nIdempotency-Key: 0123456789abcdef";
    let json = "\r\nContent-Type: application/json";
    let form = "\r\nContent-Type: application/x-www-form-urlencoded";
    let bytes = "\r\nContent-Type: application/offset+octet-stream\r\nUpload-Offset: 0";
    let requests = [
        (format!("POST /api/grievances HTTP/1.1{json}{key}"), 413, "JSON beyond its limit"),
        (format!("POST /api/session HTTP/1.1{json}"), 403, "from another site"),
        ("POST /api/codes HTTP/1.1\r\nContent-Type: text/plain".to_owned(), 415, "no JSON"),
        (format!("POST /en/lodge HTTP/1.1{form}"), 413, "a plain form beyond its limit"),
        (format!("POST /en/plain/sign-in HTTP/1.1{form}"), 413, "a plain page beyond its limit"),
        (format!("PATCH /api/uploads/{} HTTP/1.1{bytes}", "0".repeat(32)), 404, "part of an unknown upload"),
        ("POST /api/uploads HTTP/1.1".to_owned(), 403, "a photo from another site"),
        (format!("POST /api/nothing HTTP/1.1{json}"), 404, "no such route"),
        (format!("POST /livez HTTP/1.1{json}"), 405, "no such method"),
    ];
    for (head, status, what) in requests {
        let origin = if status == 403 { "elsewhere.example" } else { "localhost" };
        let answered = sent(address, &head, origin, 800_000).await;
        assert_eq!(answered.ok(), Some([status, 200]), "{what}");
    }
}

#[tokio::test]
async fn whoever_asks_before_sending_is_told_not_to() {
    let world = World::new().await;
    let mut line = TcpStream::connect(served(&world).await).await.expect("a line");
    let head = "POST /api/grievances HTTP/1.1\r\nHost: localhost\r\nOrigin: https://localhost\r\n\
                Content-Type: application/json\r\nIdempotency-Key: 0123456789abcdef\r\nContent-Length: 800000\r\nExpect: 100-continue\r\n\r\n";
    line.write_all(head.as_bytes()).await.expect("written");
    let mut text = [0; 12];
    line.read_exact(&mut text).await.expect("an answer");
    assert_eq!(&text, b"HTTP/1.1 413");
}
