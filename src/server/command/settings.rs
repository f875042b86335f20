//! `pratikar settings`.

use super::{On, holds, operator, write};
use anyhow::{Context, Result};
use clap::Subcommand;
use model::wire::TableChange;
use server::app::admin;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Subcommand)]
pub enum Settings {
    /// The tables and their last changes, or what stands in one of them
    Show {
        /// Such as holidays.tsv
        name: Option<String>,
    },
    /// All changes, newest first
    History,
    /// Put a file in the place of a table; shows the lines that change
    Import {
        /// Such as holidays.tsv
        name: String,
        /// The file; without one, what `public` has holds again
        file: Option<PathBuf>,
        /// Why
        #[arg(long)]
        why: String,
        /// Only show the lines that would change, and how many open cases would be due at another time
        #[arg(long)]
        dry_run: bool,
    },
    /// Take a change back
    Undo {
        /// Its number
        change: u64,
        /// Why
        #[arg(long)]
        why: String,
    },
}

/// Does it, and tells what has changed.
pub async fn perform(deed: &Settings, on: On<'_>) -> Result<ExitCode> {
    let On { place, public, now, .. } = on;
    let store = place.open()?;
    let line = |change: &TableChange| -> Result<()> {
        let undoes = change.undoes.map(|seq| format!(", takes back {seq}")).unwrap_or_default();
        let at = model::clock::ist(change.at).format("%Y-%m-%d %H:%M");
        say!("{:>4}  {at}  {:<16}  {}: {}{undoes}", change.seq, change.name, change.who, change.why)?;
        Ok(())
    };
    let changed = match deed {
        Settings::Show { name: Some(name) } => {
            write(format_args!("{}", admin::table(store.as_ref(), public, name).await?.text))?;
            return Ok(ExitCode::SUCCESS);
        }
        Settings::Show { name: None } => {
            for table in admin::tables(store.as_ref()).await?.tables {
                match &table.change {
                    Some(change) => line(change)?,
                    None => say!("   -  as delivered      {}", table.name)?,
                }
            }
            return Ok(ExitCode::SUCCESS);
        }
        Settings::History => {
            store.setting_history(u64::MAX, u32::MAX).await?.iter().try_for_each(line)?;
            return Ok(ExitCode::SUCCESS);
        }
        Settings::Import { name, file: from, why, dry_run } => {
            let text = match from {
                Some(from) => {
                    Some(std::fs::read_to_string(from).with_context(|| format!("cannot read {}", from.display()))?)
                }
                None => None,
            };
            let trial = admin::trial(store.as_ref(), public, name, text.as_deref()).await?;
            for line in &trial.lines {
                say!("{line}")?;
            }
            if *dry_run {
                say!("{} open cases would be due at another time; nothing was changed", trial.moved)?;
                return Ok(ExitCode::SUCCESS);
            }
            let (who, name, why, newest) = (operator(), name.clone(), why.clone(), Some(trial.newest));
            let wanted = admin::Wanted { who, name, why, text, undoes: None, newest };
            admin::change(store.as_ref(), public, wanted, now).await?
        }
        Settings::Undo { change, why } => {
            admin::undo(store.as_ref(), public, *change, &operator(), why, None, now).await?
        }
    };
    holds(store.as_ref(), on, changed).await
}
