//! Commands of the command line that administer: what they read and print. Their doc comments are its help.

/// Writes a line to standard output. Fails, and does not panic as `println!` does, where nobody reads on (`… | head`).
macro_rules! say {
    ($($line:tt)*) => { $crate::command::write(format_args!("{}\n", format_args!($($line)*))) };
}
pub(crate) use say;

pub mod account;
pub mod moving;
pub mod office;
pub mod settings;
pub mod suggestion;

use anyhow::{Result, bail};
use server::app::admin;
use server::store::{self, Audit};
use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

/// The system that a command works on.
#[derive(Debug, Clone, Copy)]
pub struct On<'a> {
    /// Where its database is.
    pub place: &'a store::Place,
    /// Its data folder.
    pub data: &'a Path,
    /// The folder of the delivered tables.
    pub public: &'a Path,
    /// The time.
    pub now: model::Time,
}

/// Writes to standard output.
///
/// # Errors
/// Where nobody reads any more, or the disk behind it is full.
pub fn write(text: fmt::Arguments<'_>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_fmt(text)?;
    out.flush()
}

/// Prints the result of a check.
pub fn told(audit: &Audit) -> Result<ExitCode> {
    say!("{} entries, {} cases", audit.entries, audit.cases)?;
    for fault in &audit.faults {
        say!("fault: {fault}")?;
    }
    if audit.faults.is_empty() {
        say!("the ledger is whole and everything that is kept equals it")?;
        return Ok(ExitCode::SUCCESS);
    }
    say!("NOT whole: {} faults", audit.faults.len())?;
    Ok(ExitCode::FAILURE)
}

/// Who works at this command line.
fn operator() -> String {
    let user = std::env::var("SUDO_USER").or_else(|_| std::env::var("USER")).or_else(|_| std::env::var("LOGNAME"));
    format!("command line ({})", user.unwrap_or_else(|_| "unknown".into()))
}

/// Tells that a change holds, once due dates are derived by it.
async fn holds(store: &dyn store::Store, on: On<'_>, change: u64) -> Result<ExitCode> {
    let moved = derived(store, on, change).await?;
    say!("change {change} holds; {moved} cases have another due date or deadline")?;
    Ok(ExitCode::SUCCESS)
}

/// Waits until a running server has derived due dates by a change, or does so where none runs; answers how many cases
/// have moved.
async fn derived(store: &dyn store::Store, on: On<'_>, change: u64) -> Result<u64> {
    let began = Instant::now();
    loop {
        let derived = admin::derived(store).await?;
        if derived.version >= change {
            return Ok(derived.moved);
        }
        // A running server looks every second, but may take longer for many cases.
        let alone = began.elapsed() > std::time::Duration::from_secs(5) && server::files::lock(on.data).is_ok();
        if alone {
            let facts = admin::facts_beside(store, on.data, on.public).await?;
            return Ok(admin::derive(store, &facts).await?.moved);
        }
        if began.elapsed() > std::time::Duration::from_secs(600) {
            bail!("change {change} holds, and due dates are still being derived: look at the server's log");
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}
