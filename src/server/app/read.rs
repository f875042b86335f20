//! Reading cases: which are shown to whom.

use super::policy::may_read;
use super::view::limited_line;
use crate::failure::Failure;
use crate::state::App;
use model::lifecycle::Case;
use model::wire::{CaseLine, ProblemCode};
use model::{Actor, Reference};

/// A citizen's grievances, or the one that their link opens, as a list. Of one that may be a stranger's it shows only
/// that it exists.
///
/// # Errors
/// 403 for staff.
pub async fn own_lines(app: &App, actor: &Actor) -> Result<Vec<CaseLine>, Failure> {
    let lines = match actor.scope {
        model::Scope::Own(person) => app.reader().cases_of(person).await?,
        model::Scope::Case { reference, .. } => app.reader().lines(&[reference]).await?,
        _ => return Err(Failure::of(ProblemCode::NotPermitted)),
    };
    let mut shown = Vec::with_capacity(lines.len());
    for line in lines {
        let Some(case) = app.reader().case(line.reference).await?.filter(|case| may_read(actor, case)) else {
            continue;
        };
        shown.push(if case.is_limited_for(actor) { limited_line(line) } else { line });
    }
    Ok(shown)
}

/// As [`readable`], for what shows a case in full, which a link to an unproved number may not.
///
/// # Errors
/// 404, 403.
pub async fn readable_in_full(app: &App, actor: &Actor, reference: Reference) -> Result<Case, Failure> {
    let case = readable(app, actor, reference).await?;
    if case.is_limited_for(actor) { Err(Failure::of(ProblemCode::NotPermitted)) } else { Ok(case) }
}

/// A case that this actor may read; any other is answered as if it did not exist (SEC-05).
///
/// # Errors
/// 404.
pub async fn readable(app: &App, actor: &Actor, reference: Reference) -> Result<Case, Failure> {
    let missing = || Failure::of(ProblemCode::NotFound);
    let case = app.reader().case(reference).await?.ok_or_else(missing)?;
    if may_read(actor, &case) { Ok(case) } else { Err(missing()) }
}
