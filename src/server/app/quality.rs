//! Scoring calls: the draw, the recording, marks and disputes.

use super::policy::{self, Wish, staff_of};
use super::view::view;
use super::worklist::caller_of;
use crate::failure::Failure;
use crate::secret::random_hex;
use crate::state::App;
use crate::store::{HeardCall, Score, ScoresOf};
use chrono::Duration;
use model::clock::{ist_date, ist_midnight};
use model::names::code_of;
use model::quality::{
    AGREED, Criterion, DISPUTE_DAYS, DRAWN_DAYS, Mark, Marked, SECOND_OF, is_complete, kappa, percent,
};
use model::wire::{CallToScore, Dispute, OwnScore, PlayPurpose, Playing, ProblemCode, QualityDay, Scored};
use model::{Actor, StaffId, Time, text};
use std::collections::{BTreeMap, BTreeSet};

/// Minutes for which a call that somebody scores is given to nobody else.
const SCORE_MINUTES: i64 = 30;
/// Seconds for which a link to a recording holds.
const LINK_SECONDS: i64 = 120;
/// Days over which agreement is told, and one's own scores are shown.
const TOLD_DAYS: i64 = 90;
/// Scores of one's own that are shown.
const OWN: usize = 50;
/// Letters of a note, a dispute and a decision.
const WORDS: usize = 500;

fn missing() -> Failure {
    Failure::of(ProblemCode::NotFound)
}

/// The turn of scoring a call.
fn turn(call: &str) -> String {
    format!("score {call}")
}

/// A number by which something is drawn: nobody can tell it beforehand, and it is the same when asked again.
fn drawn(app: &App, of: &str, value: &str) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = app.secret.keyed("quality draw", format!("{of} {value}").as_bytes());
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// The next call for this lead: of the caller who was scored least in the last week, one at random. One in [`SECOND_OF`], and
/// where nothing else is left, is a call that another lead has scored.
///
/// # Errors
/// 429 where they read too fast; where the store does not answer.
pub async fn next(app: &App, actor: &Actor, now: Time) -> Result<Option<CallToScore>, Failure> {
    let lead = staff_of(actor)?;
    let since = now - Duration::days(DRAWN_DAYS);
    let scores = app.store.scores(&ScoresOf::All, since).await?;
    let own = scores.iter().filter(|score| score.lead == lead).count();
    let wants_second = drawn(app, "second", &format!("{lead} {own}")).is_multiple_of(SECOND_OF);
    let seconds = seconds(app, &scores, lead);
    let mut calls = if wants_second { seconds.clone() } else { Vec::new() };
    if let Some(call) = first_free(app, lead, &calls, now).await? {
        return handed(app, actor, call, now).await.map(Some);
    }
    let scored: BTreeSet<&str> = scores.iter().map(|score| score.call.as_str()).collect();
    let mut callers: Vec<(usize, u64, StaffId)> = Vec::new();
    for caller in app.store.callers_heard(since).await? {
        let count = scores.iter().filter(|score| score.caller == caller && !score.second).count();
        callers.push((count, drawn(app, "caller", &format!("{caller} {lead} {own}")), caller));
    }
    callers.sort_unstable();
    for (_, _, caller) in callers.into_iter().filter(|(_, _, caller)| *caller != lead) {
        let mut heard = app.store.calls_heard(caller, since).await?;
        heard.retain(|call| !scored.contains(call.id.as_str()));
        heard.sort_by_key(|call| drawn(app, "call", &call.id));
        calls = heard.into_iter().map(|call| call.id).collect();
        if let Some(call) = first_free(app, lead, &calls, now).await? {
            return handed(app, actor, call, now).await.map(Some);
        }
    }
    match first_free(app, lead, &seconds, now).await? {
        Some(call) => handed(app, actor, call, now).await.map(Some),
        None => Ok(None),
    }
}

