//! Scoring calls: the draw, the recording, marks and disputes.

use super::absence::away;
use super::admin::Fault;
use super::policy::{self, Wish, staff_of};
use super::view::view;
use super::worklist::caller_of;
use crate::failure::Failure;
use crate::secret::random_hex;
use crate::state::App;
use crate::store::{AccountFilter, HeardCall, Score, ScoresOf};
use chrono::Duration;
use model::clock::{ist_date, ist_midnight};
use model::names::code_of;
use model::quality::{
    AGREED, CALL_WORDS, CallKind, Criterion, DISPUTE_DAYS, DRAWN_DAYS, Mark, Marked, SECOND_OF, WhyChosen, apart,
    estimate, is_complete, kappa, percent,
};
use model::wire::{
    CallDesk, CallLine, CallScores, CallToScore, CallWork, Correction, Dispute, HeldCall, OwnScore, PlayPurpose,
    Playing, ProblemCode, QualityDay, ScoreRequest, Scored, TeamCaller,
};
use model::{Actor, Role, StaffId, Time, text};
use std::collections::{BTreeMap, BTreeSet};

/// Minutes for which a call that somebody scores is given to nobody else.
const SCORE_MINUTES: i64 = 30;
/// Seconds for which a link to a recording holds.
const LINK_SECONDS: i64 = 120;
/// Days over which agreement is told, and one's own scores are shown.
const TOLD_DAYS: i64 = 90;
/// Scores of one's own that are shown.
const OWN: usize = 50;
/// Days for which a record that was corrected is still listed.
const CORRECTED_DAYS: i64 = 7;
/// More leads than there are.
const LEADS: u32 = 1_000;
/// Calls of somebody from which one can be chosen.
const CHOICE: usize = 100;

fn missing() -> Failure {
    Failure::of(ProblemCode::NotFound)
}

/// The turn of scoring a call.
fn turn(call: &str) -> String {
    format!("score {call}")
}

/// The turn of a lead who has chosen a call, which tells why.
fn choice(call: &str, why: WhyChosen) -> String {
    format!("chosen {} {call}", code_of(&why))
}

/// A number by which something is drawn: nobody can tell it beforehand, and it is the same when asked again.
fn drawn(app: &App, of: &str, value: &str) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = app.secret.keyed("quality draw", format!("{of} {value}").as_bytes());
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// The leads among whom the callers are divided: those who are not away today, or all where all are.
async fn leads(app: &App, now: Time) -> Result<Vec<StaffId>, Failure> {
    let filter = AccountFilter { roles: vec![Role::QualityLead], enabled: true, ..AccountFilter::default() };
    let accounts = app.reader().accounts(&filter, "", LEADS).await?;
    let all: Vec<StaffId> = accounts.iter().filter_map(|account| account.actor.staff).collect();
    let away = away(app, now).await?;
    let here: Vec<StaffId> = all.iter().copied().filter(|lead| !away.contains_key(lead)).collect();
    Ok(if here.is_empty() { all } else { here })
}

/// Whose team a caller belongs to. Each lead has a number for each caller, and the highest decides: teams are of about the same
/// size, and where a lead comes or goes, nobody changes teams but their own callers.
fn lead_of(app: &App, leads: &[StaffId], caller: StaffId) -> Option<StaffId> {
    leads.iter().copied().max_by_key(|lead| drawn(app, "team", &format!("{caller} {lead}")))
}

