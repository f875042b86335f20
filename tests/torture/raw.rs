//! HTTP by hand, for what no client would do: half a request, headers byte by byte, a silent connection.

use anyhow::Result;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// Connects from this loopback address.
pub async fn connect(from: IpAddr, port: u16) -> Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(from, 0))?;
    let stream = socket.connect((Ipv4Addr::LOCALHOST, port).into());
    Ok(tokio::time::timeout(Duration::from_secs(10), stream).await??)
}

/// The head of a request.
pub fn head(method: &str, path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nsec-fetch-site: same-origin\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.into_bytes()
}

/// Opens a PATCH that announces `length` bytes, sends these, and leaves the connection open.
pub async fn half_patch(port: u16, path: &str, offset: u64, length: usize, bytes: &[u8]) -> Result<TcpStream> {
    let mut stream = connect(crate::person::address(), port).await?;
    let (offset, length) = (offset.to_string(), length.to_string());
    let headers = [
        ("content-type", "application/offset+octet-stream"),
        ("upload-offset", offset.as_str()),
        ("content-length", length.as_str()),
    ];
    stream.write_all(&head("PATCH", path, &headers)).await?;
    stream.write_all(bytes).await?;
    Ok(stream)
}

/// The status of the answer on a connection; `None` where none comes in time.
pub async fn status(stream: &mut TcpStream, time: Duration) -> Option<u16> {
    let mut text = Vec::new();
    let mut part = [0; 1024];
    let read = async {
        loop {
            let count = stream.read(&mut part).await.ok().filter(|count| *count > 0)?;
            text.extend_from_slice(part.get(..count)?);
            let line = String::from_utf8_lossy(&text).into_owned();
            if line.contains("\r\n") {
                return line.split(' ').nth(1)?.parse().ok();
            }
        }
    };
    tokio::time::timeout(time, read).await.ok()?
}

/// Whether the other side has closed a connection.
pub async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut part = [0; 1024];
    loop {
        match tokio::time::timeout(Duration::from_millis(1), stream.read(&mut part)).await {
            Err(_) => return false,
            Ok(Ok(0) | Err(_)) => return true,
            Ok(Ok(_)) => {}
        }
    }
}