/// Calls that one other lead alone has scored, in the order in which they are drawn. Of one that was disputed the marks are
/// known to others.
fn seconds(app: &App, scores: &[Score], lead: StaffId) -> Vec<String> {
    let mut by_call: BTreeMap<&str, Vec<&Score>> = BTreeMap::new();
    for score in scores {
        by_call.entry(&score.call).or_default().push(score);
    }
    let once = by_call
        .into_iter()
        .filter(|(_, all)| all.len() == 1 && all.iter().all(|score| score.lead != lead && score.disputed.is_none()));
    let mut calls: Vec<String> = once.map(|(call, _)| call.to_owned()).collect();
    calls.sort_by_key(|call| drawn(app, "call", call));
    calls
}

/// The first of these calls that nobody else scores now.
async fn first_free(app: &App, lead: StaffId, calls: &[String], now: Time) -> Result<Option<HeardCall>, Failure> {
    for call in calls {
        let until = now + Duration::minutes(SCORE_MINUTES);
        if app.store.take_turn(&turn(call), &caller_of(lead), now, until).await?
            && let Some(call) = app.store.heard_call(call).await?
        {
            return Ok(Some(call));
        }
    }
    Ok(None)
}

/// A call with what its caller put on record.
async fn handed(app: &App, actor: &Actor, call: HeardCall, now: Time) -> Result<CallToScore, Failure> {
    let case = match call.reference {
        Some(reference) => app.store.case(reference).await?.filter(|case| policy::may_read(actor, case)),
        None => None,
    };
    let case = match case {
        Some(case) => {
            policy::read(app, actor, Wish::Case(&case), now).await?;
            Some(view(app, &case, actor, now).await?)
        }
        None => None,
    };
    let HeardCall { id, kind, staff: seat, begun, seconds, outcome, .. } = call;
    Ok(CallToScore { id, kind, seat, begun, seconds, outcome, case })
}

/// Whether this lead scores the call now.
async fn is_scoring(app: &App, lead: StaffId, call: &str, now: Time) -> Result<bool, Failure> {
    let (turn, who) = (turn(call), caller_of(lead));
    Ok(app.store.turns(std::slice::from_ref(&turn), now).await?.iter().any(|(_, holder)| *holder == who))
}

/// A link to a recording, on record with its purpose.
///
/// # Errors
/// 404 where this lead neither scores the call nor decides about its score; 429 where they hear too many.
pub async fn play(app: &App, actor: &Actor, id: &str, purpose: PlayPurpose, now: Time) -> Result<Playing, Failure> {
    let lead = staff_of(actor)?;
    let call = app.store.heard_call(id).await?.ok_or_else(missing)?;
    let may = match purpose {
        PlayPurpose::Score => is_scoring(app, lead, id, now).await?,
        PlayPurpose::Dispute => {
            let scores = app.store.scores(&ScoresOf::Call(id.to_owned()), Time::UNIX_EPOCH).await?;
            scores.iter().any(|score| score.is_open_dispute() && score.lead != lead)
        }
    };
    if !may {
        return Err(missing());
    }
    policy::read(app, actor, Wish::Recording(call.reference, code_of(&purpose)), now).await?;
    let until = now + Duration::seconds(LINK_SECONDS);
    let key = key(app, id, lead, until.timestamp());
    Ok(Playing { path: format!("/api/recordings/{id}?until={}&key={key}", until.timestamp()), until })
}

/// The key of a link: of this call, this lead and this moment.
fn key(app: &App, call: &str, lead: StaffId, until: i64) -> String {
    hex::encode(app.secret.keyed("recording", format!("{call} {lead} {until}").as_bytes()))
}

/// Whether a link still holds for this lead.
#[must_use]
pub fn is_link(app: &App, actor: &Actor, call: &str, until: i64, given: &str, now: Time) -> bool {
    let Some(lead) = actor.staff else { return false };
    let fresh = until >= now.timestamp() && until <= now.timestamp() + LINK_SECONDS;
    // Compared as hashes: how far two keys agree shows in no time that it takes.
    let hashed = |key: &str| app.secret.keyed("compared", key.as_bytes());
    fresh && hashed(given) == hashed(&key(app, call, lead, until))
}