/// The next call for this lead: of the caller of their team who was scored least in the last week, one at random; of other teams
/// where their own has none. One in [`SECOND_OF`], and where nothing else is left, is a call that another lead has scored. What was
/// chosen counts for nothing here.
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
    let leads = leads(app, now).await?;
    let mut callers: Vec<(bool, usize, u64, StaffId)> = Vec::new();
    for caller in app.store.callers_heard(since).await? {
        let count = scores.iter().filter(|score| score.caller == caller && score.is_of_sample()).count();
        let of_another = lead_of(app, &leads, caller) != Some(lead);
        callers.push((of_another, count, drawn(app, "caller", &format!("{caller} {lead} {own}")), caller));
    }
    callers.sort_unstable();
    for (.., caller) in callers.into_iter().filter(|(.., caller)| *caller != lead) {
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
    let once =
        by_call.into_iter().filter(|(_, all)| all.len() == 1 && all.iter().all(|score| is_second_for(score, lead)));
    let mut calls: Vec<String> = once.map(|(call, _)| call.to_owned()).collect();
    calls.sort_by_key(|call| drawn(app, "call", call));
    calls
}

/// Whether a call with this score can be scored once more by this lead.
fn is_second_for(score: &Score, lead: StaffId) -> bool {
    score.lead != lead && score.disputed.is_none() && score.chosen.is_none()
}

