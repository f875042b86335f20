//! A real server process: started, watched, stopped, killed.

use crate::control::Control;
use crate::round::Round;
use anyhow::{Context, Result, bail};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// The token by which the made-up SMS gateway proves itself.
pub const SMS_TOKEN: &str = "torture-gateway";

/// How a server is started.
#[derive(Default)]
pub struct Options<'a> {
    /// Whether limits by number and address are off.
    pub unlimited: bool,
    /// The control file of the loaded library; `None` for none.
    pub control: Option<&'a Control>,
    /// Open files and connections that it may have; `None` for the system's limit.
    pub descriptors: Option<u32>,
}

/// A running server, killed when dropped.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:port`
    pub base: String,
    /// Its port.
    pub port: u16,
    /// Its data folder.
    pub data: PathBuf,
    log: PathBuf,
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

impl Server {
    /// Starts a server and waits until it answers.
    pub async fn start(round: &Round, data: &Path, options: &Options<'_>) -> Result<Self> {
        let mut server = Self::launch(round, data, options)?;
        let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build()?;
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(60) {
            // A trial may want one that is not ready, but not one that is still starting.
            if let Ok(answer) = client.get(format!("{}/readyz", server.base)).send().await
                && answer.text().await.is_ok_and(|said| !said.starts_with("starting"))
            {
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                bail!("the server ended at its start ({status}): {}", server.last_words());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the server does not answer after 60 s: {}", server.last_words())
    }

    /// Starts a server without waiting.
    pub fn launch(round: &Round, data: &Path, options: &Options<'_>) -> Result<Self> {
        let port = free_port()?;
        // Not beside the data, whose disk may be full.
        let log = round.folder("logs")?.join(format!("{port}.log"));
        let mut command = match options.descriptors {
            None => Command::new(&round.program),
            Some(most) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", &format!("ulimit -n {most}; exec \"$@\""), "sh"]).arg(&round.program);
                shell
            }
        };
        command
            .args(Round::arguments(data))
            .args(["serve", "--demo", "--port", &port.to_string(), "--dist", "/nonexistent"])
            .args(["--sms-token", SMS_TOKEN])
            .args(options.unlimited.then_some("--unlimited"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(&log)?);
        if let Some(control) = options.control {
            control.load_into(&mut command, &round.library, data);
        }
        let child = command.spawn().context("the server cannot be started")?;
        Ok(Self { child, base: format!("http://127.0.0.1:{port}"), port, data: data.to_owned(), log })
    }

    /// Number of connections that the server itself has open. A client may take a connection for open that the system
    /// has refused before the server saw it.
    #[must_use]
    pub fn connections(&self) -> usize {
        let sockets = std::fs::read_dir(format!("/proc/{}/fd", self.pid())).into_iter().flatten().flatten();
        sockets.filter(|fd| std::fs::read_link(fd.path()).is_ok_and(|to| to.starts_with("socket:"))).count()
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How it ended; `None` where it has not within this time.
    pub async fn ends_within(&mut self, time: Duration) -> Option<ExitStatus> {
        let began = Instant::now();
        while began.elapsed() < time {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        None
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM; the time that it took to end, `None` where it was still running after 40 s.
    pub async fn stop(&mut self) -> Option<Duration> {
        let began = Instant::now();
        let _ = Command::new("kill").args(["-TERM", &self.pid().to_string()]).stderr(Stdio::null()).status();
        let ended = self.ends_within(Duration::from_secs(40)).await;
        self.kill();
        ended.map(|_| began.elapsed())
    }

    /// Its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The last lines of its log.
    pub fn last_words(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().rev().take(3).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join(" / ").chars().take(400).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