/// Scores a call.
///
/// # Errors
/// 404 where it was not handed to this lead, or too long ago; 400 where marks are missing or the note is too long.
pub async fn score(
    app: &App,
    actor: &Actor,
    id: &str,
    marks: Vec<Marked>,
    note: &str,
    now: Time,
) -> Result<Scored, Failure> {
    let lead = staff_of(actor)?;
    let call = app.store.heard_call(id).await?.ok_or_else(missing)?;
    let note = worded(note, false)?;
    let before = app.store.scores(&ScoresOf::Call(id.to_owned()), Time::UNIX_EPOCH).await?;
    // Sent again, because the first answer was lost.
    if before.iter().any(|score| score.lead == lead && score.marks == marks && score.note == note) {
        return told(app, &call, lead, &marks, before).await;
    }
    if !is_scoring(app, lead, id, now).await? {
        return Err(missing());
    }
    if !is_complete(call.kind, &marks) {
        return Err(Failure::of(ProblemCode::WrongShape));
    }
    let given = Score {
        id: random_hex::<16>()?,
        call: id.to_owned(),
        kind: call.kind,
        caller: call.staff,
        lead,
        begun: call.begun,
        at: now,
        second: !before.is_empty(),
        marks: marks.clone(),
        note,
        disputed: None,
        why: None,
        decided: None,
        decided_by: None,
        decision: None,
        decided_marks: None,
    };
    if !app.store.put_score(given).await? {
        return Err(missing());
    }
    app.store.take_turn(&turn(id), &caller_of(lead), now, now).await?;
    told(app, &call, lead, &marks, before).await
}

/// What a lead is told after a score.
async fn told(
    app: &App,
    call: &HeardCall,
    lead: StaffId,
    marks: &[Marked],
    before: Vec<Score>,
) -> Result<Scored, Failure> {
    let name = app.store.staff_name(call.staff).await?.unwrap_or_default();
    let before = before.into_iter().find(|score| score.lead != lead).map(|score| score.marks).unwrap_or_default();
    Ok(Scored { name, percent: percent(marks), before })
}

/// Words that somebody wrote, cleaned.
fn worded(words: &str, needed: bool) -> Result<String, Failure> {
    let words = text::clean(words);
    if text::length(&words) > WORDS {
        return Err(Failure::of(ProblemCode::TooLarge));
    }
    if needed && text::is_blank(&words) {
        return Err(Failure::of(ProblemCode::WhyNeeded));
    }
    Ok(words)
}

/// The day of this lead.
///
/// # Errors
/// Where the store does not answer.
pub async fn day(app: &App, actor: &Actor, now: Time) -> Result<QualityDay, Failure> {
    let lead = staff_of(actor)?;
    let scores = app.store.scores(&ScoresOf::All, now - Duration::days(TOLD_DAYS)).await?;
    let today = ist_midnight(ist_date(now));
    let scored = scores.iter().filter(|score| score.lead == lead && score.at >= today).count();
    let pairs = pairs(&scores);
    let of = |wanted: Option<Criterion>| {
        let marks = pairs.iter().flat_map(|(first, second)| both_marked(first, second, wanted));
        kappa(&marks.collect::<Vec<_>>())
    };
    let each = Criterion::ALL.into_iter().filter_map(|criterion| Some((criterion, of(Some(criterion))?)));
    let mut unclear: Vec<(Criterion, i32)> = each.filter(|(_, kappa)| *kappa < AGREED).collect();
    unclear.sort_by_key(|(_, kappa)| *kappa);
    let mut disputes: Vec<Dispute> =
        scores.iter().filter(|score| score.is_open_dispute() && score.lead != lead).map(dispute_of).collect();
    disputes.sort_by_key(|dispute| dispute.at);
    Ok(QualityDay {
        scored: u32::try_from(scored).unwrap_or(u32::MAX),
        kappa: of(None),
        twice: u32::try_from(pairs.len()).unwrap_or(u32::MAX),
        unclear,
        disputes,
    })
}

/// Scores of the same calls by two leads.
fn pairs(scores: &[Score]) -> Vec<(&Score, &Score)> {
    let firsts: BTreeMap<&str, &Score> =
        scores.iter().filter(|score| !score.second).map(|score| (score.call.as_str(), score)).collect();
    let seconds = scores.iter().filter(|score| score.second);
    seconds.filter_map(|second| Some((*firsts.get(second.call.as_str())?, second))).collect()
}