/// The first of these calls that nobody else scores now.
async fn first_free(app: &App, lead: StaffId, calls: &[String], now: Time) -> Result<Option<HeardCall>, Failure> {
    for call in calls {
        let until = now + Duration::minutes(SCORE_MINUTES);
        // What this lead has chosen is not drawn for them meanwhile.
        if chosen(app, lead, call, now).await?.is_none()
            && app.store.take_turn(&turn(call), &caller_of(lead), now, until).await?
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
    let chosen = chosen(app, staff_of(actor)?, &call.id, now).await?;
    let HeardCall { id, kind, staff: seat, begun, seconds, outcome, .. } = call;
    Ok(CallToScore { id, kind, seat, begun, seconds, outcome, case, chosen })
}

/// Why this lead has chosen a call; `None` where it was drawn.
async fn chosen(app: &App, lead: StaffId, call: &str, now: Time) -> Result<Option<WhyChosen>, Failure> {
    let turns = WhyChosen::ALL.map(|why| choice(call, why));
    let who = caller_of(lead);
    let held = app.store.turns(&turns, now).await?;
    let is_held = |why: &WhyChosen| held.iter().any(|(what, holder)| *what == choice(call, *why) && *holder == who);
    Ok(WhyChosen::ALL.into_iter().find(is_held))
}

/// The callers of this lead's team who have spoken with somebody in the last week, by name.
///
/// # Errors
/// Where the store does not answer.
pub async fn team(app: &App, actor: &Actor, now: Time) -> Result<Vec<TeamCaller>, Failure> {
    let lead = staff_of(actor)?;
    let since = now - Duration::days(DRAWN_DAYS);
    let (leads, scores) = (leads(app, now).await?, app.store.scores(&ScoresOf::All, since).await?);
    let mut calls: BTreeMap<StaffId, u32> = BTreeMap::new();
    for (_, seat, count) in app.store.calls_counted(since).await? {
        *calls.entry(seat).or_default() += count;
    }
    let mut team = Vec::new();
    for (seat, calls) in calls {
        if seat == lead || lead_of(app, &leads, seat) != Some(lead) {
            continue;
        }
        let count = |wanted: fn(&Score) -> bool| {
            let of = scores.iter().filter(|score| score.caller == seat && score.begun >= since && wanted(score));
            u32::try_from(of.count()).unwrap_or(u32::MAX)
        };
        team.push(TeamCaller {
            seat,
            name: app.store.staff_name(seat).await?.unwrap_or_default(),
            calls,
            drawn: count(Score::is_of_sample),
            chosen: count(|score| score.chosen.is_some()),
        });
    }
    team.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(team)
}

/// Calls of a caller of one's own team that nobody has scored or scores now, newest first.
///
/// # Errors
/// 404 where the caller belongs to another lead.
pub async fn calls_of(app: &App, actor: &Actor, seat: StaffId, now: Time) -> Result<Vec<CallLine>, Failure> {
    let lead = staff_of(actor)?;
    if seat == lead || lead_of(app, &leads(app, now).await?, seat) != Some(lead) {
        return Err(missing());
    }
    let since = now - Duration::days(DRAWN_DAYS);
    let mut calls = app.store.calls_heard(seat, since).await?;
    let scores = app.store.scores(&ScoresOf::Caller(seat), since).await?;
    calls.retain(|call| scores.iter().all(|score| score.call != call.id));
    let mut newest: Vec<HeardCall> = calls.into_iter().rev().take(CHOICE).collect();
    let turns: Vec<String> = newest.iter().map(|call| turn(&call.id)).collect();
    let mut taken = app.store.turns(&turns, now).await?;
    taken.retain(|(_, holder)| *holder != caller_of(lead));
    newest.retain(|call| taken.iter().all(|(what, _)| *what != turn(&call.id)));
    let line = |HeardCall { id, kind, begun, seconds, outcome, reference, .. }| CallLine {
        id,
        kind,
        begun,
        seconds,
        outcome,
        reference,
    };
    Ok(newest.into_iter().map(line).collect())
}

/// Takes a certain call to hear and score. What was drawn for this lead before stays drawn, or nobody would score what they would
/// rather not hear drawn.
///
/// # Errors
/// 404 where it is of another team, older than a week, or was scored before; `overtaken` while another lead scores it.
pub async fn choose(app: &App, actor: &Actor, id: &str, why: WhyChosen, now: Time) -> Result<CallToScore, Failure> {
    let lead = staff_of(actor)?;
    let call = app.store.heard_call(id).await?.ok_or_else(missing)?;
    let scored = app.store.scores(&ScoresOf::Call(id.to_owned()), Time::UNIX_EPOCH).await?;
    let of_team = call.staff != lead && lead_of(app, &leads(app, now).await?, call.staff) == Some(lead);
    if !of_team || call.begun < now - Duration::days(DRAWN_DAYS) || !scored.is_empty() {
        return Err(missing());
    }
    let before = chosen(app, lead, id, now).await?;
    let was_drawn = before.is_none() && is_scoring(app, lead, id, now).await?;
    let (until, who) = (now + Duration::minutes(SCORE_MINUTES), caller_of(lead));
    if !app.store.take_turn(&turn(id), &who, now, until).await? {
        return Err(Fault::overtaken(None).into());
    }
    if !was_drawn {
        // One at a time, for the reason that was given last: whoever takes call after call leaves nothing to be drawn.
        put_back(app, lead, id, now).await?;
        if let Some(before) = before.filter(|before| *before != why) {
            app.store.take_turn(&choice(id, before), &who, now, now).await?;
        }
        app.store.take_turn(&choice(id, why), &who, now, until).await?;
        app.store.put_fact(&choice_of(lead), id.as_bytes().to_vec()).await?;
    }
    handed(app, actor, call, now).await
}

/// Name of the fact that says which call a lead has chosen last.
fn choice_of(lead: StaffId) -> String {
    format!("quality choice {lead}")
}

/// The call that a lead has chosen and not scored yet, while it is theirs.
async fn held(app: &App, lead: StaffId, now: Time) -> Result<Option<HeldCall>, Failure> {
    let Some(id) = app.store.fact(&choice_of(lead)).await?.and_then(|id| String::from_utf8(id).ok()) else {
        return Ok(None);
    };
    let why = if is_scoring(app, lead, &id, now).await? { chosen(app, lead, &id, now).await? } else { None };
    Ok(why.map(|why| HeldCall { id, why }))
}

/// Gives back the call that a lead has chosen before, where it is another than this one.
async fn put_back(app: &App, lead: StaffId, id: &str, now: Time) -> Result<(), Failure> {
    if let Some(before) = held(app, lead, now).await?.filter(|before| before.id != id) {
        for what in [turn(&before.id), choice(&before.id, before.why)] {
            app.store.take_turn(&what, &caller_of(lead), now, now).await?;
        }
    }
    Ok(())
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
pub async fn score(app: &App, actor: &Actor, id: &str, wish: ScoreRequest, now: Time) -> Result<Scored, Failure> {
    let lead = staff_of(actor)?;
    let call = app.store.heard_call(id).await?.ok_or_else(missing)?;
    let ScoreRequest { marks, note, correction } = wish;
    let (note, correction) = (worded(&note, false)?, worded(&correction, false)?);
    let correction = Some(correction).filter(|words| !text::is_blank(words));
    let before = app.store.scores(&ScoresOf::Call(id.to_owned()), Time::UNIX_EPOCH).await?;
    // Sent again, because the first answer was lost.
    if before.iter().any(|score| is_same(score, lead, &marks, &note, correction.as_ref())) {
        return told(app, &call, lead, &marks, before).await;
    }
    if !is_scoring(app, lead, id, now).await? {
        return Err(missing());
    }
    if !is_complete(call.kind, &marks) {
        return Err(Failure::of(ProblemCode::WrongShape));
    }
    // A call in which there was nothing to mark is put away, but not without a word.
    if percent(&marks).is_none() && text::is_blank(&note) {
        return Err(Failure::of(ProblemCode::WhyNeeded));
    }
    let why = chosen(app, lead, id, now).await?;
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
        chosen: why,
        correction,
        corrected: None,
        corrected_words: None,
    };
    if !app.store.put_score(given).await? {
        return Err(missing());
    }
    app.store.take_turn(&turn(id), &caller_of(lead), now, now).await?;
    if let Some(why) = why {
        app.store.take_turn(&choice(id, why), &caller_of(lead), now, now).await?;
    }
    told(app, &call, lead, &marks, before).await
}

/// Whether a score is the one that is being sent again.
fn is_same(score: &Score, lead: StaffId, marks: &[Marked], note: &str, correction: Option<&String>) -> bool {
    score.lead == lead && score.marks == marks && score.note == note && score.correction.as_ref() == correction
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
    if text::length(&words) > CALL_WORDS {
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
    let corrections = corrections(app, scores.iter().filter(|score| score.lead == lead), now).await?;
    Ok(QualityDay {
        scored: u32::try_from(scored).unwrap_or(u32::MAX),
        kappa: of(None),
        twice: u32::try_from(pairs.len()).unwrap_or(u32::MAX),
        unclear,
        disputes,
        corrections,
        held: held(app, lead, now).await?,
    })
}

/// The records among these scores that wait for correction, the oldest first, then those corrected lately.
async fn corrections(app: &App, scores: impl Iterator<Item = &Score>, now: Time) -> Result<Vec<Correction>, Failure> {
    let mut found = Vec::new();
    for score in scores {
        let Some(what) = score.correction.clone() else { continue };
        if score.corrected.is_some_and(|done| now - done > Duration::days(CORRECTED_DAYS)) {
            continue;
        }
        let call = app.store.heard_call(&score.call).await?;
        found.push(Correction {
            id: score.id.clone(),
            seat: score.caller,
            reference: call.and_then(|call| call.reference),
            at: score.at,
            what,
            done: score.corrected,
            words: score.corrected_words.clone().unwrap_or_default(),
        });
    }
    found.sort_by_key(|one| (one.done.is_some(), one.at));
    Ok(found)
}

/// This actor's own records that were returned for correction.
///
/// # Errors
/// Where the store does not answer.
pub async fn own_corrections(app: &App, actor: &Actor, now: Time) -> Result<Vec<Correction>, Failure> {
    let of = ScoresOf::Caller(staff_of(actor)?);
    let scores = app.store.scores(&of, now - Duration::days(TOLD_DAYS)).await?;
    corrections(app, scores.iter(), now).await
}

/// This actor has corrected a record that was returned to them.
///
/// # Errors
/// 404 where it is not theirs, was not returned, or was corrected before; 422 without words.
pub async fn correct(app: &App, actor: &Actor, id: &str, words: &str, now: Time) -> Result<(), Failure> {
    let score = one(app, id).await?;
    if Some(score.caller) != actor.staff || score.correction.is_none() || score.corrected.is_some() {
        return Err(missing());
    }
    let words = worded(words, true)?;
    if app.store.correct_score(id, &words, now).await? { Ok(()) } else { Err(missing()) }
}

/// What is told of calls and their scores, by person and by kind of call.
pub struct Told {
    /// Calls of the last seven days.
    calls: Vec<(CallKind, StaffId, u32)>,
    /// Scores of the last 90 days.
    scores: Vec<Score>,
}

impl Told {
    /// Reads both.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn read(app: &App, now: Time) -> Result<Self, Failure> {
        let calls = app.store.calls_counted(now - Duration::days(DRAWN_DAYS)).await?;
        let scores = app.store.scores(&ScoresOf::All, now - Duration::days(TOLD_DAYS)).await?;
        Ok(Self { calls, scores })
    }

    /// What is told of somebody; nothing where their role has nothing to do with calls.
    #[must_use]
    pub fn of(&self, role: Role, staff: StaffId) -> Option<CallWork> {
        match role {
            Role::TeleCaller | Role::VerificationCaller => {
                let own = self.calls.iter().filter(|(_, caller, _)| *caller == staff);
                let calls = own.map(|(.., count)| count).sum();
                Some(CallWork { calls, scores: self.scores_of(|score| score.caller == staff) })
            }
            Role::QualityLead => {
                let pairs: Vec<_> = pairs(&self.scores);
                let both = pairs.iter().filter(|(first, second)| first.lead == staff || second.lead == staff);
                let (twice, apart) = differ(both);
                let calls = self.scores.iter().filter(|score| score.lead == staff).count();
                let scores = CallScores { twice, apart, ..CallScores::default() };
                Some(CallWork { calls: u32::try_from(calls).unwrap_or(u32::MAX), scores })
            }
            _ => None,
        }
    }

    fn scores_of(&self, of: impl Fn(&Score) -> bool) -> CallScores {
        let sample: Vec<&Score> = self.scores.iter().filter(|score| score.is_of_sample() && of(score)).collect();
        let percents: Vec<u32> = sample.iter().filter_map(|score| percent(holding(score))).collect();
        let (percent, margin) = estimate(&percents).unzip();
        let pairs = pairs(&self.scores);
        let (twice, apart) = differ(pairs.iter().filter(|(first, _)| of(first)));
        CallScores { scored: u32::try_from(sample.len()).unwrap_or(u32::MAX), percent, margin, twice, apart }
    }

    /// Those who make each kind of call.
    #[must_use]
    pub fn desks(&self) -> Vec<CallDesk> {
        let desk = |kind: CallKind| {
            let own = || self.calls.iter().filter(move |(of, ..)| *of == kind);
            CallDesk {
                kind,
                callers: u32::try_from(own().count()).unwrap_or(u32::MAX),
                calls: own().map(|(.., count)| count).sum(),
                scores: self.scores_of(|score| score.kind == kind),
            }
        };
        CallKind::ALL.into_iter().map(desk).collect()
    }
}

/// The marks that hold now.
fn holding(score: &Score) -> &[Marked] {
    score.decided_marks.as_ref().unwrap_or(&score.marks)
}

/// How many calls were scored twice, and by how many points both scores differ. As they were given: what was decided later is
/// nobody's own judgement.
fn differ<'a>(pairs: impl Iterator<Item = &'a (&'a Score, &'a Score)>) -> (u32, Option<u32>) {
    let both = pairs.filter_map(|(first, second)| Some((percent(&first.marks)?, percent(&second.marks)?)));
    let both: Vec<(u32, u32)> = both.collect();
    (u32::try_from(both.len()).unwrap_or(u32::MAX), apart(&both))
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
        let marks = holding(&score).to_vec();
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
            chosen: score.chosen,
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
