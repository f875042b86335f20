//! Offices: adding, renaming and closing one. Each is a change of the table `offices.tsv`, with who, when, why and undo.

use super::admin::{self, Fault, Wanted};
use crate::store::{Store, administered};
use crate::tables::{OFFICES, Tables, offices_as_table};
use model::wire::{Office, OfficeChanged, OfficeDeed, ProblemCode};
use model::{OfficeId, Time};
use std::path::Path;

/// Who changes an office, why, and the newest change that they have seen, as in [`Wanted`].
#[derive(Debug, Clone)]
pub struct By {
    /// Who.
    pub who: String,
    /// The reason.
    pub why: String,
    /// Number of the newest change that they have seen; `None` to build on whatever is there.
    pub newest: Option<u64>,
}

/// Adds, renames or closes an office.
///
/// # Errors
/// Where there is no such office; and those of [`admin::change`].
pub async fn change(
    store: &dyn Store,
    public: &Path,
    deed: OfficeDeed,
    by: By,
    now: Time,
) -> Result<OfficeChanged, Fault> {
    // Read first: who has seen no number builds on what is read below, and on nothing newer.
    let newest = store.newest_setting().await?;
    let tables = Tables::of(public, &administered(store.settings().await?));
    let tables = tables.map_err(|error| Fault::new(ProblemCode::BadTable, format!("{error:#}")))?;
    let mut offices = crate::state::offices(store, &tables).await?;
    let office = match deed {
        OfficeDeed::Add { department, district, name } => {
            let id = OfficeId::new(offices.iter().map(|office| office.id.get()).max().unwrap_or(0) + 1);
            offices.push(Office { id, department, district, name, closed: false });
            id
        }
        OfficeDeed::Rename { office, name } => {
            known(&mut offices, office)?.name = name;
            office
        }
        OfficeDeed::Close { office } => {
            known(&mut offices, office)?.closed = true;
            office
        }
    };
    let text = Some(offices_as_table(&offices));
    let newest = by.newest.or(Some(newest));
    let wanted = Wanted { who: by.who, name: OFFICES.into(), why: by.why, text, undoes: None, newest };
    Ok(OfficeChanged { seq: admin::change(store, public, wanted, now).await?, office })
}

fn known(offices: &mut [Office], id: OfficeId) -> Result<&mut Office, Fault> {
    let found = offices.iter_mut().find(|office| office.id == id);
    found.ok_or_else(|| Fault::new(ProblemCode::NotFound, format!("there is no office {id}")))
}
