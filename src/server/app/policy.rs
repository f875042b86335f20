//! The one gate to personal data: who may read what, how fast, and that the reading is recorded before anything is
//! shown.
//!
//! Every handler that shows staff a case, a list of cases, a number, a photo or a recording asks here; all of that is
//! recorded (AUD-05), and the citizen can see it (AUD-06). Citizens' readings of their own cases are not recorded: the plain
//! pages, receipts and "my data" ask [`may_read`] alone, by [`super::read::readable`], or read what is of that very person.

use crate::failure::Failure;
use crate::state::App;
use crate::store::{Reading, ReadingOf};
use model::lifecycle::Case;
use model::role::{Standing, sees};
use model::wire::ProblemCode;
use model::{Actor, Duty, PersonId, Reference, StaffId, Time};

/// Something that an actor wants to read.
#[derive(Debug, Clone, Copy)]
pub enum Wish<'a> {
    /// One case.
    Case(&'a Case),
    /// The whole number of its citizen, with the reason.
    Number(&'a Case, &'a str),
    /// A case to call about.
    Call(&'a Case),
    /// The cases of a number, with how many there are.
    Caller(PersonId, usize),
    /// A photo of a case.
    Photo(&'a Case),
    /// A spoken note of a case.
    Voice(&'a Case),
    /// The recording of a call, about a case or none, with the purpose.
    Recording(Option<Reference>, &'a str),
    /// A page of a worklist, with how many cases are on it.
    List(usize),
    /// A page of the cases behind a figure, with how many are on it.
    Figures(usize),
    /// A page of what a search found, with how many cases are on it.
    Search(usize),
    /// What a search found, to be taken away: how many cases, and the purpose.
    Export(usize, &'a str),
    /// A page of the readings, about one case or many, with how many are on it and what was looked for.
    Readings(Option<Reference>, usize, &'a str),
}

/// The account of a member of staff.
///
/// # Errors
/// 403 where the actor is none.
pub(super) fn staff_of(actor: &Actor) -> Result<StaffId, Failure> {
    actor.staff.ok_or_else(|| Failure::of(ProblemCode::NotPermitted))
}

/// Whether this actor may read this case; any other case is answered as if it did not exist (SEC-05).
#[must_use]
pub fn may_read(actor: &Actor, case: &Case) -> bool {
    let standing = actor.standing(case);
    standing != Standing::Outside && sees(actor.role, standing)
}

/// Decides whether something may be read, and records the reading; only after this may anything be shown.
///
/// # Errors
/// 404 where the actor may not see the case, 403 where the role may not read such a thing, 429 where it reads too fast,
/// 503 where the reading cannot be recorded.
pub async fn read(app: &App, actor: &Actor, wish: Wish<'_>, now: Time) -> Result<(), Failure> {
    match permit(app, actor, wish, now).await? {
        Some(reading) => Ok(app.store.record_reading(reading).await?),
        None => Ok(()),
    }
}

/// As [`read`], for what is recorded together with something else; answers what must be recorded, `None` where nothing must.
///
/// # Errors
/// As [`read`], without 503.
pub async fn permit(app: &App, actor: &Actor, wish: Wish<'_>, now: Time) -> Result<Option<Reading>, Failure> {
    let case = match wish {
        Wish::Case(case) | Wish::Number(case, _) | Wish::Call(case) | Wish::Photo(case) | Wish::Voice(case) => {
            Some(case)
        }
        Wish::Recording(..)
        | Wish::Caller(..)
        | Wish::List(_)
        | Wish::Figures(_)
        | Wish::Search(_)
        | Wish::Export(..)
        | Wish::Readings(..) => None,
    };
    if case.is_some_and(|case| !may_read(actor, case)) {
        return Err(Failure::of(ProblemCode::NotFound));
    }
    let role = actor.role;
    let (what, person, cases, permitted) = match wish {
        Wish::Case(_) => (ReadingOf::Case, None, 1, true),
        Wish::Number(case, _) => {
            let hidden = case.hides_citizen_from(role);
            (ReadingOf::Number, None, 1, role.has(Duty::RevealNumber) && !hidden)
        }
        Wish::Call(_) => (ReadingOf::Call, None, 1, role.has(Duty::CallToVerify)),
        Wish::Caller(person, cases) => (ReadingOf::Caller, Some(person), cases, role.has(Duty::TakeIntake)),
        // A person who opened a link that was sent to an unproved number may be a stranger.
        Wish::Photo(case) | Wish::Voice(case) if case.is_limited_for(actor) => {
            return Err(Failure::of(ProblemCode::NotFound));
        }
        // A photo may reveal who it is.
        Wish::Photo(case) if case.shielded && !role.has(Duty::SeeIdentity) => {
            return Err(Failure::of(ProblemCode::NotFound));
        }
        Wish::Photo(_) => (ReadingOf::Photo, None, 1, true),
        // A voice reveals who speaks.
        Wish::Voice(case) => {
            let hidden = case.hides_citizen_from(role) || !role.has(Duty::SeeIdentity);
            if hidden {
                return Err(Failure::of(ProblemCode::NotFound));
            }
            (ReadingOf::Voice, None, 1, true)
        }
        Wish::Recording(..) => (ReadingOf::Recording, None, 1, role.has(Duty::ScoreCalls)),
        Wish::List(cases) => (ReadingOf::List, None, cases, true),
        Wish::Figures(cases) => (ReadingOf::Figures, None, cases, role.has(Duty::WatchFigures)),
        Wish::Search(cases) => (ReadingOf::Search, None, cases, role.has(Duty::Search)),
        Wish::Export(cases, _) => (ReadingOf::Export, None, cases, role.has(Duty::WatchFigures)),
        Wish::Readings(_, lines, _) => (ReadingOf::Readings, None, lines, role.has(Duty::Audit)),
    };
    if !permitted {
        return Err(Failure::of(ProblemCode::NotPermitted));
    }
    let Some(staff) = actor.staff else { return Ok(None) };
    if let Some(limits) = &app.limits {
        limits.reading(staff, what).await?;
    }
    // That somebody has lodged nothing, or that nobody has read a case, is knowledge too.
    if cases == 0 && !matches!(what, ReadingOf::Caller | ReadingOf::Readings) {
        return Ok(None);
    }
    Ok(Some(Reading {
        at: now,
        actor: actor.clone(),
        what,
        reference: match wish {
            Wish::Recording(reference, _) | Wish::Readings(reference, ..) => reference,
            _ => case.map(|case| case.reference),
        },
        person,
        cases: u32::try_from(cases).unwrap_or(u32::MAX),
        reason: match wish {
            Wish::Number(_, reason) | Wish::Recording(_, reason) | Wish::Export(_, reason) => Some(reason.to_owned()),
            Wish::Readings(.., asked) => Some(asked.to_owned()).filter(|asked| !asked.is_empty()),
            _ => None,
        },
    }))
}
