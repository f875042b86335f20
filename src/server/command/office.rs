//! `pratikar office`.

use super::{On, holds, operator};
use anyhow::Result;
use clap::Subcommand;
use model::wire::{Names, OfficeDeed};
use model::{Lgd, OfficeId};
use server::app;
use std::process::ExitCode;

#[derive(Subcommand)]
pub enum Office {
    /// Add an office; it gets the next free number
    Add {
        /// Code of its department, for good
        department: String,
        /// Its name in English
        name_en: String,
        /// Its name in Bengali
        name_bn: String,
        /// Code of its district; without one, it is of the whole state
        #[arg(long)]
        district: Option<u32>,
        /// Why
        #[arg(long)]
        why: String,
    },
    /// Give it another name
    Rename {
        /// Its number
        office: u32,
        /// Its new name in English
        name_en: String,
        /// Its new name in Bengali
        name_bn: String,
        /// Why
        #[arg(long)]
        why: String,
    },
    /// Let it take no further case; refused while it has any that is open
    Close {
        /// Its number
        office: u32,
        /// Why
        #[arg(long)]
        why: String,
    },
}

/// Does it, and tells what has changed.
pub async fn perform(deed: &Office, on: On<'_>) -> Result<ExitCode> {
    let store = on.place.open()?;
    let name = |en: &str, bn: &str| Names { en: en.to_owned(), bn: bn.to_owned(), ..Names::default() };
    let (deed, why) = match deed {
        Office::Add { department, name_en, name_bn, district, why } => {
            let (department, district) = (department.as_str().into(), district.map(Lgd::new));
            (OfficeDeed::Add { department, district, name: name(name_en, name_bn) }, why)
        }
        Office::Rename { office, name_en, name_bn, why } => {
            (OfficeDeed::Rename { office: OfficeId::new(*office), name: name(name_en, name_bn) }, why)
        }
        Office::Close { office, why } => (OfficeDeed::Close { office: OfficeId::new(*office) }, why),
    };
    let by = app::office::By { who: operator(), why: why.clone(), newest: None };
    let changed = app::office::change(store.as_ref(), on.public, deed, by, on.now).await?;
    say!("office {}", changed.office)?;
    holds(store.as_ref(), on, changed.seq).await
}