/// The marks that both gave, as they gave them: what was decided later is no judgement of their own.
fn both_marked(first: &Score, second: &Score, wanted: Option<Criterion>) -> Vec<(Mark, Mark)> {
    let of = |score: &Score, criterion| {
        score.marks.iter().find(|marked| marked.criterion == criterion).and_then(|marked| marked.mark)
    };
    let criteria = first.kind.criteria().iter().filter(|criterion| wanted.is_none_or(|wanted| wanted == **criterion));
    criteria.filter_map(|criterion| Some((of(first, *criterion)?, of(second, *criterion)?))).collect()
}

fn dispute_of(score: &Score) -> Dispute {
    Dispute {
        id: score.id.clone(),
        call: score.call.clone(),
        kind: score.kind,
        seat: score.caller,
        begun: score.begun,
        at: score.disputed.unwrap_or(score.at),
        why: score.why.clone().unwrap_or_default(),
        marks: score.marks.clone(),
        note: score.note.clone(),
    }
}

async fn one(app: &App, id: &str) -> Result<Score, Failure> {
    let scores = app.store.scores(&ScoresOf::One(id.to_owned()), Time::UNIX_EPOCH).await?;
    scores.into_iter().next().ok_or_else(missing)
}

/// Decides a dispute.
///
/// # Errors
/// 404 where there is none, or this lead gave the score; 400 where a mark is missing or lower than before; 422 without words.
pub async fn decide(
    app: &App,
    actor: &Actor,
    id: &str,
    marks: Vec<Marked>,
    words: &str,
    now: Time,
) -> Result<(), Failure> {
    let lead = staff_of(actor)?;
    let score = one(app, id).await?;
    if !score.is_open_dispute() || score.lead == lead {
        return Err(missing());
    }
    let points = |mark: Option<Mark>| mark.map(Mark::points);
    let lowered = score.marks.iter().any(|before| {
        marks.iter().any(|now| now.criterion == before.criterion && points(now.mark) < points(before.mark))
    });
    if !is_complete(score.kind, &marks) || lowered {
        return Err(Failure::of(ProblemCode::WrongShape));
    }
    let decided = Score {
        decided: Some(now),
        decided_by: Some(lead),
        decision: Some(worded(words, true)?),
        decided_marks: Some(marks),
        ..score
    };
    if app.store.decide_score(decided).await? { Ok(()) } else { Err(missing()) }
}

/// The scores of this actor's own calls.
///
/// # Errors
/// Where the store does not answer.
pub async fn own(app: &App, actor: &Actor, now: Time) -> Result<Vec<OwnScore>, Failure> {
    let since = now - Duration::days(TOLD_DAYS);
    let scores = app.store.scores(&ScoresOf::Caller(staff_of(actor)?), since).await?;
    // A second score is for those who score, not for the caller.
    let first = scores.into_iter().filter(|score| !score.second).take(OWN);
    let shown = first.map(|score| {
        let marks = score.decided_marks.clone().unwrap_or_else(|| score.marks.clone());
        OwnScore {
            may_dispute: may_dispute(&score, now),
            percent: percent(&marks),
            id: score.id,
            kind: score.kind,
            begun: score.begun,
            at: score.at,
            marks,
            note: score.note,
            dispute: score.disputed.map(|_| score.why.unwrap_or_default()),
            decision: score.decision,
        }
    });
    Ok(shown.collect())
}

fn may_dispute(score: &Score, now: Time) -> bool {
    !score.second && score.disputed.is_none() && now - score.at <= Duration::days(DISPUTE_DAYS)
}

/// Disputes a score of this actor's own call.
///
/// # Errors
/// 404 where it is not theirs, was disputed before, or is older than five days; 422 where the words are too many.
pub async fn dispute(app: &App, actor: &Actor, id: &str, why: &str, now: Time) -> Result<(), Failure> {
    let score = one(app, id).await?;
    if Some(score.caller) != actor.staff || !may_dispute(&score, now) {
        return Err(missing());
    }
    let why = worded(why, false)?;
    if app.store.dispute_score(id, &why, now).await? { Ok(()) } else { Err(missing()) }
}
