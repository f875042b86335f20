//! Reads attachments from strangers: each file in a child process with limits on memory and time, encoded anew without
//! metadata (SEC-50 to SEC-52).

use crate::media::{Clean, Format, MEMORY, NotTaken};
use crate::print::Prints;
use crate::{photo, voice};
use model::attachment::AttachmentKind;
use model::names::code_of;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// How attachments are read.
#[derive(Debug, Clone)]
pub enum Decoder {
    /// In a child process: this program, called with `read` and the kind.
    Child(PathBuf),
    /// In this process, for tests of everything else.
    InProcess,
}

impl Decoder {
    /// Reads a file; answers what is to be stored.
    ///
    /// # Errors
    /// [`NotTaken`] says why it is refused.
    pub async fn read(&self, kind: AttachmentKind, bytes: Vec<u8>) -> Result<Clean, NotTaken> {
        match self {
            Self::InProcess => {
                tokio::task::spawn_blocking(move || clean(kind, &bytes)).await.map_err(|_| NotTaken::NotReadable)?
            }
            Self::Child(program) => child(program, kind, bytes).await,
        }
    }
}

fn clean(kind: AttachmentKind, bytes: &[u8]) -> Result<Clean, NotTaken> {
    match kind {
        AttachmentKind::Photo => photo::clean(bytes),
        AttachmentKind::Voice => voice::clean(bytes),
    }
}

/// Exit codes of the child.
const NOT_READABLE: u8 = 10;
const TOO_LARGE: u8 = 11;

/// The child process: reads a file from standard input; writes format, width, height, seconds, what it looks like and the new
/// file to standard output.
#[must_use]
pub fn child_main(kind: AttachmentKind) -> u8 {
    // Limits by the operating system, beyond the decoder's own.
    let bounds = [(rlimit::Resource::AS, MEMORY * 3), (rlimit::Resource::CPU, 10), (rlimit::Resource::FSIZE, 0)];
    for (resource, bound) in bounds {
        if rlimit::setrlimit(resource, bound, bound).is_err() {
            return 1;
        }
    }
    let mut bytes = Vec::new();
    if std::io::stdin().lock().read_to_end(&mut bytes).is_err() {
        return 1;
    }
    match clean(kind, &bytes) {
        Ok(clean) => u8::from(write(&clean, &mut std::io::stdout().lock()).is_err()),
        Err(NotTaken::TooLarge) => TOO_LARGE,
        Err(_) => NOT_READABLE,
    }
}

fn write(clean: &Clean, out: &mut impl Write) -> std::io::Result<()> {
    let format = Format::ALL.iter().position(|known| *known == clean.format).unwrap_or(0);
    out.write_all(&[u8::try_from(format).unwrap_or(0)])?;
    for number in [clean.width, clean.height, clean.seconds] {
        out.write_all(&number.to_be_bytes())?;
    }
    let prints = clean.prints.map(|prints| prints.to_bytes()).unwrap_or_default();
    out.write_all(&u32::try_from(prints.len()).unwrap_or(0).to_be_bytes())?;
    out.write_all(&prints)?;
    out.write_all(&clean.bytes)?;
    out.flush()
}

/// Reads what the child has written.
fn parse(written: &[u8]) -> Option<Clean> {
    let (format, rest) = written.split_first()?;
    let (width, rest) = rest.split_first_chunk()?;
    let (height, rest) = rest.split_first_chunk()?;
    let (seconds, rest) = rest.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (prints, bytes) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    Some(Clean {
        bytes: bytes.to_vec(),
        format: *Format::ALL.get(usize::from(*format))?,
        width: u32::from_be_bytes(*width),
        height: u32::from_be_bytes(*height),
        seconds: u32::from_be_bytes(*seconds),
        prints: Prints::from_bytes(prints),
    })
}

async fn child(program: &Path, kind: AttachmentKind, bytes: Vec<u8>) -> Result<Clean, NotTaken> {
    let mut child = tokio::process::Command::new(program)
        .args(["read", code_of(&kind)])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|_| NotTaken::Unavailable)?;
    let mut stdin = child.stdin.take().ok_or(NotTaken::Unavailable)?;
    // The child may stop reading early; its exit code then says why.
    let feed = tokio::spawn(async move {
        let _ = stdin.write_all(&bytes).await;
    });
    let output = tokio::time::timeout(Duration::from_secs(15), child.wait_with_output())
        .await
        // The child's own limit on processor time ends a file that needs too much; what takes longer waits for the
        // machine.
        .map_err(|_| NotTaken::Unavailable)?
        .map_err(|_| NotTaken::Unavailable)?;
    feed.abort();
    match output.status.code() {
        Some(0) => parse(&output.stdout).ok_or(NotTaken::Unavailable),
        Some(code) if code == i32::from(NOT_READABLE) => Err(NotTaken::NotReadable),
        // The child said so, or was killed for its memory or time.
        Some(code) if code == i32::from(TOO_LARGE) => Err(NotTaken::TooLarge),
        None => Err(NotTaken::TooLarge),
        // The limits could not be set, or the child crashed: not the file's fault, as far as is known.
        Some(_) => Err(NotTaken::Unavailable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_child_writes_is_read_back() {
        let clean = Clean { bytes: vec![1, 2, 3], format: Format::Adts, width: 0, height: 0, seconds: 7, prints: None };
        let mut written = Vec::new();
        write(&clean, &mut written).expect("written");
        assert_eq!(parse(&written), Some(clean));
        assert_eq!(parse(&written[..9]), None);
        assert_eq!(parse(&[9; 20]), None, "a format that there is not");
    }
}
