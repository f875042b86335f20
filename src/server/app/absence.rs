//! Who of the staff is away.

use crate::state::App;
use crate::store::StoreError;
use model::clock::ist_date;
use model::wire::Absence;
use model::{StaffId, Time};
use std::collections::HashMap;

/// The absences of today and of later days.
///
/// # Errors
/// Where the store does not answer.
pub async fn absences(app: &App, now: Time) -> Result<HashMap<StaffId, Absence>, StoreError> {
    let stored = app.reader().absences(ist_date(now)).await?;
    Ok(stored.into_iter().map(|absence| (absence.staff, absence.days)).collect())
}

/// Those of today.
///
/// # Errors
/// As for [`absences`].
pub async fn away(app: &App, now: Time) -> Result<HashMap<StaffId, Absence>, StoreError> {
    let mut absences = absences(app, now).await?;
    absences.retain(|_, days| days.covers(ist_date(now)));
    Ok(absences)
}
