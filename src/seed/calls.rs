//! Telephone calls of the last days, so that there is somebody to ring back and something to hear.

use crate::world::World;
use anyhow::Result;
use chrono::Duration;
use model::{Mobile, Reference, Role, Time};
use server::state::App;
use server::store::{Heard, LineCall};

/// Calls during which a grievance was taken.
const TAKEN: usize = 20;
/// Calls that nobody answered.
const MISSED: usize = 3;
/// Minutes between one call and the next.
const APART: i64 = 13;

/// How many lodgings it needs.
pub const WANTED: usize = TAKEN + MISSED;

/// Writes calls of the demo's tele-caller about these grievances, the newest first.
///
/// # Errors
/// Where the store cannot write.
pub async fn write_calls(app: &App, world: &World, lodged: &[(Reference, Mobile)], until: Time) -> Result<()> {
    let Some(telecaller) = world.cell(Role::TeleCaller).staff else { return Ok(()) };
    for (index, (reference, mobile)) in (1i64..).zip(lodged) {
        let id = format!("demo-{index}-{reference}");
        let missed = usize::try_from(index)? <= MISSED;
        let begun = until - Duration::minutes(index * APART);
        // Within the days in which calls are drawn, most of them not of today.
        let begun = if missed { begun } else { begun - Duration::hours(index * 5) };
        let call = LineCall::begun(id.clone(), Some(telecaller), Some(mobile.clone()), false, begun);
        app.store.begin_line(call).await?;
        if !missed {
            app.store.hear_line(&id, Heard::Answered, begun + Duration::seconds(4)).await?;
            app.store.tie_line(&id, telecaller, *reference).await?;
        }
        let lasted = if missed { 31 } else { 70 + index * 11 };
        app.store.hear_line(&id, Heard::Ended, begun + Duration::seconds(lasted)).await?;
    }
    Ok(())
}
